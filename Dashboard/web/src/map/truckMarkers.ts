import { Marker, type Map as MapLibreMap } from 'maplibre-gl';
import type { Truck } from '../shared/contract';
import { prefersReducedMotion } from './cityMap';

interface Moving {
  readonly marker: Marker;
  readonly arrow: SVGElement;
  truck: Truck;
  from: [number, number];
  to: [number, number];
  startedMs: number;
  lastHeardMs: number;
  durationMs: number;
}

const LONGEST_GLIDE_MS = 3000;
/** A truck that jumps farther than this was out of reach; it appears there instead of gliding through houses. */
const JUMP_DEGREES = 0.004;

/**
 * Trucks as DOM markers that glide from one report to the next. They are few, and moving a DOM element does not make
 * the map draw its thousands of streets again, so the map stays idle while the fleet moves.
 */
export class TruckMarkers {
  private readonly trucks = new Map<string, Moving>();
  private frame = 0;

  constructor(
    private readonly map: MapLibreMap,
    private readonly nowMs: () => number,
  ) {}

  update(trucks: Iterable<Truck>): void {
    for (const truck of trucks) this.place(truck);
    this.frame ||= requestAnimationFrame(() => this.glide());
  }

  /** Trucks that are no longer known leave the map. */
  keepOnly(ids: ReadonlySet<string>): void {
    for (const [id, moving] of this.trucks) {
      if (ids.has(id)) continue;
      moving.marker.remove();
      this.trucks.delete(id);
    }
  }

  private place(truck: Truck): void {
    if (!truck.position) return;
    const target: [number, number] = [truck.position.longitude, truck.position.latitude];
    const now = this.nowMs();
    const known = this.trucks.get(truck.truckId);
    if (!known) {
      this.trucks.set(truck.truckId, this.create(truck, target, now));
      return;
    }
    const jump = Math.hypot(target[0] - known.to[0], target[1] - known.to[1]) > JUMP_DEGREES;
    known.truck = truck;
    known.from = jump || prefersReducedMotion() ? target : where(known, now);
    known.to = target;
    // Glide as long as the last report took to come, so that the truck arrives when the next one does.
    known.durationMs = Math.min(LONGEST_GLIDE_MS, Math.max(200, now - known.lastHeardMs));
    known.startedMs = now;
    known.lastHeardMs = now;
    this.dress(known);
  }

  private create(truck: Truck, at: [number, number], now: number): Moving {
    const element = document.createElement('div');
    element.className = 'truck';
    element.dataset.testid = 'truck';
    element.dataset.truckId = truck.truckId;
    const { picture, arrow } = drawTruck();
    element.append(picture);
    const marker = new Marker({ element, subpixelPositioning: true }).setLngLat(at).addTo(this.map);
    const moving: Moving = { marker, arrow, truck, from: at, to: at, startedMs: now, lastHeardMs: now, durationMs: 1 };
    this.dress(moving);
    return moving;
  }

  private dress(moving: Moving): void {
    const { truck, marker, arrow } = moving;
    const element = marker.getElement();
    element.dataset.state = truck.state;
    const spool = truck.spoolReadings ? `, ${truck.spoolReadings} readings waiting on board` : '';
    const label = `${truck.truckId}${truck.simulated ? ' (simulated)' : ''}: ${truck.state}${spool}`;
    element.title = label;
    element.setAttribute('aria-label', label);
    element.setAttribute('role', 'img');
    const heading = truck.position?.headingDegrees;
    arrow.setAttribute('d', heading === undefined ? ROUND : ARROW);
    arrow.setAttribute('transform', `rotate(${heading ?? 0} 17 17)`);
  }

  private glide(): void {
    const now = this.nowMs();
    let moving = false;
    for (const truck of this.trucks.values()) {
      truck.marker.setLngLat(where(truck, now));
      moving ||= now < truck.startedMs + truck.durationMs;
    }
    this.frame = moving ? requestAnimationFrame(() => this.glide()) : 0;
  }
}

const ARROW = 'M17 6.5 L25.5 26 L17 21.5 L8.5 26 Z';
const ROUND = 'M17 10 a7 7 0 1 0 0.01 0 Z';

/** A navigation arrow that points where the truck drives, a dot while that is unknown. */
function drawTruck(): { picture: SVGElement; arrow: SVGElement } {
  const make = (name: string, attributes: Record<string, string>): SVGElement => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };
  const picture = make('svg', { viewBox: '0 0 34 34', 'aria-hidden': 'true' });
  const arrow = make('path', { class: 'truck-body', d: ROUND });
  picture.append(make('circle', { class: 'truck-glow', cx: '17', cy: '17', r: '16' }), arrow);
  return { picture, arrow };
}

function where(moving: Moving, nowMs: number): [number, number] {
  const share = Math.min(1, (nowMs - moving.startedMs) / moving.durationMs);
  return [moving.from[0] + (moving.to[0] - moving.from[0]) * share, moving.from[1] + (moving.to[1] - moving.from[1]) * share];
}
