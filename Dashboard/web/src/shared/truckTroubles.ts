import type { ReleaseStatus, Truck } from './contract';
import { bytes, count, duration } from './format';

/** Something about a truck that somebody has to look after: two or three words, and the sentence behind them. */
export interface Trouble {
  readonly label: string;
  readonly detail: string;
  readonly tone: 'bad' | 'wait';
}

const LOW_DISK_BYTES = 1024 ** 3;
const HOT_CELSIUS = 80;
const WEEK_SECONDS = 7 * 24 * 3600;

const FAULTS: Record<string, Trouble> = {
  unplugged: { label: 'Camera unplugged', detail: 'No pictures come from the camera, so nothing that the truck passes counts as seen.', tone: 'bad' },
  frozen: { label: 'Camera frozen', detail: 'The camera shows the same picture again and again, so nothing that the truck passes counts as seen.', tone: 'bad' },
  dark: { label: 'Camera dark', detail: 'The picture is too dark to see anything: the lens is covered, or there is no light.', tone: 'bad' },
  moved: { label: 'Camera moved', detail: 'The camera looks elsewhere than when it was measured, so nothing counts as seen until it is aimed again.', tone: 'bad' },
  dirty: { label: 'Lens dirty', detail: 'Part of the lens shows the same whatever passes: that part counts as unseen.', tone: 'wait' },
};

const POSITIONS: Partial<Record<NonNullable<Truck['health']>['positionState'], Trouble>> = {
  silent: { label: 'No GPS receiver', detail: 'The receiver has not spoken since the agent started, so no reading has a place.', tone: 'bad' },
  no_fix: { label: 'No GPS fix', detail: 'The receiver sees too few satellites to know the place.', tone: 'wait' },
  stale: { label: 'GPS silent', detail: 'The receiver has stopped speaking.', tone: 'bad' },
};

/** What is wrong with a truck's camera, place, box and upgrades, as it said last; the worst first. Who has lost contact shows in the state, not here. */
export function troublesOf(truck: Truck, now: number): readonly Trouble[] {
  const found = [...ofCamera(truck.camera), ...ofBox(truck.health, now), ...ofUpgrade('Program', truck.upgrade?.program), ...ofUpgrade('Model', truck.upgrade?.model)];
  if (truck.settings?.refused) found.push({ label: 'Settings refused', detail: `The truck keeps its settings: ${truck.settings.refused}`, tone: 'wait' });
  return found.sort((a, b) => Number(a.tone === 'wait') - Number(b.tone === 'wait'));
}

function ofCamera(camera: Truck['camera']): Trouble[] {
  if (!camera) return [];
  const found: Trouble[] = (camera.faults ?? []).map((fault) => FAULTS[fault] ?? { label: `Camera ${fault}`, detail: `The camera reports: ${fault}.`, tone: 'bad' });
  if (!camera.acceptance) found.push({ label: 'Camera not accepted', detail: 'Nobody has accepted how this camera is measured, or it was changed by hand since: aim it with “edge aim”.', tone: 'wait' });
  else if (camera.acceptance.openPoints.length > 0) found.push({ label: 'Accepted with open points', detail: `The camera was accepted although these checks failed: ${camera.acceptance.openPoints.join('; ')}.`, tone: 'wait' });
  return found;
}

function ofBox(health: Truck['health'], now: number): Trouble[] {
  if (!health) return [];
  const found: Trouble[] = [];
  const position = POSITIONS[health.positionState];
  if (position) found.push(position);
  if (health.readingsDropped) found.push({ label: 'Readings dropped', detail: `The spool was full, and ${count(health.readingsDropped)} readings were dropped since the agent started.`, tone: 'bad' });
  if (health.diskFreeBytes !== undefined && health.diskFreeBytes < LOW_DISK_BYTES) found.push({ label: 'Disk nearly full', detail: `${bytes(health.diskFreeBytes)} are free on the disk of the spool.`, tone: 'bad' });
  if (health.temperatureCelsius !== undefined && health.temperatureCelsius >= HOT_CELSIUS) found.push({ label: 'Box too hot', detail: `The hottest part of the box has ${health.temperatureCelsius.toFixed(0)} °C.`, tone: 'wait' });
  const leftSeconds = health.certificateEndsAt ? (Date.parse(health.certificateEndsAt) - now) / 1000 : Infinity;
  if (leftSeconds < 0) found.push({ label: 'Certificate ended', detail: `The box's certificate ended ${duration(-leftSeconds)} ago: it needs a new code.`, tone: 'bad' });
  else if (leftSeconds < WEEK_SECONDS) found.push({ label: 'Certificate ends soon', detail: `The box's certificate ends in ${duration(leftSeconds)}, and it has not been able to renew it.`, tone: 'wait' });
  return found;
}

function ofUpgrade(what: string, release: ReleaseStatus | undefined): Trouble[] {
  const why = release?.detail ? ` ${release.detail}` : '';
  if (release?.state === 'refused') return [{ label: `${what} upgrade refused`, detail: `Version ${release.offered ?? 'unknown'} was not taken.${why}`, tone: 'wait' }];
  if (release?.state === 'rolled_back') return [{ label: `${what} upgrade taken back`, detail: `Version ${release.offered ?? 'unknown'} failed, and the one before runs again.${why}`, tone: 'wait' }];
  return [];
}
