import type { AreaEstimate, AreaReport } from '../shared/contract';

/** One closed month of an area. */
export interface Month {
  readonly from: Date;
  readonly index: AreaEstimate;
  /** What makes the numbers is another from this month on: name of the method or the detector. */
  readonly breaks: readonly string[];
}

const LONGEST_MONTH_DAYS = 31;
const DAY_MS = 86_400_000;

/** The closed months of an area, the oldest first, each with what changed since the one before it. A month closed by two methods is told by the later. */
export function monthsOf(area: string, closed: readonly AreaReport[]): Month[] {
  const months = new Map<string, AreaReport>();
  for (const report of closed) {
    if (!report.from || (Date.parse(report.to) - Date.parse(report.from)) / DAY_MS > LONGEST_MONTH_DAYS) continue;
    const other = months.get(report.from);
    if (!other || other.computedAt < report.computedAt) months.set(report.from, report);
  }
  const told: Month[] = [];
  let method: string | null = null;
  let detectors: readonly string[] = [];
  for (const report of [...months.values()].sort((a, b) => Date.parse(a.from!) - Date.parse(b.from!))) {
    const figures = report.areas.find((one) => one.area === area);
    if (!figures?.index) continue;
    const known = detectors;
    const newer = (figures.detectors ?? []).filter((version) => known.length > 0 && !known.includes(version));
    told.push({ from: new Date(report.from!), index: figures.index, breaks: [...(method && method !== report.method ? [report.method] : []), ...newer] });
    method = report.method;
    detectors = [...new Set([...known, ...(figures.detectors ?? [])])];
  }
  return told;
}
