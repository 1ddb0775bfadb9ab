import type { DetectorBridge, Explanation, Measure, Pass, ScorePoint } from '../shared/contract';
import { kindWords } from '../shared/format';

/** A moment from which on numbers are made with something else: a chart marks it, because both sides of it are not one measure. */
export interface Break {
  /** Seconds since 1970 UTC. */
  readonly at: number;
  readonly kind: 'detector' | 'method';
  readonly from: string;
  readonly to: string;
  /** Detectors: how many things the newer finds for one of the older, as far as anybody has compared them. */
  readonly bridge?: DetectorBridge;
}

/** Where the detector that looks at this street changes, and where the city's method changed, as far as the points reach; in order of time. */
export function breaksOf(points: readonly ScorePoint[], passes: readonly Pass[], measure?: Measure, explanation?: Explanation): Break[] {
  const detectors = [...(explanation?.detectors ?? []), ...firstPasses(passes)];
  return [...detectorBreaks(points, detectors, measure?.detectors.bridges ?? []), ...methodBreaks(points, measure)].sort((a, b) => a.at - b.at);
}

type DetectorSince = { readonly version: string; readonly since: string };

/** What an ingest that does not tell of all passes leaves: the last ones. */
function firstPasses(passes: readonly Pass[]): DetectorSince[] {
  return passes.flatMap((pass) => (pass.modelVersion ? [{ version: pass.modelVersion, since: pass.enteredAt }] : []));
}

/** Versions that run side by side alternate; only the first pass of a new one is a break, and only where the chart has something before it. */
function detectorBreaks(points: readonly ScorePoint[], detectors: readonly DetectorSince[], bridges: readonly DetectorBridge[]): Break[] {
  const since = new Map<string, number>();
  for (const one of detectors) since.set(one.version, Math.min(Date.parse(one.since), since.get(one.version) ?? Infinity));
  const inOrder = [...since].sort((a, b) => a[1] - b[1]);
  const oldest = points.length > 0 ? Date.parse(points[0]!.asOf) : -Infinity;
  return inOrder.flatMap(([version, at], number) => {
    const before = inOrder[number - 1];
    if (!before || at < oldest) return [];
    const bridge = bridges.find((one) => one.older === before[0] && one.newer === version);
    return [{ at: at / 1000, kind: 'detector' as const, from: before[0], to: version, ...(bridge ? { bridge } : {}) }];
  });
}

function methodBreaks(points: readonly ScorePoint[], measure?: Measure): Break[] {
  const methods = measure?.methods ?? [];
  const oldest = points.length > 0 ? Date.parse(points[0]!.asOf) : Infinity;
  return methods.flatMap((method, number) => {
    const before = methods[number - 1];
    const at = method.since ? Date.parse(method.since) : NaN;
    return before && at >= oldest ? [{ at: at / 1000, kind: 'method' as const, from: before.method, to: method.method }] : [];
  });
}

/** What a break means, in a sentence. */
export function breakWords(item: Break): string {
  if (item.kind === 'method') return `another scoring method, ${item.from} → ${item.to}. Numbers before it are those of ${item.from}.`;
  const kinds = (item.bridge?.kinds ?? []).filter((kind) => kind.factor !== undefined).sort((a, b) => b.olderCount - a.olderCount).slice(0, 3);
  const what = `another detector, ${item.from} → ${item.to}.`;
  if (kinds.length === 0) return `${what} Numbers before and after are not of one measure, and nobody has compared the two.`;
  const factors = kinds.map((kind) => `${kindWords(kind.kind)} × ${kind.factor!.toFixed(2)} (${kind.low!.toFixed(2)} to ${kind.high!.toFixed(2)})`);
  return `${what} ${item.bridge!.onSameFrames ? 'On the same frames' : 'On the same streets in the same hours'} the newer finds, for one of the older: ${factors.join(', ')}. No number is corrected by it.`;
}
