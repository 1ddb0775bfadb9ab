import type { MappingAdded, MappingTrial, QuarantineDetail, QuarantineFix, ReleaseResult } from '../shared/contract';

/** What the form holds: text as typed, one entry for each name that occurs. */
export interface FixForm {
  readonly truckId: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly kinds: Readonly<Record<string, string>>;
  readonly factors: Readonly<Record<string, string>>;
  readonly useTimeOfReceipt: boolean;
}

export const LEAVE_OUT = '–';

export const EMPTY_FORM: FixForm = { truckId: '', fields: {}, kinds: {}, factors: {}, useTimeOfReceipt: false };

/** Only what was changed; an empty answer changes nothing. */
export function fixOf(form: FixForm): QuarantineFix {
  const renamed = Object.entries(form.fields).filter(([from, to]) => to !== '' && to !== LEAVE_OUT && to !== from);
  const left = Object.entries(form.fields).filter(([, to]) => to === LEAVE_OUT).map(([from]) => from);
  const kinds = Object.entries(form.kinds).map(([from, to]) => [from, to.trim()] as const).filter(([from, to]) => to !== '' && to !== from);
  const factors = Object.entries(form.factors).map(([name, text]) => [name, Number(text.trim().replace(',', '.'))] as const).filter(([name, factor]) => form.factors[name]!.trim() !== '' && Number.isFinite(factor) && factor !== 0 && factor !== 1);
  return {
    ...(form.truckId.trim() === '' ? {} : { truckId: form.truckId.trim() }),
    ...(renamed.length === 0 ? {} : { fields: Object.fromEntries(renamed) }),
    ...(kinds.length === 0 ? {} : { kinds: Object.fromEntries(kinds) }),
    ...(factors.length === 0 ? {} : { factors: Object.fromEntries(factors) }),
    ...(left.length === 0 ? {} : { leaveOut: left }),
    ...(form.useTimeOfReceipt ? { useTimeOfReceipt: true } : {}),
  };
}

/** Names that the contract does not know come first: one of them is usually the trouble. */
export function fieldsToMap(detail: QuarantineDetail): { readonly unknown: string[]; readonly known: string[] } {
  const knows = new Set(detail.knownFields);
  return { unknown: detail.fields.filter((name) => !knows.has(name)), known: detail.fields.filter((name) => knows.has(name)) };
}

/** "12 readings accepted, 2 were there already, 1 item stays." */
export function sumUp(results: readonly ReleaseResult[]): string {
  const accepted = results.reduce((sum, result) => sum + result.accepted, 0);
  const duplicates = results.reduce((sum, result) => sum + result.duplicates, 0);
  const stay = results.filter((result) => result.problem !== undefined).length;
  const parts = [`${accepted} ${accepted === 1 ? 'reading' : 'readings'} accepted`];
  if (duplicates > 0) parts.push(`${duplicates} ${duplicates === 1 ? 'was' : 'were'} there already`);
  if (stay > 0) parts.push(`${stay} ${stay === 1 ? 'item stays' : 'items stay'} as ${stay === 1 ? 'it was' : 'they were'}`);
  return `${parts.join(', ')}.`;
}

const NUMBERS = ['latitude', 'longitude', 'accuracyMetres', 'headingDegrees', 'speedMetresPerSecond', 'coverage', 'left', 'right', 'confidence', 'offsetMetres'];

/** Numbers of the message, by the names they will have: each might be in another unit. */
export function numbersOf(detail: QuarantineDetail, form: FixForm): string[] {
  const names = new Set(detail.fields.map((name) => form.fields[name] || name));
  return NUMBERS.filter((name) => names.has(name));
}

/** "lat → latitude, trash → loose_litter, without odd, counts for truck-7" */
export function wordsOf(fix: QuarantineFix): string {
  return [
    ...Object.entries(fix.fields ?? {}).map(([from, to]) => `${from} → ${to}`),
    ...Object.entries(fix.kinds ?? {}).map(([from, to]) => `${from} → ${to}`),
    ...Object.entries(fix.factors ?? {}).map(([name, factor]) => `${name} × ${factor}`),
    ...(fix.leaveOut ?? []).map((name) => `without ${name}`),
    ...(fix.truckId ? [`counts for ${fix.truckId}`] : []),
  ].join(', ');
}

/** "It mends 3 of the 4 that wait." */
export function trialWords(trial: MappingTrial): string {
  if (trial.tried === 0) return 'Nothing of this kind waits; it will mend what comes.';
  return `It mends ${trial.mended === trial.tried && trial.tried > 1 ? 'all' : trial.mended} of ${trial.more ? 'the newest ' : 'the '}${trial.tried} that wait${trial.tried === 1 ? 's' : ''}.`;
}

/** "It stands. 3 items released: 5 readings accepted." */
export function addedWords(added: MappingAdded): string {
  const released = added.items === 0 ? 'Nothing waited for it' : `${added.items} ${added.items === 1 ? 'item' : 'items'} released: ${added.accepted} ${added.accepted === 1 ? 'reading' : 'readings'} accepted`;
  return `From now on it mends what comes. ${released}${added.duplicates > 0 ? `, ${added.duplicates} ${added.duplicates === 1 ? 'was' : 'were'} there already` : ''}.`;
}
