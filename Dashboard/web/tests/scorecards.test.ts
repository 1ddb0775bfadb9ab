import { describe, expect, it } from 'vitest';
import { PERIODS, sentenceOfPeriod, trendWords } from '../src/scorecards/periods';

describe('scorecards', () => {
  it('asks either for now or for a period, and says which', () => {
    expect(sentenceOfPeriod('now')).toContain('Condition now');
    for (const { period, label } of PERIODS.filter((one) => one.period !== 'now')) {
      expect(sentenceOfPeriod(period)).toContain(`Average over the last ${label}`);
    }
  });

  it('calls a change one only when its interval rules out that there is none', () => {
    expect(trendWords(undefined)).toBeNull();
    expect(trendWords({ value: -0.6, low: -1, high: -0.2 })).toEqual({ text: 'cleaner by 0.6', tone: 'better' });
    expect(trendWords({ value: 0.6, low: 0.2, high: 1 })).toEqual({ text: 'dirtier by 0.6', tone: 'worse' });
    expect(trendWords({ value: -0.6, low: -1.3, high: 0.1 })!.tone).toBe('same');
  });
});
