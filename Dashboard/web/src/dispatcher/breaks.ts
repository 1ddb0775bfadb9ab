import type { DetectorBridge, Measure, Pass, ScorePoint } from '../shared/contract';
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
export function breaksOf(points: readonly ScorePoint[], passes: readonly Pass[], measure?: Measure): Break[] {
  return [...detectorBreaks(passes, measure?.detectors.bridges ?? []), ...methodBreaks(points, measure)].sort((a, b) => a.at - b.at);
}

function detectorBreaks(passes: readonly Pass[], bridges: readonly DetectorBridge[]): Break[] {
  const inOrder = passes.filter((pass) => pass.modelVersion).sort((a, b) => Date.parse(a.enteredAt) - Date.parse(b.enteredAt));
  const seen = new Set<string>();
  const breaks: Break[] = [];
  let before: string | null = null;
  for (const pass of inOrder) {
    const version = pass.modelVersion!;
    // Versions that run side by side alternate; only the first pass of a new one is a break.
    if (before !== null && !seen.has(version)) {
      const from = before;
      const bridge = bridges.find((one) => one.older === from && one.newer === version);
      breaks.push({ at: Date.parse(pass.enteredAt) / 1000, kind: 'detector', from, to: version, ...(bridge ? { bridge } : {}) });
    }
    seen.add(version);
    before = version;
  }
  return breaks;
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
