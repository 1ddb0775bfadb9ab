import { describe, expect, test } from 'vitest';
import { expectedState, isOpen, stateWords } from '../src/shared/orderStates';
import { safeNext } from '../src/shared/next';

describe('order states', () => {
  test('done is not verified', () => {
    expect(isOpen({ state: 'done' })).toBe(true);
    expect(isOpen({ state: 'verified' })).toBe(false);
    expect(stateWords({ state: 'done' }).tone).not.toBe(stateWords({ state: 'verified' }).tone);
  });

  test('an order that was opened again says so until it moves on', () => {
    expect(stateWords({ state: 'open', timesReopened: 1 }).label).toBe('Reopened');
    expect(stateWords({ state: 'open', timesReopened: 0 }).label).toBe('Open');
    expect(stateWords({ state: 'accepted', timesReopened: 1 }).label).toBe('Accepted');
  });

  test('a state of tomorrow is shown as it came and counts as open', () => {
    expect(stateWords({ state: 'on_hold' }).label).toBe('on hold');
    expect(isOpen({ state: 'on_hold' })).toBe(true);
  });

  test('the phone expects what the server will say', () => {
    expect(expectedState('accept', undefined)).toBe('accepted');
    expect(expectedState('start', undefined)).toBe('in_progress');
    expect(expectedState('end', 'collected')).toBe('done');
    expect(expectedState('end', 'gone_on_arrival')).toBe('done');
    for (const outcome of ['blocked', 'no_access', 'unsafe', 'referred'] as const) expect(expectedState('end', outcome)).toBe('not_cleaned');
    expect(expectedState('cancel', undefined)).toBeNull();
  });
});

describe('the page after the log-in', () => {
  const origin = 'http://127.0.0.1:8080';
  test.each([['/crew#order=wo-1', '/crew#order=wo-1'], ['/?kiosk=1', '/?kiosk=1']])('%s is ours', (next, page) => expect(safeNext(next, origin)).toBe(page));
  test.each([null, '', 'https://evil.example/', '//evil.example/x', '/\\evil.example', 'javascript:alert(1)', '/login?next=/login'])('%s is refused', (next) =>
    expect(safeNext(next, origin)).toBeNull());
});
