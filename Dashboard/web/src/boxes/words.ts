import type { Box } from '../shared/contract';
import { duration } from '../shared/format';

const WORDS: Record<Box['state'], { label: string; tone: string }> = {
  expected: { label: 'Expected', tone: 'neutral' },
  enrolled: { label: 'Enrolled', tone: 'good' },
  expired: { label: 'Certificate ended', tone: 'bad' },
  revoked: { label: 'Revoked', tone: 'bad' },
  wiped: { label: 'Wiped', tone: 'neutral' },
};

/** What a box is in one or two words, trouble and waiting before what is well. */
export function stateOf(box: Box, now: number): { label: string; tone: string } {
  if (box.wipeWanted) return { label: 'Wipe waits for the box', tone: 'wait' };
  if (box.state === 'expected' && box.codeEndsAt === undefined) return { label: 'Code ran out', tone: 'bad' };
  if (box.state === 'enrolled' && endsSoon(box, now)) return { label: 'Certificate ends soon', tone: 'wait' };
  return WORDS[box.state];
}

const WEEK_MS = 7 * 24 * 3600 * 1000;

/** A box renews when a third of its certificate's life is left: one that comes this near its end has not been able to. */
function endsSoon(box: Box, now: number): boolean {
  return box.certificateEndsAt !== undefined && Date.parse(box.certificateEndsAt) - now < WEEK_MS;
}

/** "in 364 d", "ended 3 h ago". */
export function untilWords(iso: string | undefined, now: number): string {
  if (iso === undefined) return '–';
  const seconds = (Date.parse(iso) - now) / 1000;
  return seconds >= 0 ? `in ${duration(seconds)}` : `ended ${duration(-seconds)} ago`;
}

/** The boxes that a word or two of typing means: by box or truck. */
export function matching(boxes: readonly Box[], typed: string): readonly Box[] {
  const wanted = typed.trim().toLowerCase();
  return wanted === '' ? boxes : boxes.filter((box) => box.deviceId.toLowerCase().includes(wanted) || (box.truckId ?? '').toLowerCase().includes(wanted));
}

/** Lines of deviceId,truckId as somebody pasted them; null when one is wrong. */
export function wantedBoxes(text: string): readonly { deviceId: string; truckId?: string }[] | null {
  const lines = text.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.toLowerCase().startsWith('deviceid,'));
  const boxes = lines.map((line) => line.split(',').map((part) => part.trim()));
  const name = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,64}$/;
  if (boxes.length === 0 || boxes.some((parts) => parts.length > 2 || !name.test(parts[0] ?? '') || (parts[1] && !name.test(parts[1])))) return null;
  return boxes.map(([deviceId, truckId]) => ({ deviceId: deviceId!, ...(truckId ? { truckId } : {}) }));
}
