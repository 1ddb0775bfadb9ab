import { letterOf, type GradeKey, type Letter } from './grades';

export const NOT_SEEN = 255;

export const FLAG_LOW_CONFIDENCE = 1;
export const FLAG_OPEN_ORDER = 2;
export const FLAG_WAITS_FOR_RECHECK = 4;
export const FLAG_WAITS_FOR_CONFIRMATION = 8;
const LASAN_SHIFT = 4;

const MAGIC = 0x314d5343; // "CSM1", little endian
const HEADER_BYTES = 24;
const RECORD_BYTES = 12;

/** The current value of one street segment, as the map knows it. */
export interface SegmentState {
  readonly grade: number;
  readonly letter: Letter | null;
  readonly flags: number;
  /** LASAN's grade 1–3; 0 when the server does not say. */
  readonly lasan: number;
  readonly index: number;
  readonly low: number;
  readonly high: number;
  /** Capture time of the newest observation, Unix seconds; 0 = never. */
  readonly observedAt: number;
}

/** [segmentIndex, grade, flags, index × 100, low × 100, high × 100, observed at in Unix seconds]. */
export type SegmentDelta = readonly [number, number, number, number, number, number, number];

/** A snapshot that cannot be read: the message says why. */
export class SnapshotError extends Error {}

/**
 * Every segment's state, in the snapshot's own bytes: a record is read where it lies and written in place, so 50,000
 * segments cost 600 kB and no objects.
 *
 *   header (24 bytes)                       record i (12 bytes)
 *   0  "CSM1"                               0  grade 0–4, 255 not seen
 *   4  uint32  number of segments           1  flags
 *   8  uint64  revision                     2  uint16 index × 100
 *   16 int64   server's now, Unix ms        4  uint16 low × 100
 *                                           6  uint16 high × 100
 *                                           8  uint32 newest observation, Unix seconds
 */
export class SegmentStates {
  readonly length: number;
  readonly revision: number;
  readonly serverNowMs: number;
  private readonly view: DataView;

  constructor(snapshot: ArrayBuffer) {
    this.view = new DataView(snapshot);
    if (snapshot.byteLength < HEADER_BYTES || this.view.getUint32(0, true) !== MAGIC) {
      throw new SnapshotError('The map state does not begin with CSM1.');
    }
    this.length = this.view.getUint32(4, true);
    if (snapshot.byteLength !== HEADER_BYTES + this.length * RECORD_BYTES) {
      throw new SnapshotError(`The map state has ${snapshot.byteLength} bytes, which is not ${this.length} segments.`);
    }
    this.revision = Number(this.view.getBigUint64(8, true));
    this.serverNowMs = Number(this.view.getBigInt64(16, true));
  }

  at(segmentIndex: number): SegmentState | null {
    if (!this.has(segmentIndex)) return null;
    const offset = HEADER_BYTES + segmentIndex * RECORD_BYTES;
    const grade = this.view.getUint8(offset);
    const flags = this.view.getUint8(offset + 1);
    return {
      grade,
      letter: letterOf(grade),
      flags,
      lasan: (flags >> LASAN_SHIFT) & 3,
      index: this.view.getUint16(offset + 2, true) / 100,
      low: this.view.getUint16(offset + 4, true) / 100,
      high: this.view.getUint16(offset + 6, true) / 100,
      observedAt: this.view.getUint32(offset + 8, true),
    };
  }

  gradeAt(segmentIndex: number): number {
    return this.has(segmentIndex) ? this.view.getUint8(HEADER_BYTES + segmentIndex * RECORD_BYTES) : NOT_SEEN;
  }

  /** Writes one delta; false when the segment is not of this network. */
  apply(delta: SegmentDelta): boolean {
    const [segmentIndex, grade, flags, index, low, high, observedAt] = delta;
    if (!this.has(segmentIndex)) return false;
    const offset = HEADER_BYTES + segmentIndex * RECORD_BYTES;
    this.view.setUint8(offset, grade);
    this.view.setUint8(offset + 1, flags);
    this.view.setUint16(offset + 2, index, true);
    this.view.setUint16(offset + 4, low, true);
    this.view.setUint16(offset + 6, high, true);
    this.view.setUint32(offset + 8, observedAt, true);
    return true;
  }

  /** How many segments stand at each grade. */
  counts(): Record<GradeKey, number> {
    const counts: Record<GradeKey, number> = { A: 0, B: 0, C: 0, D: 0, E: 0, none: 0 };
    for (let index = 0; index < this.length; index++) counts[letterOf(this.gradeAt(index)) ?? 'none']++;
    return counts;
  }

  private has(segmentIndex: number): boolean {
    return Number.isInteger(segmentIndex) && segmentIndex >= 0 && segmentIndex < this.length;
  }
}

const FRESH_SECONDS = 2 * 3600;
const FADED_SECONDS = 7 * 24 * 3600;
const FADED_OPACITY = 0.38;

/**
 * How strongly a segment is drawn: fully while its newest evidence is under two hours old, then fading evenly on the
 * logarithm of its age to 0.38 at a week, so that an hour matters early and a day matters late.
 */
export function opacityOfAge(ageSeconds: number): number {
  if (ageSeconds <= FRESH_SECONDS) return 1;
  const share = Math.log(ageSeconds / FRESH_SECONDS) / Math.log(FADED_SECONDS / FRESH_SECONDS);
  return Math.max(FADED_OPACITY, 1 - share * (1 - FADED_OPACITY));
}
