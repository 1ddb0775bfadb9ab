import type { Pass } from '../shared/contract';

export interface ModelBreak {
  /** Seconds since 1970 UTC of the first pass of the newer version. */
  readonly at: number;
  readonly from: string;
  readonly to: string;
}

/** Where the detector's version changes from one pass to the next: numbers on both sides are not of one detector. */
export function modelBreaks(passes: readonly Pass[]): ModelBreak[] {
  const inOrder = passes.filter((pass) => pass.modelVersion).sort((a, b) => Date.parse(a.enteredAt) - Date.parse(b.enteredAt));
  const seen = new Set<string>();
  const breaks: ModelBreak[] = [];
  let before: string | null = null;
  for (const pass of inOrder) {
    const version = pass.modelVersion!;
    // Versions that run side by side alternate; only the first pass of a new one is a break.
    if (before !== null && !seen.has(version)) breaks.push({ at: Date.parse(pass.enteredAt) / 1000, from: before, to: version });
    seen.add(version);
    before = version;
  }
  return breaks;
}
