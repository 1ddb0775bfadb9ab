import type { GeoJSONSource, GeoJSONSourceSpecification, Map as MapLibreMap } from 'maplibre-gl';
import { useEffect, useRef, useState } from 'preact/hooks';
import { CityMap, webGlWorks } from '../map/cityMap';
import { api } from '../shared/api';
import type { AreaOutlines } from '../shared/contract';
import { GRADE_KEYS } from '../shared/grades';
import { SegmentStates } from '../shared/segmentStates';

export type Corner = readonly [number, number];

const MOST_CORNERS = 200;
const AREAS = 'areas';
const ZONE = 'zone';

/** The city with its districts, on which a zone can be drawn corner by corner. */
export function ZoneMap({ marked, zone, onZone }: { marked: string | null; zone: readonly Corner[]; onZone: (zone: readonly Corner[]) => void }) {
  const container = useRef<HTMLDivElement>(null);
  const map = useRef<MapLibreMap | null>(null);
  const drawing = useRef<Corner[] | null>(null);
  const [corners, setCorners] = useState<readonly Corner[] | null>(null);
  const [works] = useState(webGlWorks);

  useEffect(() => {
    if (!works || !container.current) return;
    let stopped = false;
    let city: CityMap | null = null;
    void (async () => {
      const [tileJson, snapshot, outlines] = await Promise.all([api.tileJson(), api.mapState(), api.areaOutlines()]);
      if (stopped || !container.current) return;
      city = new CityMap({ container: container.current, tileJson, camera: null, view: 'letters', shown: GRADE_KEYS }, { hover: () => undefined, click: () => undefined, moved: () => undefined });
      await city.ready;
      const states = new SegmentStates(snapshot.bytes);
      city.show(states, () => states.serverNowMs);
      city.map.getCanvas().setAttribute('aria-label', 'Map of the districts. The cards below have their figures.');
      addLayers(city.map, outlines);
      city.map.on('click', (event) => {
        if (!drawing.current || drawing.current.length >= MOST_CORNERS) return;
        drawing.current = [...drawing.current, [event.lngLat.lng, event.lngLat.lat]];
        setCorners(drawing.current);
      });
      map.current = city.map;
      show(city.map, zone);
    })().catch(() => undefined); // The cards say what is wrong; they need no map.
    return () => {
      stopped = true;
      map.current = null;
      city?.map.remove();
    };
  }, [works]);

  useEffect(() => { if (map.current) show(map.current, corners ?? zone); }, [corners, zone]);
  useEffect(() => {
    if (map.current?.getLayer('areas-marked')) map.current.setFilter('areas-marked', ['==', ['get', 'name'], marked ?? '']);
  }, [marked]);

  const begin = () => {
    drawing.current = [];
    setCorners([]);
    onZone([]);
    if (map.current) map.current.getCanvas().style.cursor = 'crosshair';
  };
  const end = (take: boolean) => {
    if (take && corners) onZone(corners);
    drawing.current = null;
    setCorners(null);
    if (map.current) map.current.getCanvas().style.cursor = '';
  };
  if (!works) return <p class="note">This browser cannot draw the map, so no zone can be drawn. The cards below have every district.</p>;
  return (
    <section class="zone-map" aria-label="Map">
      <div class="zone-canvas" ref={container} data-testid="zone-map" />
      <div class="zone-tools" role="status">
        {corners === null
          ? (
            <>
              <button type="button" class="button button-primary" data-testid="draw-zone" onClick={begin}>{zone.length ? 'Draw another zone' : 'Draw a zone'}</button>
              {zone.length > 0 && <button type="button" class="button" data-testid="clear-zone" onClick={() => onZone([])}>Remove it</button>}
            </>
          )
          : (
            <>
              <span>{corners.length < 3 ? `Tap ${3 - corners.length} more ${corners.length === 2 ? 'corner' : 'corners'} on the map` : `${corners.length} corners`}</span>
              <button type="button" class="button button-primary" disabled={corners.length < 3} data-testid="finish-zone" onClick={() => end(true)}>Done</button>
              <button type="button" class="button" onClick={() => end(false)}>Cancel</button>
            </>
          )}
      </div>
    </section>
  );
}

function addLayers(map: MapLibreMap, outlines: AreaOutlines): void {
  map.addSource(AREAS, { type: 'geojson', data: outlines as unknown as GeoJSONSourceSpecification['data'] });
  map.addSource(ZONE, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } });
  map.addLayer({ id: 'areas-outline', type: 'line', source: AREAS, paint: { 'line-color': '#c9bfff', 'line-width': 1.4, 'line-opacity': 0.75, 'line-dasharray': [3, 2] } });
  map.addLayer({ id: 'areas-marked', type: 'line', source: AREAS, filter: ['==', ['get', 'name'], ''], paint: { 'line-color': '#ffffff', 'line-width': 3 } });
  map.addLayer({ id: 'zone-fill', type: 'fill', source: ZONE, filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': '#a594ff', 'fill-opacity': 0.22 } });
  map.addLayer({ id: 'zone-line', type: 'line', source: ZONE, paint: { 'line-color': '#ffffff', 'line-width': 2 } });
  map.addLayer({ id: 'zone-corners', type: 'circle', source: ZONE, paint: { 'circle-radius': 5, 'circle-color': '#ffffff', 'circle-stroke-color': '#6a58e8', 'circle-stroke-width': 2 } });
}

function show(map: MapLibreMap, corners: readonly Corner[]): void {
  const points = corners.map((corner) => [...corner]);
  const geometry = points.length === 0 ? null
    : points.length === 1 ? { type: 'Point' as const, coordinates: points[0]! }
      : points.length === 2 ? { type: 'LineString' as const, coordinates: points }
        : { type: 'Polygon' as const, coordinates: [[...points, points[0]!]] };
  void map.getSource<GeoJSONSource>(ZONE)?.setData({
    type: 'FeatureCollection', features: geometry ? [{ type: 'Feature', properties: {}, geometry }] : [],
  });
}
