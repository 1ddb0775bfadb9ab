import { describe, expect, it } from 'vitest';
import { monthsOf } from '../src/scorecards/history';
import type { AreaReport } from '../src/shared/contract';

const report = (from: string, to: string, value: number, method = 'crow-2', detectors: string[] = ['a'], computedAt = to): AreaReport => ({
  method, question: 'period', from, to, computedAt, closedAt: computedAt,
  areas: [{
    area: 'North', index: { value, low: value - 0.5, high: value + 0.5 }, coverage: 1, timeCoverage: 1, lengthMetres: 1, streets: 1, seenStreets: 1, passes: 1, trucks: 1,
    singleSource: [], singleSourceShare: 0, detectors,
  }],
});

describe('closed months of an area', () => {
  it('leaves quarters out, goes by time, and knows only its own area', () => {
    const closed = [report('2026-10-01T00:00:00Z', '2026-11-01T00:00:00Z', 2), report('2026-08-01T00:00:00Z', '2026-11-01T00:00:00Z', 9), report('2026-09-01T00:00:00Z', '2026-10-01T00:00:00Z', 1)];
    expect(monthsOf('North', closed).map((month) => month.index.value)).toEqual([1, 2]);
    expect(monthsOf('South', closed)).toEqual([]);
  });

  it('marks where another method or a new detector begins, and no return of an old one', () => {
    const closed = [
      report('2026-07-01T00:00:00Z', '2026-08-01T00:00:00Z', 1, 'crow-1', ['a']),
      report('2026-08-01T00:00:00Z', '2026-09-01T00:00:00Z', 1, 'crow-1', ['a', 'b']),
      report('2026-09-01T00:00:00Z', '2026-10-01T00:00:00Z', 1, 'crow-2', ['a']),
      report('2026-10-01T00:00:00Z', '2026-11-01T00:00:00Z', 1, 'crow-2', ['b']),
    ];
    expect(monthsOf('North', closed).map((month) => month.breaks)).toEqual([[], ['b'], ['crow-2'], []]);
  });

  it('tells a month that two methods closed by the later one', () => {
    const closed = [report('2026-09-01T00:00:00Z', '2026-10-01T00:00:00Z', 1, 'crow-1', ['a'], '2026-10-03T00:00:00Z'), report('2026-09-01T00:00:00Z', '2026-10-01T00:00:00Z', 2, 'crow-2', ['a'], '2026-10-09T00:00:00Z')];
    expect(monthsOf('North', closed).map((month) => month.index.value)).toEqual([2]);
  });
});
