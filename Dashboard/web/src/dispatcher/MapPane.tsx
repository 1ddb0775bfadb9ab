import { effect } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { CityMap, webGlWorks } from '../map/cityMap';
import { TruckMarkers } from '../map/truckMarkers';
import { ago, indexText } from '../shared/format';
import { GradeBadge } from '../shared/ui';
import {
  bounds, camera, list, nowMs, onSegments, openOrders, rowById, rowByIndex, select, selected, serverNow, shown, states, stateVersion, tileJson, trucks, view,
} from './store';

interface Hover {
  readonly segmentIndex: number;
  readonly name: string | null;
  readonly x: number;
  readonly y: number;
}

let city: CityMap | null = null;

/** The map itself, or null before it stands and where there is no WebGL. */
export function theCity(): CityMap | null {
  return city;
}

/** Opens a street from a list: its details, and the map goes there. */
export function openStreet(segmentId: string): void {
  select(segmentId);
  flyToSegment(segmentId);
}

function flyToSegment(segmentId: string): void {
  const row = rowById.value.get(segmentId);
  if (!row || !city) return;
  const phone = matchMedia('(max-width: 720px)').matches;
  city.flyTo(row.center, phone ? [0, -Math.round(innerHeight * 0.24)] : [-190, 0]);
}

export function MapPane() {
  const container = useRef<HTMLDivElement>(null);
  const [hover, setHover] = useState<Hover | null>(null);
  const [works] = useState(webGlWorks);
  const version = tileJson.value?.networkVersion;
  useEffect(() => (works && container.current && version ? mount(container.current, setHover) : undefined), [works, version]);
  useEffect(() => {
    if (!works) list.value = 'streets';
  }, [works]);
  if (!works) {
    return (
      <div class="map-missing" role="alert" data-testid="no-webgl">
        <h2>This browser cannot draw the map</h2>
        <p>The map needs WebGL 2, which is switched off or missing here. Everything else works: the Streets tab lists every street with its grade, and a click opens its details.</p>
      </div>
    );
  }
  return (
    <div class="map" data-testid="map">
      <div class="map-canvas" ref={container} />
      {hover && <Tooltip hover={hover} />}
    </div>
  );
}

function mount(container: HTMLElement, setHover: (hover: Hover | null) => void): () => void {
  const tiles = tileJson.peek()!;
  city = new CityMap(
    { container, tileJson: tiles, camera: camera.peek(), view: view.peek(), shown: shown.peek() },
    { hover: setHover, click: select, moved: (at) => { camera.value = at; noteBounds(); } },
  );
  const made = city;
  const markers = new TruckMarkers(made.map, () => performance.now());
  const stop: (() => void)[] = [];
  void made.ready.then(() => {
    noteBounds();
    if (!camera.peek()) stop.push(goToLinked());
    stop.push(effect(() => { if (states.value) made.show(states.value, serverNow); }));
    stop.push(onSegments((changed) => made.repaint(changed === 'all' ? rowByIndex.peek().keys() : changed, changed !== 'all')));
    stop.push(effect(() => made.setView(view.value)));
    stop.push(effect(() => made.setShown(shown.value)));
    stop.push(effect(() => made.select(selected.value ? (rowById.value.get(selected.value)?.segmentIndex ?? null) : null)));
    stop.push(effect(() => made.setOrders(openOrders.value.flatMap((order) => (order.center ? [{ center: order.center, waits: order.state === 'done' }] : [])))));
    stop.push(effect(() => {
      markers.update(trucks.value.values());
      markers.keepOnly(new Set(trucks.value.keys()));
    }));
  });
  return () => {
    stop.forEach((end) => end());
    made.map.remove();
    city = null;
  };
}

/** A link that names a street but no place: go there once its place is known. */
function goToLinked(): () => void {
  const linked = selected.peek();
  const end = effect(() => {
    if (!linked || !rowById.value.has(linked)) return;
    flyToSegment(linked);
    queueMicrotask(() => end());
  });
  return end;
}

function noteBounds(): void {
  const area = city?.bounds();
  if (area) bounds.value = [area.getWest(), area.getSouth(), area.getEast(), area.getNorth()];
}

function Tooltip({ hover }: { hover: Hover }) {
  void stateVersion.value;
  const state = states.value?.at(hover.segmentIndex);
  const flip = hover.x > innerWidth - 620;
  return (
    <div class={`tooltip ${flip ? 'tooltip-flip' : ''}`} data-testid="tooltip"
      style={{ transform: `translate(${hover.x}px, ${hover.y}px)` }}>
      <div class="tooltip-box">
        <GradeBadge letter={state?.letter ?? null} size="s" />
        <div>
          <strong>{hover.name ?? 'Unnamed street'}</strong>
          <span class="muted">
            {state?.letter ? `${indexText(state.index)} (${indexText(state.low)}–${indexText(state.high)}) · seen ${ago(nowMs.value / 1000 - state.observedAt)}` : 'Not seen yet'}
          </span>
        </div>
      </div>
    </div>
  );
}
