import { batch, computed, signal } from '@preact/signals';
import { api, goToLoginOn, sentenceOf } from '../shared/api';
import type { Candidates, Confirmation, Crew, Explanation, Health, Order, SegmentDetails, SegmentRow, Session, TileJson, Truck } from '../shared/contract';
import { GRADE_KEYS, type GradeKey } from '../shared/grades';
import { isGone, LiveStream, type Connection, type GoneOrder } from '../shared/live';
import { isOpen } from '../shared/orderStates';
import { SegmentStates, type SegmentDelta } from '../shared/segmentStates';
import { readUrlState, writeUrlState, type UrlState } from '../shared/urlState';

const initial = readUrlState(location.hash);

export const session = signal<Session | null>(null);
export const tileJson = signal<TileJson | null>(null);
/** Mutable by design: components that read it also read `stateVersion`. */
export const states = signal<SegmentStates | null>(null);
export const stateVersion = signal(0);
export const rows = signal<readonly SegmentRow[]>([]);
export const orders = signal<ReadonlyMap<string, Order>>(new Map());
export const trucks = signal<ReadonlyMap<string, Truck>>(new Map());
export const candidates = signal<Candidates | null>(null);
export const confirmations = signal<readonly Confirmation[]>([]);
export const crews = signal<readonly Crew[]>([]);
export const health = signal<Health | null>(null);
export const connection = signal<{ state: Connection; detail: string; heardAtMs: number }>({ state: 'connecting', detail: '', heardAtMs: Date.now() });
export const failure = signal<string | null>(null);
export const notice = signal<{ text: string; tone: 'good' | 'bad' } | null>(null);

export const selected = signal<string | null>(initial.segment);
export const details = signal<SegmentDetails | null>(null);
/** The moment of the open street that is asked about, and its explanation once it has come; null: the present. */
export const moment = signal<{ asOf: Date; explanation: Explanation | null } | null>(null);
export const shown = signal<readonly GradeKey[]>(initial.show ?? GRADE_KEYS);
export const view = signal<UrlState['view']>(initial.view);
export const list = signal<UrlState['list']>(initial.list);
export const camera = signal<UrlState['camera']>(initial.camera);
/** Bounds of the map [west, south, east, north]; null before the map stands or without WebGL. */
export const bounds = signal<[number, number, number, number] | null>(null);
export const panelOpen = signal(false);

export const kiosk = new URLSearchParams(location.search).get('kiosk') === '1';

/** The server's clock minus this browser's: ages are told by the server's. */
let clockOffsetMs = 0;
export const nowMs = signal(Date.now());
export function serverNow(): number {
  return Date.now() + clockOffsetMs;
}

export const rowById = computed(() => new Map(rows.value.map((row) => [row.segmentId, row])));
export const rowByIndex = computed(() => new Map(rows.value.map((row) => [row.segmentIndex, row])));
export const openOrders = computed(() => [...orders.value.values()].filter(isOpen));
export const counts = computed(() => {
  void stateVersion.value;
  return states.value?.counts() ?? { A: 0, B: 0, C: 0, D: 0, E: 0, none: 0 };
});
/** Whether the server tells LASAN's grade of each street; without it the map offers its letters only. */
export const lasanKnown = computed(() => {
  void stateVersion.value;
  const all = states.value;
  for (let index = 0; index < (all?.length ?? 0); index++) if (all!.at(index)!.lasan > 0) return true;
  return false;
});
export const simulated = computed(() => [...trucks.value.values()].some((truck) => truck.simulated === true));
export const trucksOnline = computed(() => [...trucks.value.values()].filter((truck) => truck.state === 'ready').length);
export const mayDispatch = computed(() => session.value?.role === 'dispatcher' || session.value?.role === 'admin');
const mayWatch = computed(() => session.value !== null && session.value.role !== 'crew');

/** Hears which segments changed; the map registers here. */
const segmentListeners = new Set<(indexes: readonly number[] | 'all') => void>();
export function onSegments(listener: (indexes: readonly number[] | 'all') => void): () => void {
  segmentListeners.add(listener);
  return () => segmentListeners.delete(listener);
}

let live: LiveStream | null = null;

/** Signs in by cookie, fetches everything once, then listens. Streets that ingest has not served yet are waited for. */
export async function start(): Promise<void> {
  try {
    session.value = await api.session();
    if (session.value.role === 'crew') {
      location.replace('/crew');
      return;
    }
    await loadAll();
  } catch (error) {
    if (goToLoginOn(error)) return;
    failure.value = sentenceOf(error);
    window.setTimeout(() => void start(), 2000);
    return;
  }
  window.setInterval(() => (nowMs.value = serverNow()), 5000);
  window.setInterval(() => segmentListeners.forEach((listener) => listener('all')), 300_000);
  window.setInterval(() => void refreshSlow(), 15_000);
}

async function loadAll(): Promise<void> {
  const [tiles, snapshot] = await Promise.all([api.tileJson(), api.mapState()]);
  const next = new SegmentStates(snapshot.bytes);
  clockOffsetMs = next.serverNowMs - Date.now();
  batch(() => {
    failure.value = null;
    nowMs.value = serverNow();
    states.value = next;
    tileJson.value = tiles;
    stateVersion.value++;
  });
  segmentListeners.forEach((listener) => listener('all'));
  listen(next.revision);
  // The map stands already; the table's names and lengths are the biggest answer and come after it.
  const [segments, orderList, truckList, crewList] = await Promise.all([api.segments(), api.orders(), api.trucks(), api.crews()]);
  batch(() => {
    rows.value = segments.segments;
    orders.value = new Map(orderList.orders.map((order) => [order.orderId, order]));
    trucks.value = new Map(truckList.trucks.map((truck) => [truck.truckId, truck]));
    crews.value = crewList.crews;
  });
  await refreshSlow();
  if (selected.value) void loadDetails(selected.value);
}

function listen(revision: number): void {
  live?.close();
  live = new LiveStream({
    segments: applySegments,
    trucks: (changed) => {
      const next = new Map(trucks.value);
      for (const truck of changed) next.set(truck.truckId, truck);
      trucks.value = next;
    },
    orders: applyOrders,
    reload: () => void loadAll().catch((error: unknown) => goToLoginOn(error)),
    connection: (state, detail) => {
      const heard = state === 'reconnecting' ? connection.peek().heardAtMs : Date.now();
      connection.value = { state, detail, heardAtMs: heard };
      if (state === 'reconnecting') void checkSession();
    },
  }, revision);
}

/** A stream that breaks may mean that the session ended, which the stream itself cannot say. */
async function checkSession(): Promise<void> {
  try {
    await api.session();
  } catch (error) {
    goToLoginOn(error);
  }
}

function applySegments(deltas: readonly SegmentDelta[], now: number): void {
  clockOffsetMs = now - Date.now();
  const applied = deltas.filter((delta) => states.value?.apply(delta)).map((delta) => delta[0]);
  if (applied.length === 0) return;
  stateVersion.value++;
  segmentListeners.forEach((listener) => listener(applied));
  const open = selected.value ? rowById.value.get(selected.value) : undefined;
  if (open && applied.includes(open.segmentIndex)) reloadDetailsSoon();
}

function applyOrders(changed: readonly (Order | GoneOrder)[]): void {
  const next = new Map(orders.value);
  for (const order of changed) {
    if (isGone(order)) next.delete(order.orderId);
    else next.set(order.orderId, order);
  }
  orders.value = next;
  if (changed.some((order) => !isGone(order) && order.segmentId === selected.value)) reloadDetailsSoon();
}

async function refreshSlow(): Promise<void> {
  if (!mayWatch.value || document.hidden) return;
  const [candidateList, healthReport, pending] = await Promise.allSettled([
    api.candidates(), api.health(), mayDispatch.value ? api.confirmations() : Promise.resolve({ confirmations: [] }),
  ]);
  batch(() => {
    if (candidateList.status === 'fulfilled') candidates.value = candidateList.value;
    if (healthReport.status === 'fulfilled') health.value = healthReport.value;
    if (pending.status === 'fulfilled') confirmations.value = pending.value.confirmations;
  });
}

let reloadTimer = 0;
function reloadDetailsSoon(): void {
  if (reloadTimer !== 0) return;
  reloadTimer = window.setTimeout(() => {
    reloadTimer = 0;
    if (selected.value) void loadDetails(selected.value);
  }, 700);
}

async function loadDetails(segmentId: string): Promise<void> {
  try {
    const answer = await api.segment(segmentId);
    if (selected.value === segmentId) details.value = answer;
  } catch (error) {
    if (goToLoginOn(error) || selected.value !== segmentId) return;
    if (details.value === null) selected.value = null;
    say(sentenceOf(error), 'bad');
  }
}

export function select(segmentId: string | null): void {
  if (selected.value === segmentId) return;
  batch(() => {
    selected.value = segmentId;
    details.value = null;
    moment.value = null;
    if (segmentId) panelOpen.value = false;
  });
  if (segmentId) void loadDetails(segmentId);
}

/** Asks why the open street had its grade at a moment. */
export async function askMoment(asOf: Date): Promise<void> {
  const segmentId = selected.value;
  if (!segmentId || Number.isNaN(asOf.getTime())) return;
  const asked = { asOf, explanation: null };
  moment.value = asked;
  try {
    const explanation = await api.explanation(segmentId, asOf);
    if (moment.value === asked) moment.value = { asOf, explanation };
  } catch (error) {
    if (goToLoginOn(error)) return;
    if (moment.value === asked) moment.value = null;
    say(sentenceOf(error), 'bad');
  }
}

let noticeTimer = 0;
export function say(text: string, tone: 'good' | 'bad'): void {
  notice.value = { text, tone };
  window.clearTimeout(noticeTimer);
  noticeTimer = window.setTimeout(() => (notice.value = null), 6000);
}

/** Runs an action of the dispatcher; its answer or its refusal becomes a notice. */
export async function act(work: () => Promise<Order | void>, success: string): Promise<void> {
  try {
    const order = await work();
    if (order) applyOrders([order]);
    say(success, 'good');
    await refreshSlow();
  } catch (error) {
    if (!goToLoginOn(error)) say(sentenceOf(error), 'bad');
  }
}

export function toggleGrade(key: GradeKey): void {
  const next = shown.value.includes(key) ? shown.value.filter((other) => other !== key) : GRADE_KEYS.filter((other) => other === key || shown.value.includes(other));
  shown.value = next.length === 0 ? GRADE_KEYS : next;
}

/** The hash follows the state without filling the browser's history. */
export function currentHash(): string {
  return writeUrlState({
    camera: camera.value, segment: selected.value, view: view.value, list: list.value,
    show: shown.value.length === GRADE_KEYS.length ? null : shown.value,
  });
}
