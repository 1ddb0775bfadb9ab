import type { IngestLink, Order, Truck } from './contract';
import type { SegmentDelta } from './segmentStates';

/** What the pill at the top says: about our own connection, or about the city behind it. */
export type Connection = 'connecting' | 'live' | 'reconnecting' | 'stale' | 'away';

export interface LiveHandlers {
  segments?(deltas: readonly SegmentDelta[], serverNowMs: number): void;
  trucks?(trucks: readonly Truck[]): void;
  orders?(orders: readonly (Order | GoneOrder)[]): void;
  /** Events were missed, or the network changed: everything must be fetched again. */
  reload?(): void;
  connection?(state: Connection, detail: string): void;
}

/** An order that was taken away from this crew. */
export interface GoneOrder {
  readonly orderId: string;
  readonly gone: true;
}

export function isGone(order: Order | GoneOrder): order is GoneOrder {
  return 'gone' in order;
}

const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 15_000;

/**
 * One event stream a tab. The browser reconnects a broken stream by itself with Last-Event-ID; what it does not notice
 * is a link that died in silence, so a watchdog counts keep-alives, and what it gives up on (an error status) is opened
 * anew here.
 */
export class LiveStream {
  private source: EventSource | null = null;
  private watchdog = 0;
  private retry = 0;
  private retryMs = FIRST_RETRY_MS;
  private silenceMs = 40_000;
  private networkVersion = '';
  private lastEventId = 0;
  private link: IngestLink = { state: 'live' };

  constructor(
    private readonly handlers: LiveHandlers,
    revision: number,
  ) {
    this.lastEventId = revision;
    window.addEventListener('offline', this.wentOffline);
    window.addEventListener('online', this.cameOnline);
    this.open();
  }

  close(): void {
    this.source?.close();
    window.clearTimeout(this.watchdog);
    window.clearTimeout(this.retry);
    window.removeEventListener('offline', this.wentOffline);
    window.removeEventListener('online', this.cameOnline);
  }

  private readonly wentOffline = (): void => this.handlers.connection?.('reconnecting', 'This device is offline.');

  private readonly cameOnline = (): void => this.open();

  private open(): void {
    this.source?.close();
    const source = new EventSource(`/api/live?since=${this.lastEventId}`);
    this.source = source;
    this.on(source, 'hello', (data: { networkVersion: string; keepAliveSeconds: number; ingest?: IngestLink }) => {
      this.silenceMs = (data.keepAliveSeconds * 2 + 5) * 1000;
      this.retryMs = FIRST_RETRY_MS;
      if (this.networkVersion !== '' && this.networkVersion !== data.networkVersion) this.handlers.reload?.();
      this.networkVersion = data.networkVersion;
      this.link = data.ingest ?? this.link;
    });
    this.on(source, 'seg', (data: { now: number; segments: SegmentDelta[] }) => this.handlers.segments?.(data.segments, data.now));
    this.on(source, 'trucks', (data: { trucks: Truck[] }) => this.handlers.trucks?.(data.trucks));
    this.on(source, 'orders', (data: { orders?: (Order | GoneOrder)[] } & Partial<GoneOrder>) =>
      this.handlers.orders?.(data.orders ?? (data.gone ? [data as GoneOrder] : [])));
    this.on(source, 'ingest', (data: IngestLink) => {
      this.link = data;
    });
    this.on(source, 'network', () => this.handlers.reload?.());
    this.on(source, 'reset', () => this.handlers.reload?.());
    this.on(source, 'keep-alive', (data: { intervalSeconds: number }) => {
      this.silenceMs = (data.intervalSeconds * 2 + 5) * 1000;
    });
    source.onerror = () => this.lost(source);
    this.heard(false);
  }

  private on<T>(source: EventSource, name: string, handle: (data: T) => void): void {
    source.addEventListener(name, (event: MessageEvent<string>) => {
      const id = Number(event.lastEventId);
      if (event.lastEventId !== '' && Number.isFinite(id)) this.lastEventId = Math.max(this.lastEventId, id);
      handle(JSON.parse(event.data) as T);
      this.heard(true);
    });
  }

  private heard(connected: boolean): void {
    window.clearTimeout(this.watchdog);
    this.watchdog = window.setTimeout(() => {
      this.handlers.connection?.('reconnecting', 'Nothing heard from the server for a while; trying again.');
      this.open();
    }, this.silenceMs);
    if (connected) this.handlers.connection?.(this.link.state, this.link.detail ?? '');
  }

  private lost(source: EventSource): void {
    this.handlers.connection?.('reconnecting', 'The connection broke; trying again.');
    if (source.readyState !== EventSource.CLOSED) return;
    window.clearTimeout(this.retry);
    this.retry = window.setTimeout(() => this.open(), this.retryMs);
    this.retryMs = Math.min(LONGEST_RETRY_MS, this.retryMs * 2);
  }
}
