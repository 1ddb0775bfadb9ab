import { describe, expect, test } from 'vitest';
import { Outbox, retryDelaySeconds, type OutboxEvent, type OutboxStorage, type SendResult } from '../src/crew/outbox';
import { resultOf } from '../src/crew/sendResult';
import { ApiError, NetworkError } from '../src/shared/api';

class MemoryStorage implements OutboxStorage {
  readonly items = new Map<string, string>();
  get length(): number { return this.items.size; }
  key(index: number): string | null { return [...this.items.keys()][index] ?? null; }
  getItem(key: string): string | null { return this.items.get(key) ?? null; }
  setItem(key: string, value: string): void { this.items.set(key, value); }
  removeItem(key: string): void { this.items.delete(key); }
}

type Body = { readonly kind: string };

function phone(send: (event: OutboxEvent<Body>) => SendResult | Promise<SendResult>, storage = new MemoryStorage(), nowMs = () => 1_790_000_000_000) {
  let made = 0;
  const sent: string[] = [];
  const outbox = new Outbox<Body>(storage, async (event) => {
    const result = await send(event);
    if (result.kind === 'sent') sent.push(`${event.orderId}:${event.body.kind}`);
    return result;
  }, () => `uuid-${++made}-${storage.length}`, nowMs);
  return { outbox, storage, sent };
}

describe('outbox', () => {
  test('actions go out oldest first and leave once they are taken', async () => {
    const { outbox, sent, storage } = phone(() => ({ kind: 'sent' }));
    outbox.add('wo-1', { kind: 'accept' });
    outbox.add('wo-2', { kind: 'accept' });
    outbox.add('wo-1', { kind: 'start' });
    await outbox.drain();
    expect(sent).toEqual(['wo-1:accept', 'wo-2:accept', 'wo-1:start']);
    expect(storage.length).toBe(0);
  });

  test('without network everything waits under its own uuid, and nothing overtakes', async () => {
    let online = false;
    const tried: string[] = [];
    const { outbox, sent } = phone((event) => {
      tried.push(event.uuid);
      return online ? { kind: 'sent' } : { kind: 'later' };
    });
    const accept = outbox.add('wo-1', { kind: 'accept' });
    outbox.add('wo-1', { kind: 'start' });
    await outbox.drain();
    await outbox.drain();
    expect(outbox.waiting().map((event) => event.attempts)).toEqual([2, 0]);
    expect(tried).toEqual([accept.uuid, accept.uuid]);
    online = true;
    await outbox.drain();
    expect(sent).toEqual(['wo-1:accept', 'wo-1:start']);
  });

  test('a page that is closed and opened again goes on with what it had', async () => {
    const storage = new MemoryStorage();
    const before = phone(() => ({ kind: 'later' }), storage);
    const event = before.outbox.add('wo-9', { kind: 'end' });
    await before.outbox.drain();
    const taken: OutboxEvent<Body>[] = [];
    const after = phone((again) => { taken.push(again); return { kind: 'sent' }; }, storage);
    await after.outbox.drain();
    expect(taken.map((again) => [again.uuid, again.at, again.body])).toEqual([[event.uuid, event.at, { kind: 'end' }]]);
  });

  test('a refusal stays visible and lets the next one pass', async () => {
    const { outbox, sent } = phone((event) => (event.body.kind === 'accept' ? { kind: 'refused', reason: 'Already cancelled.' } : { kind: 'sent' }));
    const accept = outbox.add('wo-1', { kind: 'accept' });
    outbox.add('wo-2', { kind: 'start' });
    await outbox.drain();
    expect(sent).toEqual(['wo-2:start']);
    expect(outbox.waiting()).toEqual([]);
    expect(outbox.refused().map((event) => event.refused)).toEqual(['Already cancelled.']);
    outbox.dismiss(accept.uuid);
    expect(outbox.all()).toEqual([]);
  });

  test('somebody logged out sends nothing and loses nothing', async () => {
    const { outbox } = phone(() => ({ kind: 'signIn' }));
    outbox.add('wo-1', { kind: 'accept' });
    await outbox.drain();
    expect(outbox.waiting()).toHaveLength(1);
  });

  test('an action added while the outbox drains goes out in the same run, once', async () => {
    const { outbox, sent } = phone((event) => {
      if (event.body.kind === 'accept') outbox.add('wo-1', { kind: 'start' });
      return { kind: 'sent' };
    });
    outbox.add('wo-1', { kind: 'accept' });
    await Promise.all([outbox.drain(), outbox.drain()]);
    expect(sent).toEqual(['wo-1:accept', 'wo-1:start']);
  });

  test('order does not depend on the clock, which may be set back between two actions', () => {
    let now = 1_790_000_000_000;
    const { outbox } = phone(() => ({ kind: 'later' }), new MemoryStorage(), () => (now -= 3_600_000));
    for (let number = 0; number < 12; number++) outbox.add('wo-1', { kind: `k${number}` });
    expect(outbox.all().map((event) => event.body.kind)).toEqual(Array.from({ length: 12 }, (_, number) => `k${number}`));
  });

  test('keys of others and damaged entries are left alone', () => {
    const { outbox, storage } = phone(() => ({ kind: 'sent' }));
    storage.setItem('other', 'x');
    storage.setItem('cleanstreets.outbox.000000000001.broken', '{"uuid":');
    expect(outbox.all()).toEqual([]);
    outbox.add('wo-1', { kind: 'accept' });
    expect(outbox.all()).toHaveLength(1);
    expect(storage.getItem('other')).toBe('x');
  });
});

describe('what a failed attempt means', () => {
  test.each([
    [new NetworkError('no network'), 'later'],
    [new ApiError(503, 'away', 'later'), 'later'],
    [new ApiError(429, 'slow', 'later'), 'later'],
    [new TypeError('anything unforeseen'), 'later'],
    [new ApiError(401, 'login', 'log in'), 'signIn'],
    [new ApiError(409, 'not_in_this_state', 'This order is cancelled.'), 'refused'],
    [new ApiError(403, 'role', 'not yours'), 'refused'],
  ])('%s', (error, kind) => expect(resultOf(error).kind).toBe(kind));

  test('retries slow down to half a minute', () => expect([1, 2, 3, 4, 5, 50].map(retryDelaySeconds)).toEqual([2, 4, 8, 16, 30, 30]));
});
