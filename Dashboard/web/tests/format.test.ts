import { describe, expect, test } from 'vitest';
import { ago, ageSeconds, agoOf, bytes, count, countedKind, distanceMetres, duration, indexText, metres, percent, plural } from '../src/shared/format';

describe('ages', () => {
  test.each([
    [0, '0 s'], [59.9, '59 s'], [60, '1 min'], [3599, '59 min'], [3600, '1 h'], [47 * 3600, '47 h'], [48 * 3600, '2 d'], [40 * 86400, '40 d'], [-5, '0 s'],
  ])('%d seconds are %s', (seconds, text) => expect(duration(seconds)).toBe(text));

  test('what has just happened, or will by a wrong clock, is just now', () => {
    expect(ago(3)).toBe('just now');
    expect(ago(-30)).toBe('just now');
    expect(ago(11)).toBe('11 s ago');
  });

  test('an age needs a time', () => {
    const now = Date.parse('2026-11-22T12:00:00Z');
    expect(agoOf('2026-11-22T09:00:00Z', now)).toBe('3 h ago');
    expect(agoOf(undefined, now)).toBe('never');
    expect(ageSeconds('not a time', now)).toBeNull();
    expect(ageSeconds('2026-11-22T12:00:09Z', now)).toBe(0);
  });
});

describe('numbers', () => {
  test('a share never claims all or nothing that is not', () => {
    expect(percent(1)).toBe('100 %');
    expect(percent(0.9999)).toBe('99 %');
    expect(percent(0.0001)).toBe('<1 %');
    expect(percent(0)).toBe('0 %');
    expect(percent(0.874)).toBe('87 %');
  });

  test('an index is cut, so that its number agrees with its letter', () => {
    expect(indexText(2.96)).toBe('2.9');
    expect(indexText(3)).toBe('3.0');
    expect(indexText(4.2)).toBe('4.2');
    expect(indexText(0.3)).toBe('0.3');
    expect(indexText(5)).toBe('5.0');
  });

  test('sizes, lengths and counts read well', () => {
    expect(bytes(999)).toBe('999 B');
    expect(bytes(48_213_312)).toBe('48.2 MB');
    expect(metres(94.6)).toBe('95 m');
    expect(metres(1240)).toBe('1.2 km');
    expect(count(1234567)).toBe('1,234,567');
    expect(plural(1, 'pass', 'passes')).toBe('1 pass');
    expect(plural(2, 'pass', 'passes')).toBe('2 passes');
  });

  test('kinds are an open list and still read as words', () => {
    expect(countedKind('bulky_item', 2)).toBe('2 bulky items');
    expect(countedKind('bulky_item', 1)).toBe('1 bulky item');
    expect(countedKind('loose_litter', 4)).toBe('4 loose litter');
    expect(countedKind('leaves', 3)).toBe('3 leaves');
    expect(countedKind('shopping_cart', 2)).toBe('2 shopping carts');
  });

  test('a hundredth of a degree of latitude is 1.1 km', () => {
    expect(distanceMetres({ latitude: 37.8, longitude: -122.3 }, { latitude: 37.81, longitude: -122.3 })).toBeCloseTo(1112, 0);
  });
});
