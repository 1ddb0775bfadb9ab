import { describe, expect, test } from 'vitest';
import { belowC, streetLines, type StreetQuery } from '../src/dispatcher/streetRows';
import type { SegmentRow } from '../src/shared/contract';
import { GRADE_KEYS } from '../src/shared/grades';
import { SegmentStates } from '../src/shared/segmentStates';

const names = ['Adeline Street', 'Peralta Street', undefined, '7th Street'];
const rows: SegmentRow[] = names.map((name, segmentIndex) => ({
  segmentId: `s${segmentIndex}`, segmentIndex, name, lengthMetres: 80, state: 'seen', center: [segmentIndex, 0],
}));

function states(): SegmentStates {
  const bytes = new ArrayBuffer(24 + 12 * rows.length);
  const view = new DataView(bytes);
  view.setUint32(0, 0x314d5343, true);
  view.setUint32(4, rows.length, true);
  const made = new SegmentStates(bytes);
  made.apply([0, 1, 0, 150, 100, 200, 300]);
  made.apply([1, 4, 0, 450, 400, 500, 100]);
  made.apply([2, 255, 0, 0, 0, 0, 0]);
  made.apply([3, 3, 0, 310, 300, 350, 200]);
  return made;
}

const all: StreetQuery = { shown: GRADE_KEYS, text: '', bounds: null, sort: { key: 'index', descending: true } };
const ids = (query: Partial<StreetQuery>) => streetLines(rows, states(), { ...all, ...query }).map((line) => line.row.segmentId).join(' ');

describe('street table', () => {
  test('the worst stands first', () => expect(ids({})).toBe('s1 s3 s0 s2'));
  test('streets not seen stand last in both directions', () => expect(ids({ sort: { key: 'index', descending: false } })).toBe('s0 s3 s1 s2'));
  test('newest evidence first', () => expect(ids({ sort: { key: 'observedAt', descending: true } })).toBe('s0 s3 s1 s2'));
  test('names sort, those without one last', () => expect(ids({ sort: { key: 'name', descending: false } })).toBe('s3 s0 s1 s2'));
  test('the legend filters', () => expect(ids({ shown: ['E', 'none'] })).toBe('s1 s2'));
  test('a search looks into names', () => expect(ids({ text: ' STREET' })).toBe('s1 s3 s0'));
  test('only what the map shows', () => expect(ids({ bounds: [0.5, -1, 2.5, 1] })).toBe('s1 s2'));
  test('two of them are below C', () => expect(belowC(streetLines(rows, states(), all))).toBe(2));
});
