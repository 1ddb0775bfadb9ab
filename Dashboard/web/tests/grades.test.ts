import { describe, expect, test } from 'vitest';
import { colourOf, contrast, GRADES, inkOn, isBelowC, letterOf, letterOfWire, luminance, MAP_BACKGROUND, NOT_SEEN_COLOUR, wordOf } from '../src/shared/grades';

describe('grades', () => {
  test('five letters stand for CROW A+ to D, in order', () => {
    expect(GRADES.map((grade) => `${grade.letter}=${grade.wire}`)).toEqual(['A=A+', 'B=A', 'C=B', 'D=C', 'E=D']);
    expect([0, 1, 2, 3, 4].map(letterOf).join('')).toBe('ABCDE');
    expect(letterOfWire('A')).toBe('B');
  });

  test('what is no grade is not seen', () => {
    for (const stray of [255, -1, 5, 1.5]) expect(letterOf(stray)).toBeNull();
    expect(letterOfWire('E')).toBeNull();
    expect(letterOfWire(undefined)).toBeNull();
    expect(wordOf(null)).toBe('Not seen');
  });

  test('every colour, the grey too, keeps 3:1 on the map', () => {
    for (const colour of [...GRADES.map((grade) => grade.colour), NOT_SEEN_COLOUR]) expect(contrast(colour, MAP_BACKGROUND)).toBeGreaterThanOrEqual(3);
  });

  test('a letter can be read on its colour', () => {
    for (const grade of GRADES) expect(contrast(inkOn(grade.colour), grade.colour)).toBeGreaterThanOrEqual(4.5);
  });

  test('not seen is grey, never green', () => {
    const channels = [1, 3, 5].map((at) => parseInt(colourOf(null).slice(at, at + 2), 16));
    expect(Math.max(...channels) - Math.min(...channels)).toBeLessThan(32);
  });

  test('luminance has its known ends', () => {
    expect(luminance('#ffffff')).toBeCloseTo(1);
    expect(luminance('#000000')).toBe(0);
    expect(contrast('#ffffff', '#000000')).toBeCloseTo(21);
  });

  test('below C are D and E', () => expect(['A', 'B', 'C', 'D', 'E', null].filter((letter) => isBelowC(letter as 'A'))).toEqual(['D', 'E']));
});
