import { LngLatBounds, Map as MapLibreMap, NavigationControl, ScaleControl, setWorkerUrl, type GeoJSONSource, type MapGeoJSONFeature } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import type { TileJson } from '../shared/contract';
import type { GradeKey } from '../shared/grades';
import { FLAG_LOW_CONFIDENCE, NOT_SEEN, opacityOfAge, type SegmentStates } from '../shared/segmentStates';
import type { UrlState } from '../shared/urlState';
import { cityStyle, colourExpression, notSeenOpacity, ORDERS, seenOpacity, SEGMENT_LAYER, SOURCE, SOURCE_LAYER, type MapView } from './style';

setWorkerUrl(new URL(workerUrl, location.href).href);

/** A feature's state on the map; MapLibre merges it into what it has. */
export interface PaintState {
  grade: number;
  lasan: number;
  fade: number;
  uncertain: boolean;
}

export interface CityMapEvents {
  hover(segment: { segmentIndex: number; name: string | null; x: number; y: number } | null): void;
  click(segmentId: string | null): void;
  moved(camera: NonNullable<UrlState['camera']>): void;
}

export interface CityMapOptions {
  readonly container: HTMLElement;
  readonly tileJson: TileJson;
  readonly camera: UrlState['camera'];
  readonly view: MapView;
  readonly shown: readonly GradeKey[];
  /** A snippet that shows a place and takes no gestures. */
  readonly still?: boolean;
}

export function webGlWorks(): boolean {
  try {
    return document.createElement('canvas').getContext('webgl2') !== null;
  } catch {
    return false;
  }
}

export function prefersReducedMotion(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

const FLASH_MS = 1400;

/** What the map paints for a segment, seen at a time. */
export function paintStateOf(states: SegmentStates, segmentIndex: number, nowMs: number): PaintState {
  const state = states.at(segmentIndex);
  if (!state || state.grade === NOT_SEEN) return { grade: -1, lasan: 0, fade: 1, uncertain: false };
  return {
    grade: state.grade,
    lasan: state.lasan,
    fade: Math.round(opacityOfAge(nowMs / 1000 - state.observedAt) * 100) / 100,
    uncertain: (state.flags & FLAG_LOW_CONFIDENCE) !== 0,
  };
}

/** The map of the city: streets from our own tiles, coloured by feature state. Feature id = segmentIndex + 1. */
export class CityMap {
  readonly map: MapLibreMap;
  readonly ready: Promise<void>;
  private readonly pending = new Set<number>();
  private readonly flashing = new Map<number, number>();
  private frame = 0;
  private selected: number | null = null;
  private hovered: number | null = null;
  private states: SegmentStates | null = null;
  private nowMs: () => number = () => Date.now();

  constructor(
    options: CityMapOptions,
    private readonly events: CityMapEvents,
  ) {
    const { tileJson, camera } = options;
    this.map = new MapLibreMap({
      container: options.container,
      style: cityStyle(tileJson, location.origin, options.view, options.shown),
      ...(camera ? { center: [camera.longitude, camera.latitude], zoom: camera.zoom } : { bounds: tileJson.bounds, fitBoundsOptions: { padding: 24 } }),
      maxZoom: 19,
      minZoom: 8,
      attributionControl: false,
      interactive: options.still !== true,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      fadeDuration: prefersReducedMotion() ? 0 : 200,
      refreshExpiredTiles: false,
    });
    this.map.touchZoomRotate.disableRotation();
    this.ready = new Promise((resolve) => void this.map.once('style.load', () => resolve()));
    if (options.still) return;
    this.map.addControl(new NavigationControl({ showCompass: false }), 'top-right');
    this.map.addControl(new ScaleControl({ unit: 'metric', maxWidth: 90 }), 'bottom-right');
    const canvas = this.map.getCanvas();
    canvas.setAttribute('role', 'application');
    canvas.setAttribute('aria-label', 'Map of the streets by cleanliness. Arrows move, plus and minus zoom. The Streets tab has the same as a table.');
    this.listen();
  }

  /** Paints every segment from a snapshot. */
  show(states: SegmentStates, nowMs: () => number): void {
    this.states = states;
    this.nowMs = nowMs;
    for (let index = 0; index < states.length; index++) this.paint(index);
  }

  /** Repaints segments whose state changed, all of them in the next animation frame. */
  repaint(segmentIndexes: Iterable<number>, flash: boolean): void {
    for (const index of segmentIndexes) {
      this.pending.add(index);
      if (flash && !prefersReducedMotion()) this.flash(index);
    }
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      for (const index of this.pending) this.paint(index);
      this.pending.clear();
    });
  }

  /** Marks the open orders: violet while a crew has them, yellow while they wait for a truck to verify. */
  setOrders(orders: readonly { readonly center: [number, number]; readonly waits: boolean }[]): void {
    void this.map.getSource<GeoJSONSource>(ORDERS)?.setData({
      type: 'FeatureCollection',
      features: orders.map((order) => ({
        type: 'Feature', properties: { tone: order.waits ? 'wait' : 'busy' }, geometry: { type: 'Point', coordinates: order.center },
      })),
    });
  }

  setView(view: MapView): void {
    this.map.setPaintProperty('segments-seen', 'line-color', colourExpression(view));
  }

  setShown(shown: readonly GradeKey[]): void {
    this.map.setPaintProperty('segments-seen', 'line-opacity', seenOpacity(shown));
    this.map.setPaintProperty('segments-not-seen', 'line-opacity', notSeenOpacity(shown));
  }

  select(segmentIndex: number | null): void {
    this.mark('selected', this.selected, segmentIndex);
    this.selected = segmentIndex;
  }

  /** Goes to a place; the offset in pixels keeps it clear of what lies over the map. */
  flyTo(center: [number, number], offset: [number, number]): void {
    const zoom = Math.max(this.map.getZoom(), 15.5);
    if (prefersReducedMotion()) this.map.easeTo({ center, zoom, offset, duration: 0 });
    else this.map.flyTo({ center, zoom, offset, speed: 1.6, maxDuration: 1800 });
  }

  bounds(): LngLatBounds {
    return this.map.getBounds();
  }

  private paint(segmentIndex: number): void {
    if (this.states) this.setState(segmentIndex, { ...paintStateOf(this.states, segmentIndex, this.nowMs()) });
  }

  private flash(segmentIndex: number): void {
    window.clearTimeout(this.flashing.get(segmentIndex));
    this.setState(segmentIndex, { flash: true });
    this.flashing.set(segmentIndex, window.setTimeout(() => {
      this.flashing.delete(segmentIndex);
      this.setState(segmentIndex, { flash: false });
    }, FLASH_MS));
  }

  private mark(name: 'selected' | 'hover', before: number | null, after: number | null): void {
    if (before === after) return;
    if (before !== null) this.setState(before, { [name]: false });
    if (after !== null) this.setState(after, { [name]: true });
  }

  private setState(segmentIndex: number, state: Record<string, unknown>): void {
    this.map.setFeatureState({ source: SOURCE, sourceLayer: SOURCE_LAYER, id: segmentIndex + 1 }, state);
  }

  private listen(): void {
    this.map.on('mousemove', SEGMENT_LAYER, (event) => {
      const feature = nearest(event.features);
      if (!feature) return;
      const segmentIndex = Number(feature.id) - 1;
      this.mark('hover', this.hovered, segmentIndex);
      this.hovered = segmentIndex;
      this.map.getCanvas().style.cursor = 'pointer';
      this.events.hover({ segmentIndex, name: (feature.properties.name as string | undefined) ?? null, x: event.point.x, y: event.point.y });
    });
    this.map.on('mouseleave', SEGMENT_LAYER, () => this.leave());
    this.map.on('movestart', () => this.leave());
    this.map.on('click', (event) => {
      const feature = nearest(this.map.queryRenderedFeatures(event.point, { layers: [SEGMENT_LAYER] }));
      this.events.click(feature ? String(feature.properties.segmentId) : null);
    });
    this.map.on('moveend', () => {
      const center = this.map.getCenter();
      this.events.moved({ zoom: this.map.getZoom(), latitude: center.lat, longitude: center.lng });
    });
  }

  private leave(): void {
    this.mark('hover', this.hovered, null);
    this.hovered = null;
    this.map.getCanvas().style.cursor = '';
    this.events.hover(null);
  }
}

/** Of the streets under the pointer the topmost. */
function nearest(features: MapGeoJSONFeature[] | undefined): MapGeoJSONFeature | undefined {
  return features?.[0];
}
