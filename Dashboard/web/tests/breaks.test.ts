import { describe, expect, it } from 'vitest';
import { breaksOf, breakWords } from '../src/dispatcher/breaks';
import type { Explanation, Measure, Pass, ScorePoint } from '../src/shared/contract';

const pass = (enteredAt: string, modelVersion?: string): Pass => ({ enteredAt, forward: true, coverage: 1, counts: {}, ...(modelVersion ? { modelVersion } : {}) });

const point = (asOf: string): ScorePoint => ({ asOf, index: 2, low: 1, high: 3 });

describe('where the detector changes', () => {
  it('marks the first pass of each newer version, whatever the order of the list', () => {
    const breaks = breaksOf([], [pass('2026-11-22T08:00:00Z', 'b'), pass('2026-11-22T06:00:00Z', 'a'), pass('2026-11-22T07:00:00Z', 'a'), pass('2026-11-23T07:00:00Z', 'c')]);
    expect(breaks.map((item) => [item.from, item.to, item.at])).toEqual([
      ['a', 'b', Date.parse('2026-11-22T08:00:00Z') / 1000],
      ['b', 'c', Date.parse('2026-11-23T07:00:00Z') / 1000],
    ]);
  });

  it('takes two versions side by side for one break, and passes without a version for none', () => {
    expect(breaksOf([], [pass('2026-11-22T06:00:00Z', 'a'), pass('2026-11-22T07:00:00Z', 'b'), pass('2026-11-22T08:00:00Z', 'a'), pass('2026-11-22T09:00:00Z', 'b')])).toHaveLength(1);
    expect(breaksOf([], [pass('2026-11-22T06:00:00Z'), pass('2026-11-22T07:00:00Z', 'b'), pass('2026-11-22T08:00:00Z')])).toEqual([]);
  });
});

describe('a detector that changed long before the last passes', () => {
  const explanation = { score: {}, sentences: [], categories: [], detectors: [{ version: 'a', since: '2026-10-01T06:00:00Z' }, { version: 'b', since: '2026-10-20T06:00:00Z' }] } as unknown as Explanation;
  const last = [pass('2026-11-22T06:00:00Z', 'b'), pass('2026-11-22T07:00:00Z', 'c')];

  it('is marked as far as the chart reaches, with what the last passes say', () => {
    expect(breaksOf([point('2026-10-10T00:00:00Z')], last, undefined, explanation).map((item) => [item.from, item.to, new Date(item.at * 1000).toISOString()])).toEqual([
      ['a', 'b', '2026-10-20T06:00:00.000Z'],
      ['b', 'c', '2026-11-22T07:00:00.000Z'],
    ]);
  });

  it('is not marked where the chart begins behind it', () => {
    expect(breaksOf([point('2026-11-01T00:00:00Z')], last, undefined, explanation).map((item) => item.to)).toEqual(['c']);
  });
});

const measure: Measure = {
  methods: [{ method: 'crow-1' }, { method: 'crow-2', since: '2026-11-22T07:30:00Z' }],
  detectors: { bridges: [{ older: 'a', newer: 'b', onSameFrames: true, kinds: [
    { kind: 'pile', places: 40, olderCount: 0, newerCount: 3 },
    { kind: 'loose_litter', factor: 1.318, low: 1.21, high: 1.44, places: 40, olderCount: 100, newerCount: 132 },
  ] }] },
};

describe('what a break says', () => {
  it('names the factor and its interval where two detectors were compared, and says so where they were not', () => {
    const [first] = breaksOf([], [pass('2026-11-22T06:00:00Z', 'a'), pass('2026-11-22T08:00:00Z', 'b')], measure);
    expect(breakWords(first!)).toBe('another detector, a → b. On the same frames the newer finds, for one of the older: loose litter × 1.32 (1.21 to 1.44). No number is corrected by it.');
    const [other] = breaksOf([], [pass('2026-11-22T06:00:00Z', 'a'), pass('2026-11-22T08:00:00Z', 'c')], measure);
    expect(breakWords(other!)).toContain('nobody has compared the two');
  });

  it('marks a change of method that the points reach back to, in order with the others, and no first method', () => {
    const passes = [pass('2026-11-22T06:00:00Z', 'a'), pass('2026-11-22T08:00:00Z', 'b')];
    expect(breaksOf([point('2026-11-22T05:00:00Z')], passes, measure).map((item) => [item.kind, item.to])).toEqual([['method', 'crow-2'], ['detector', 'b']]);
    expect(breaksOf([point('2026-11-22T07:45:00Z')], passes, measure).map((item) => item.kind)).toEqual(['detector']);
    expect(breaksOf([point('2026-11-22T05:00:00Z')], [], { ...measure, methods: [{ method: 'crow-2', since: '2026-11-22T07:30:00Z' }] })).toEqual([]);
  });
});
