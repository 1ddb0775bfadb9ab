import { describe, expect, it } from 'vitest';
import { modelBreaks } from '../src/dispatcher/modelBreaks';
import type { Pass } from '../src/shared/contract';

const pass = (enteredAt: string, modelVersion?: string): Pass => ({ enteredAt, forward: true, coverage: 1, counts: {}, ...(modelVersion ? { modelVersion } : {}) });

describe('where the detector changes', () => {
  it('marks the first pass of each newer version, whatever the order of the list', () => {
    const breaks = modelBreaks([pass('2026-11-22T08:00:00Z', 'b'), pass('2026-11-22T06:00:00Z', 'a'), pass('2026-11-22T07:00:00Z', 'a'), pass('2026-11-23T07:00:00Z', 'c')]);
    expect(breaks.map((item) => [item.from, item.to, item.at])).toEqual([
      ['a', 'b', Date.parse('2026-11-22T08:00:00Z') / 1000],
      ['b', 'c', Date.parse('2026-11-23T07:00:00Z') / 1000],
    ]);
  });

  it('takes two versions side by side for one break, and passes without a version for none', () => {
    expect(modelBreaks([pass('2026-11-22T06:00:00Z', 'a'), pass('2026-11-22T07:00:00Z', 'b'), pass('2026-11-22T08:00:00Z', 'a'), pass('2026-11-22T09:00:00Z', 'b')])).toHaveLength(1);
    expect(modelBreaks([pass('2026-11-22T06:00:00Z'), pass('2026-11-22T07:00:00Z', 'b'), pass('2026-11-22T08:00:00Z')])).toEqual([]);
  });
});
