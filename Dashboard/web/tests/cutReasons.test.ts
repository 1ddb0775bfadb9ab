import { describe, expect, test } from 'vitest';
import { rankedCuts } from '../src/health/cutReasons';

describe('connections cut', () => {
  test('a message above the limit is said in words, the most frequent reason first', () => {
    expect(rankedCuts({ malformed_packet: 1, packet_too_large: 2 })).toEqual([
      { reason: 'packet_too_large', words: 'sent a message larger than the server accepts', howMany: 2 },
      { reason: 'malformed_packet', words: 'sent bytes that are not valid MQTT', howMany: 1 },
    ]);
  });

  test('equally frequent reasons keep their places from one look to the next', () => {
    expect(rankedCuts({ protocol_error: 1, keep_alive_timeout: 1 }).map((cut) => cut.reason)).toEqual(['keep_alive_timeout', 'protocol_error']);
  });

  test('a reason without words of its own is named by its tag', () => {
    expect(rankedCuts({ connection_rate_exceeded: 3, constructor: 1 }).map((cut) => cut.words)).toEqual(['connection rate exceeded', 'constructor']);
  });

  test('none, or an ingest that does not say, shows nothing', () => {
    expect(rankedCuts({})).toEqual([]);
    expect(rankedCuts({ packet_too_large: 0 })).toEqual([]);
    expect(rankedCuts(undefined)).toEqual([]);
  });
});
