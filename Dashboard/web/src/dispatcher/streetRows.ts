import type { SegmentRow } from '../shared/contract';
import { letterOf, type GradeKey, type Letter } from '../shared/grades';
import type { SegmentStates } from '../shared/segmentStates';

export type SortKey = 'name' | 'index' | 'observedAt';

export interface Sort {
  readonly key: SortKey;
  readonly descending: boolean;
}

/** A line of the street table: what never changes beside what does. */
export interface StreetLine {
  readonly row: SegmentRow;
  readonly letter: Letter | null;
  readonly index: number;
  readonly observedAt: number;
}

export interface StreetQuery {
  readonly shown: readonly GradeKey[];
  readonly text: string;
  /** [west, south, east, north]; null takes the whole city. */
  readonly bounds: readonly [number, number, number, number] | null;
  readonly sort: Sort;
}

/** The lines of the table in their order. Streets not seen stand last whatever the direction: they have nothing to compare. */
export function streetLines(rows: readonly SegmentRow[], states: SegmentStates | null, query: StreetQuery): StreetLine[] {
  const wanted = query.text.trim().toLowerCase();
  const lines: StreetLine[] = [];
  for (const row of rows) {
    const letter = states ? letterOf(states.gradeAt(row.segmentIndex)) : null;
    if (!query.shown.includes(letter ?? 'none')) continue;
    if (wanted !== '' && !(row.name ?? '').toLowerCase().includes(wanted)) continue;
    if (query.bounds && !inside(row.center, query.bounds)) continue;
    const state = states?.at(row.segmentIndex);
    lines.push({ row, letter, index: state?.index ?? 0, observedAt: state?.observedAt ?? 0 });
  }
  const factor = query.sort.descending ? -1 : 1;
  return lines.sort((a, b) => {
    if (query.sort.key === 'name') return factor * compareNames(a.row, b.row);
    if ((a.letter === null) !== (b.letter === null)) return a.letter === null ? 1 : -1;
    return factor * (a[query.sort.key] - b[query.sort.key]) || compareNames(a.row, b.row);
  });
}

/** How many streets in view are below C, for the sentence that screen readers hear. */
export function belowC(lines: readonly StreetLine[]): number {
  return lines.filter((line) => line.letter === 'D' || line.letter === 'E').length;
}

function compareNames(a: SegmentRow, b: SegmentRow): number {
  return (a.name ?? '\uffff').localeCompare(b.name ?? '\uffff') || a.segmentIndex - b.segmentIndex;
}

function inside([lon, lat]: readonly [number, number], [west, south, east, north]: readonly [number, number, number, number]): boolean {
  return lon >= west && lon <= east && lat >= south && lat <= north;
}
