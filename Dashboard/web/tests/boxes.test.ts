import { expect, test } from 'vitest';
import { matching, stateOf, untilWords, wantedBoxes } from '../src/boxes/words';
import type { Box } from '../src/shared/contract';

const now = Date.parse('2026-11-26T05:00:00Z');
const box: Box = { deviceId: 'box-1', state: 'enrolled', truckId: 'truck-9', wipeWanted: false, history: [], certificateEndsAt: '2027-11-26T05:00:00Z' };

test('a box that could not renew is told apart from one that is well', () => {
  expect(stateOf(box, now)).toEqual({ label: 'Enrolled', tone: 'good' });
  expect(stateOf({ ...box, certificateEndsAt: '2026-12-01T05:00:00Z' }, now).tone).toBe('wait');
  expect(stateOf({ ...box, wipeWanted: true }, now).label).toContain('waits');
  expect(stateOf({ ...box, state: 'expected' }, now).label).toBe('Code ran out');
  expect(stateOf({ ...box, state: 'expected', codeEndsAt: '2026-11-27T05:00:00Z' }, now).label).toBe('Expected');
});

test('the end of a certificate lies ahead or behind', () => {
  expect(untilWords('2026-11-28T05:00:00Z', now)).toBe('in 2 d');
  expect(untilWords('2026-11-26T02:00:00Z', now)).toBe('ended 3 h ago');
  expect(untilWords(undefined, now)).toBe('–');
});

test('boxes are found by their own name and by that of their truck', () => {
  expect(matching([box], 'TRUCK-9')).toHaveLength(1);
  expect(matching([box], 'box-2')).toHaveLength(0);
});

test('pasted lines become boxes, or nothing when one is wrong', () => {
  expect(wantedBoxes('deviceId,truckId\nbox-1, truck-1\nbox-2,\n')).toEqual([{ deviceId: 'box-1', truckId: 'truck-1' }, { deviceId: 'box-2' }]);
  expect(wantedBoxes('box 1,truck-1')).toBeNull();
  expect(wantedBoxes('')).toBeNull();
  expect(wantedBoxes('..')).toBeNull();
  expect(wantedBoxes('box-1,.')).toBeNull();
});
