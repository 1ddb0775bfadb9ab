import { computed, signal } from '@preact/signals';
import { api, ApiError, goToLoginOn, sentenceOf } from '../shared/api';
import type { Order, OrderDetails, Outcome, Session } from '../shared/contract';
import { isGone, LiveStream, type Connection, type GoneOrder } from '../shared/live';
import { expectedState } from '../shared/orderStates';
import { Outbox, retryDelaySeconds, type OutboxEvent, type SendResult } from './outbox';
import { resultOf } from './sendResult';

export interface CrewAction {
  readonly kind: 'accept' | 'start' | 'end';
  readonly outcome?: Outcome;
  readonly note?: string;
}

const ORDERS_KEY = 'cleanstreets.crew.orders';

export const session = signal<Session | null>(null);
export const orders = signal<ReadonlyMap<string, Order>>(new Map(remembered().map((order) => [order.orderId, order])));
export const connection = signal<{ state: Connection; detail: string; heardAtMs: number }>({ state: 'connecting', detail: '', heardAtMs: Date.now() });
export const nowMs = signal(Date.now());
export const position = signal<{ latitude: number; longitude: number } | null>(null);
export const open = signal<string | null>(openFromHash());
export const waiting = signal<readonly OutboxEvent<CrewAction>[]>([]);
export const refused = signal<readonly OutboxEvent<CrewAction>[]>([]);
export const needsLogin = signal(false);
/** Orders whose verification arrived while the page was open: they get a moment of joy. */
export const justVerified = signal<ReadonlySet<string>>(new Set());

const outbox = new Outbox<CrewAction>(localStorage, send, () => crypto.randomUUID(), () => Date.now(), () => {
  waiting.value = outbox.waiting();
  refused.value = outbox.refused();
});
waiting.value = outbox.waiting();
refused.value = outbox.refused();

/** An order as it will be once everything on this phone has been sent. */
export interface ShownOrder extends Order {
  readonly sending: boolean;
}

export const shownOrders = computed<readonly ShownOrder[]>(() => [...orders.value.values()].map((order) => withWaiting(order, waiting.value)));

const NEXT: Record<string, string[]> = { open: ['accept'], accepted: ['start', 'end'], in_progress: ['end'] };

function withWaiting(order: Order, events: readonly OutboxEvent<CrewAction>[]): ShownOrder {
  const mine = events.filter((event) => event.orderId === order.orderId);
  if (mine.length === 0) return { ...order, sending: false };
  const last = mine[mine.length - 1]!;
  const state = expectedState(last.body.kind, last.body.outcome) ?? order.state;
  return { ...order, state, outcome: last.body.outcome ?? order.outcome, actions: NEXT[state] ?? [], sending: true };
}

/** Keeps the action on this phone, shows its effect at once, and sends it as soon as it can. */
export function perform(orderId: string, action: CrewAction): void {
  outbox.add(orderId, action);
  void drain();
}

export function dismiss(uuid: string): void {
  outbox.dismiss(uuid);
}

async function send(event: OutboxEvent<CrewAction>): Promise<SendResult> {
  try {
    const order = await api.orderEvent(event.orderId, event.uuid, { ...event.body, at: event.at });
    applyOrders([order]);
    return { kind: 'sent' };
  } catch (error) {
    return resultOf(error);
  }
}

let retryTimer = 0;
async function drain(): Promise<void> {
  window.clearTimeout(retryTimer);
  await outbox.drain();
  const next = outbox.waiting()[0];
  if (next) retryTimer = window.setTimeout(() => void drain(), retryDelaySeconds(next.attempts) * 1000);
}

export async function start(): Promise<void> {
  try {
    session.value = await api.session();
    needsLogin.value = false;
    const answer = await api.orders();
    setOrders(new Map(answer.orders.map((order) => [order.orderId, order])));
    listen(answer.revision);
    void drain();
  } catch (error) {
    // Not signed in, and nothing of this phone's own to show: log in. Otherwise the list stays readable.
    if (error instanceof ApiError && error.status === 401) {
      needsLogin.value = true;
      if (orders.value.size === 0) goToLoginOn(error);
      return;
    }
    connection.value = { state: 'reconnecting', detail: sentenceOf(error), heardAtMs: connection.value.heardAtMs };
    window.setTimeout(() => void start(), 4000);
  }
}

let live: LiveStream | null = null;
function listen(revision: number): void {
  live?.close();
  live = new LiveStream({
    orders: applyOrders,
    reload: () => void start(),
    connection: (state, detail) => {
      const before = connection.peek();
      const shown = state === 'reconnecting' ? state : 'live';
      connection.value = { state: shown, detail, heardAtMs: shown === 'live' ? Date.now() : before.heardAtMs };
      if (shown === 'live' && before.state !== 'live') void drain();
    },
  }, revision);
}

function applyOrders(changed: readonly (Order | GoneOrder)[]): void {
  const next = new Map(orders.value);
  for (const order of changed) {
    if (isGone(order)) {
      next.delete(order.orderId);
      continue;
    }
    if (order.state === 'verified' && next.get(order.orderId)?.state === 'done') justVerified.value = new Set([...justVerified.value, order.orderId]);
    next.set(order.orderId, order);
  }
  setOrders(next);
}

function setOrders(next: ReadonlyMap<string, Order>): void {
  orders.value = next;
  try {
    localStorage.setItem(ORDERS_KEY, JSON.stringify([...next.values()]));
  } catch {
    // A full storage costs the list after a reload without network, not the actions: those have keys of their own.
  }
}

function remembered(): Order[] {
  try {
    return JSON.parse(localStorage.getItem(ORDERS_KEY) ?? '[]') as Order[];
  } catch {
    return [];
  }
}

export const events = (orderId: string): Promise<OrderDetails> => api.order(orderId);

/** Forgets what the phone knows of this crew; what still waits to be sent stays. */
export async function logout(): Promise<void> {
  localStorage.removeItem(ORDERS_KEY);
  await api.logout().catch(() => undefined);
  location.assign('/login');
}

export function openOrder(orderId: string | null): void {
  location.hash = orderId ? `order=${encodeURIComponent(orderId)}` : '';
}

function openFromHash(): string | null {
  return new URLSearchParams(location.hash.replace(/^#/, '')).get('order');
}

window.addEventListener('hashchange', () => {
  open.value = openFromHash();
  window.scrollTo(0, 0);
});
// Background sync exists in one browser family only, so the outbox is also drained when the phone comes back.
window.addEventListener('online', () => void drain());
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) void drain();
});
window.setInterval(() => void drain(), 30_000);
window.setInterval(() => (nowMs.value = Date.now()), 15_000);

export function askForPosition(): void {
  navigator.geolocation.watchPosition(
    (fix) => (position.value = { latitude: fix.coords.latitude, longitude: fix.coords.longitude }),
    () => (position.value = null),
    { enableHighAccuracy: false, maximumAge: 30_000 },
  );
}
