import { expect, test } from 'vitest';
import type { Truck } from '../src/shared/contract';
import { troublesOf } from '../src/shared/truckTroubles';

const now = Date.parse('2026-11-26T05:00:00Z');
const acceptance = { acceptedAt: '2026-11-01T08:00:00Z', heightMetres: 2.4, pitchDegrees: 18, openPoints: [] };
const well: Truck = {
  truckId: 'truck-9',
  state: 'ready',
  at: '2026-11-26T04:59:00Z',
  camera: { cameraId: 'kerb', coverage: 0.9, framesPerSecond: 2, faults: [], acceptance },
  health: { positionState: 'fix', readingsDropped: 0, diskFreeBytes: 20e9, temperatureCelsius: 50, certificateEndsAt: '2027-11-26T05:00:00Z' },
  upgrade: { program: { state: 'confirmed' }, model: { state: 'current' } },
};
const labels = (truck: Truck) => troublesOf(truck, now).map((trouble) => trouble.label);

test('a truck that is well, and one that says nothing of itself, trouble nobody', () => {
  expect(labels(well)).toEqual([]);
  expect(labels({ truckId: 'truck-1', state: 'lost', at: well.at })).toEqual([]);
});

test('what the camera reports is told, the blind before the half blind', () => {
  expect(labels({ ...well, camera: { ...well.camera!, faults: ['dirty', 'moved'] } })).toEqual(['Camera moved', 'Lens dirty']);
  expect(labels({ ...well, camera: { ...well.camera!, faults: ['upside-down'] } })).toEqual(['Camera upside-down']);
});

test('a camera that nobody accepted, or only with open points, is told', () => {
  const { acceptance: _, ...unaccepted } = well.camera!;
  expect(labels({ ...well, camera: unaccepted })).toEqual(['Camera not accepted']);
  const open = troublesOf({ ...well, camera: { ...well.camera!, acceptance: { ...acceptance, openPoints: ['pitch 3° off'] } } }, now);
  expect(open).toMatchObject([{ label: 'Accepted with open points', tone: 'wait' }]);
  expect(open[0]!.detail).toContain('pitch 3° off');
});

test('place, disk, heat, drops and the certificate are watched', () => {
  const ill = { ...well.health!, positionState: 'no_fix', readingsDropped: 12, diskFreeBytes: 5e8, temperatureCelsius: 84, certificateEndsAt: '2026-11-28T05:00:00Z' } as const;
  expect(labels({ ...well, health: ill })).toEqual(['Readings dropped', 'Disk nearly full', 'No GPS fix', 'Box too hot', 'Certificate ends soon']);
  expect(labels({ ...well, health: { ...well.health!, certificateEndsAt: '2026-11-26T02:00:00Z' } })).toEqual(['Certificate ended']);
});

test('upgrades and settings that a truck did not take are told with its reason', () => {
  const found = troublesOf({ ...well, settings: { refused: 'ring “x” is unknown' }, upgrade: { program: { state: 'rolled_back', offered: '2.1.0', detail: 'It never was healthy.' }, model: { state: 'refused', offered: '7' } } }, now);
  expect(found.map((trouble) => trouble.label)).toEqual(['Program upgrade taken back', 'Model upgrade refused', 'Settings refused']);
  expect(found[0]!.detail).toBe('Version 2.1.0 failed, and the one before runs again. It never was healthy.');
});
