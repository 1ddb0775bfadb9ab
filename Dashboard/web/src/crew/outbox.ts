/** One action of a crew that must reach the server exactly once in effect: its UUID is the idempotency key. */
export interface OutboxEvent<T> {
  readonly uuid: string;
  /** When the crew pressed the button, by the phone's clock. */
  readonly at: string;
  readonly orderId: string;
  readonly body: T;
  readonly attempts: number;
  /** Why the server refused it for good; such an event stays visible until it is dismissed. */
  readonly refused: string | null;
}

/** What became of one attempt to send. */
export type SendResult =
  | { readonly kind: 'sent' }
  /** No network, a timeout, a server in trouble: try the same event again later. */
  | { readonly kind: 'later' }
  /** Not signed in any more: nothing can go out until somebody signs in. */
  | { readonly kind: 'signIn' }
  /** The server's state machine said no, and would say no again. */
  | { readonly kind: 'refused'; readonly reason: string };

/** The part of the Storage interface the outbox needs. */
export interface OutboxStorage {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

const PREFIX = 'cleanstreets.outbox.';

/**
 * Actions that wait to be sent, in the order in which they were made.
 *
 * Promises: an action is on the phone before `add` returns; it leaves only after the server took it or the crew
 * dismissed its refusal; actions go out one at a time and oldest first, so "start" never overtakes "accept". Each event
 * has a storage key of its own, so two tabs never overwrite each other; what both send, the server takes once.
 */
export class Outbox<T> {
  private draining: Promise<void> | null = null;

  constructor(
    private readonly storage: OutboxStorage,
    private readonly send: (event: OutboxEvent<T>) => Promise<SendResult>,
    private readonly newUuid: () => string,
    private readonly nowMs: () => number,
    private readonly changed: () => void = () => {},
  ) {}

  /** Everything in the outbox, oldest first. */
  all(): OutboxEvent<T>[] {
    const found: { key: string; event: OutboxEvent<T> }[] = [];
    for (let index = 0; index < this.storage.length; index++) {
      const key = this.storage.key(index);
      if (!key?.startsWith(PREFIX)) continue;
      const event = parse<T>(this.storage.getItem(key));
      if (event) found.push({ key, event });
    }
    return found.sort((a, b) => (a.key < b.key ? -1 : 1)).map((item) => item.event);
  }

  waiting(): OutboxEvent<T>[] {
    return this.all().filter((event) => event.refused === null);
  }

  refused(): OutboxEvent<T>[] {
    return this.all().filter((event) => event.refused !== null);
  }

  add(orderId: string, body: T): OutboxEvent<T> {
    const event: OutboxEvent<T> = {
      uuid: this.newUuid(),
      at: new Date(this.nowMs()).toISOString(),
      orderId,
      body,
      attempts: 0,
      refused: null,
    };
    this.storage.setItem(this.nextKey(event.uuid), JSON.stringify(event));
    this.changed();
    return event;
  }

  dismiss(uuid: string): void {
    const key = this.keyOf(uuid);
    if (key) this.storage.removeItem(key);
    this.changed();
  }

  /** Sends what waits until the outbox is empty or the server cannot be reached. Concurrent calls share one run. */
  drain(): Promise<void> {
    this.draining ??= this.run().finally(() => {
      this.draining = null;
    });
    return this.draining;
  }

  private async run(): Promise<void> {
    for (let event = this.waiting()[0]; event; event = this.waiting()[0]) {
      const result = await this.send(event);
      if (result.kind === 'sent') {
        this.dismiss(event.uuid);
      } else if (result.kind === 'refused') {
        this.replace({ ...event, attempts: event.attempts + 1, refused: result.reason });
      } else {
        this.replace({ ...event, attempts: event.attempts + 1 });
        return;
      }
    }
  }

  private replace(event: OutboxEvent<T>): void {
    const key = this.keyOf(event.uuid);
    if (key) this.storage.setItem(key, JSON.stringify(event));
    this.changed();
  }

  private keyOf(uuid: string): string | null {
    for (let index = 0; index < this.storage.length; index++) {
      const key = this.storage.key(index);
      if (key?.startsWith(PREFIX) && key.endsWith(`.${uuid}`)) return key;
    }
    return null;
  }

  /** A number that only grows comes first, because a phone's clock may be set back between two actions. */
  private nextKey(uuid: string): string {
    let last = 0;
    for (let index = 0; index < this.storage.length; index++) {
      const key = this.storage.key(index);
      if (key?.startsWith(PREFIX)) last = Math.max(last, Number.parseInt(key.slice(PREFIX.length), 10) || 0);
    }
    return `${PREFIX}${String(last + 1).padStart(12, '0')}.${uuid}`;
  }
}

function parse<T>(text: string | null): OutboxEvent<T> | null {
  try {
    const event = JSON.parse(text ?? 'null') as OutboxEvent<T> | null;
    return event && typeof event.uuid === 'string' && typeof event.orderId === 'string' ? event : null;
  } catch {
    return null;
  }
}

/** Seconds to wait before the next attempt: 2, 4, 8 … 30. */
export function retryDelaySeconds(attempts: number): number {
  return Math.min(30, 2 ** Math.min(5, Math.max(1, attempts)));
}
