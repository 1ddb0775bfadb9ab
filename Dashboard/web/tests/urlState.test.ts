import { describe, expect, test } from 'vitest';
import { DEFAULT_URL_STATE, readUrlState, writeUrlState, type UrlState } from '../src/shared/urlState';

describe('deep links', () => {
  test('the default needs no hash', () => {
    expect(writeUrlState(DEFAULT_URL_STATE)).toBe('');
    expect(readUrlState('')).toEqual(DEFAULT_URL_STATE);
  });

  test('what is written is read back', () => {
    const state: UrlState = {
      camera: { zoom: 15.25, latitude: 37.81234, longitude: -122.29876 }, segment: 'w4757466-0', show: ['D', 'E', 'none'], view: 'lasan', list: 'streets',
    };
    expect(writeUrlState(state)).toBe('#map=15.25/37.81234/-122.29876&segment=w4757466-0&show=DE-&view=lasan&list=streets');
    expect(readUrlState(writeUrlState(state))).toEqual(state);
  });

  test('showing every grade is the default', () => {
    expect(readUrlState('#show=ABCDE-').show).toBeNull();
    expect(writeUrlState({ ...DEFAULT_URL_STATE, show: ['A', 'B', 'C', 'D', 'E', 'none'] })).toBe('');
  });

  test.each([
    '#map=x/y/z', '#map=15/91/0', '#map=15/37', '#map=99/1/1', '#segment=%3Cscript%3E', '#segment=', '#segment=..', '#view=other', '#list=nothing', '#%%%',
  ])('%s is ignored', (hash) => expect(readUrlState(hash)).toEqual(DEFAULT_URL_STATE));
});
