/** The five letters of the map, cleanest first. On the wire they are CROW's A+, A, B, C, D. */
export type Letter = 'A' | 'B' | 'C' | 'D' | 'E';

/** What the legend counts and filters: a letter, or not seen. */
export type GradeKey = Letter | 'none';

export interface GradeStyle {
  readonly letter: Letter;
  readonly wire: string;
  readonly word: string;
  readonly colour: string;
}

/**
 * ColorBrewer RdYlBu, five classes: the classes stay apart under deuteranopia and protanopia, and each keeps at
 * least 3:1 on the map's background. Colour is never alone: letters stand in every table, label and tooltip.
 */
export const GRADES: readonly GradeStyle[] = [
  { letter: 'A', wire: 'A+', word: 'Very clean', colour: '#2c7bb6' },
  { letter: 'B', wire: 'A', word: 'Clean', colour: '#abd9e9' },
  { letter: 'C', wire: 'B', word: 'Moderately clean', colour: '#ffffbf' },
  { letter: 'D', wire: 'C', word: 'Dirty', colour: '#fdae61' },
  { letter: 'E', wire: 'D', word: 'Very dirty', colour: '#d7191c' },
];

export const GRADE_KEYS: readonly GradeKey[] = ['A', 'B', 'C', 'D', 'E', 'none'];

/** Not seen is not clean: grey and dashed, never a colour of the scale. */
export const NOT_SEEN_COLOUR = '#77818d';
export const MAP_BACKGROUND = '#1b1f24';

/** The letter of a grade number 0–4; null for anything else, which is "not seen". */
export function letterOf(grade: number): Letter | null {
  return GRADES[grade]?.letter ?? null;
}

/** The letter people see for CROW's name; null when the name is absent or unknown. */
export function letterOfWire(wire: string | null | undefined): Letter | null {
  return GRADES.find((grade) => grade.wire === wire)?.letter ?? null;
}

export function gradeNumber(letter: Letter): number {
  return GRADES.findIndex((grade) => grade.letter === letter);
}

export function colourOf(letter: Letter | null): string {
  return letter === null ? NOT_SEEN_COLOUR : GRADES[gradeNumber(letter)]!.colour;
}

export function wordOf(letter: Letter | null): string {
  return letter === null ? 'Not seen' : GRADES[gradeNumber(letter)]!.word;
}

/** Below C: what a dispatcher looks for first. */
export function isBelowC(letter: Letter | null): boolean {
  return letter === 'D' || letter === 'E';
}

/** WCAG relative luminance of #rrggbb. */
export function luminance(hex: string): number {
  const channel = (at: number): number => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

/** WCAG contrast ratio of two #rrggbb colours, 1–21. */
export function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Ink that can be read on a grade's colour. */
export function inkOn(colour: string): string {
  return contrast(colour, '#ffffff') >= contrast(colour, '#14171b') ? '#ffffff' : '#14171b';
}
