import { describe, expect, test } from 'vitest';
import { NOT_SEEN, opacityOfAge, SegmentStates, SnapshotError, type SegmentDelta } from '../src/shared/segmentStates';

/** A snapshot as the server writes it, byte by byte. */
function snapshot(records: readonly (readonly [number, number, number, number, number, number])[], revision = 7n, now = 1_790_000_000_123n): ArrayBuffer {
  const buffer = new ArrayBuffer(24 + 12 * records.length);
  const view = new DataView(buffer);
  [...'CSM1'].forEach((letter, at) => view.setUint8(at, letter.charCodeAt(0)));
  view.setUint32(4, records.length, true);
  view.setBigUint64(8, revision, true);
  view.setBigInt64(16, now, true);
  records.forEach(([grade, flags, index, low, high, at], number) => {
    const offset = 24 + 12 * number;
    view.setUint8(offset, grade);
    view.setUint8(offset + 1, flags);
    view.setUint16(offset + 2, index, true);
    view.setUint16(offset + 4, low, true);
    view.setUint16(offset + 6, high, true);
    view.setUint32(offset + 8, at, true);
  });
  return buffer;
}

describe('map state', () => {
  test('a snapshot reads back as it was written', () => {
    const states = new SegmentStates(snapshot([[255, 0, 0, 0, 0, 0], [3, 0b0011_0001, 352, 290, 417, 1_789_999_000]]));
    expect(states.length).toBe(2);
    expect(states.revision).toBe(7);
    expect(states.serverNowMs).toBe(1_790_000_000_123);
    expect(states.at(0)).toMatchObject({ letter: null, grade: NOT_SEEN, observedAt: 0 });
    expect(states.at(1)).toEqual({ grade: 3, letter: 'D', flags: 0b0011_0001, lasan: 3, index: 3.52, low: 2.9, high: 4.17, observedAt: 1_789_999_000 });
  });

  test('pinned bytes stay readable', () => {
    const hex = '43534d31' + '01000000' + '0900000000000000' + '00e40b5402000000' + '04' + '02' + 'a401' + '5e01' + 'f401' + '80e8916a';
    const states = new SegmentStates(Uint8Array.from(hex.match(/../g)!, (byte) => parseInt(byte, 16)).buffer);
    expect(states.revision).toBe(9);
    expect(states.at(0)).toMatchObject({ letter: 'E', flags: 2, lasan: 0, index: 4.2, low: 3.5, high: 5, observedAt: 0x6a91e880 });
  });

  test.each([
    ['an empty answer', new ArrayBuffer(0)],
    ['another magic', new Uint8Array(24).buffer],
    ['a torn tail', snapshot([[0, 0, 0, 0, 0, 0]]).slice(0, 30)],
    ['bytes too many', new Uint8Array([...new Uint8Array(snapshot([[0, 0, 0, 0, 0, 0]])), 1]).buffer],
  ])('%s is refused', (_, bytes) => expect(() => new SegmentStates(bytes)).toThrow(SnapshotError));

  test('a delta replaces the whole record, and one of another network is refused', () => {
    const states = new SegmentStates(snapshot([[255, 0, 0, 0, 0, 0], [0, 0, 40, 10, 90, 5]]));
    const delta: SegmentDelta = [0, 4, 2, 450, 400, 500, 77];
    expect(states.apply(delta)).toBe(true);
    expect(states.at(0)).toMatchObject({ letter: 'E', flags: 2, index: 4.5, low: 4, high: 5, observedAt: 77 });
    expect(states.at(1)).toMatchObject({ letter: 'A', index: 0.4 });
    for (const stray of [2, -1, 0.5, NaN]) expect(states.apply([stray, 0, 0, 0, 0, 0, 0])).toBe(false);
  });

  test('counts go by letter and never call not seen clean', () => {
    const states = new SegmentStates(snapshot([[255, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 1], [4, 0, 0, 0, 0, 1], [255, 0, 0, 0, 0, 9], [9, 0, 0, 0, 0, 1]]));
    expect(states.counts()).toEqual({ A: 1, B: 0, C: 0, D: 0, E: 1, none: 3 });
  });
});

describe('fading', () => {
  test('fresh evidence is drawn fully, old evidence ever fainter but never gone', () => {
    const ages = [0, 2 * 3600, 6 * 3600, 24 * 3600, 3 * 86400, 7 * 86400, 365 * 86400];
    const drawn = ages.map(opacityOfAge);
    expect(drawn[0]).toBe(1);
    expect(drawn[1]).toBe(1);
    for (let at = 2; at < 6; at++) expect(drawn[at]!).toBeLessThan(drawn[at - 1]!);
    expect(drawn[5]).toBeCloseTo(0.38);
    expect(drawn[6]).toBeCloseTo(0.38);
  });
});
