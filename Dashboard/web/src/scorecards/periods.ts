import type { AreaPeriod } from '../shared/contract';

export const PERIODS: readonly { readonly period: AreaPeriod; readonly label: string }[] = [
  { period: 'now', label: 'Now' },
  { period: 'day', label: '24 hours' },
  { period: 'week', label: '7 days' },
  { period: 'month', label: '30 days' },
  { period: 'quarter', label: '91 days' },
];

/** Which of the two questions a period asks; they are never compared. */
export function sentenceOfPeriod(period: AreaPeriod): string {
  if (period === 'now') return 'Condition now: the newest evidence counts most, a verified cleaning starts anew.';
  const label = PERIODS.find((one) => one.period === period)!.label;
  return `Average over the last ${label}, before and after cleanings. Passes that a work order brought are left out.`;
}

/** The trend in words; null when nobody can say. A change that its interval does not rule out is none. */
export function trendWords(trend: { value: number; low: number; high: number } | undefined): { text: string; tone: 'better' | 'worse' | 'same' } | null {
  if (!trend) return null;
  const size = Math.abs(trend.value).toFixed(1);
  if (trend.high < 0) return { text: `cleaner by ${size}`, tone: 'better' };
  if (trend.low > 0) return { text: `dirtier by ${size}`, tone: 'worse' };
  return { text: 'no clear change', tone: 'same' };
}
