import type { QuarantineDetail, QuarantineFix, ReleaseResult } from '../shared/contract';

/** What the form holds: text as typed, one entry for each name that occurs. */
export interface FixForm {
  readonly truckId: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly kinds: Readonly<Record<string, string>>;
  readonly useTimeOfReceipt: boolean;
}

export const LEAVE_OUT = '–';

export const EMPTY_FORM: FixForm = { truckId: '', fields: {}, kinds: {}, useTimeOfReceipt: false };

/** Only what was changed; an empty answer changes nothing. */
export function fixOf(form: FixForm): QuarantineFix {
  const renamed = Object.entries(form.fields).filter(([from, to]) => to !== '' && to !== LEAVE_OUT && to !== from);
  const left = Object.entries(form.fields).filter(([, to]) => to === LEAVE_OUT).map(([from]) => from);
  const kinds = Object.entries(form.kinds).map(([from, to]) => [from, to.trim()] as const).filter(([from, to]) => to !== '' && to !== from);
  return {
    ...(form.truckId.trim() === '' ? {} : { truckId: form.truckId.trim() }),
    ...(renamed.length === 0 ? {} : { fields: Object.fromEntries(renamed) }),
    ...(kinds.length === 0 ? {} : { kinds: Object.fromEntries(kinds) }),
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
