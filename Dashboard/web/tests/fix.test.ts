import { describe, expect, it } from 'vitest';
import { addedWords, EMPTY_FORM, fieldsToMap, fixOf, LEAVE_OUT, numbersOf, sumUp, trialWords, wordsOf } from '../src/quarantine/fix';
import type { QuarantineDetail } from '../src/shared/contract';

describe('a fix', () => {
  it('is empty when nothing was changed', () => {
    expect(fixOf(EMPTY_FORM)).toEqual({});
    expect(fixOf({ ...EMPTY_FORM, truckId: '  ', fields: { lat: '', lng: 'lng' }, kinds: { trash: ' ' } })).toEqual({});
  });

  it('says what is renamed, left out and taken for what', () => {
    const form = { truckId: ' truck-7 ', fields: { lat: 'latitude', speed: LEAVE_OUT }, kinds: { trash: 'loose_litter' }, factors: { latitude: ' 0,0000001', coverage: '', count: '1', speed: 'fast' }, useTimeOfReceipt: true };
    expect(fixOf(form)).toEqual({ truckId: 'truck-7', fields: { lat: 'latitude' }, kinds: { trash: 'loose_litter' }, factors: { latitude: 0.0000001 }, leaveOut: ['speed'], useTimeOfReceipt: true });
  });
});

describe('names', () => {
  it('that the contract does not know come apart from those it does', () => {
    const detail = { fields: ['lat', 'longitude', 'truckId'], knownFields: ['truckId', 'latitude', 'longitude'] } as unknown as QuarantineDetail;
    expect(fieldsToMap(detail)).toEqual({ unknown: ['lat'], known: ['longitude', 'truckId'] });
  });
});

describe('the sum', () => {
  it('counts readings, repeats and what stays', () => {
    expect(sumUp([{ id: '1-0', accepted: 1, duplicates: 0 }])).toBe('1 reading accepted.');
    expect(sumUp([{ id: '1-0', accepted: 11, duplicates: 2 }, { id: '2-0', accepted: 0, duplicates: 0, problem: 'It is as it was.' }])).toBe('11 readings accepted, 2 were there already, 1 item stays as it was.');
  });
});

describe('a mapping that is kept', () => {
  it('is said in words', () => {
    expect(wordsOf({ fields: { lat: 'latitude' }, kinds: { trash: 'loose_litter' }, factors: { coverage: 0.01 }, leaveOut: ['odd'], truckId: 'truck-7' })).toBe('lat → latitude, trash → loose_litter, coverage × 0.01, without odd, counts for truck-7');
    expect(wordsOf({})).toBe('');
  });

  it('says before and after what it does to what waits', () => {
    expect(trialWords({ tried: 0, mended: 0, more: false })).toBe('Nothing of this kind waits; it will mend what comes.');
    expect(trialWords({ tried: 1, mended: 1, more: false })).toBe('It mends 1 of the 1 that waits.');
    expect(trialWords({ tried: 4, mended: 3, more: false })).toBe('It mends 3 of the 4 that wait.');
    expect(trialWords({ tried: 2000, mended: 2000, more: true })).toBe('It mends all of the newest 2000 that wait.');
    expect(addedWords({ id: 'm', items: 0, accepted: 0, duplicates: 0 })).toBe('From now on it mends what comes. Nothing waited for it.');
    expect(addedWords({ id: 'm', items: 1, accepted: 2, duplicates: 1 })).toBe('From now on it mends what comes. 1 item released: 2 readings accepted, 1 was there already.');
  });

  it('offers units for numbers by the names they will have', () => {
    const detail = { fields: ['lat', 'coverage', 'kind'] } as unknown as QuarantineDetail;
    expect(numbersOf(detail, { ...EMPTY_FORM, fields: { lat: 'latitude' } })).toEqual(['latitude', 'coverage']);
    expect(numbersOf(detail, { ...EMPTY_FORM, fields: { coverage: LEAVE_OUT } })).toEqual([]);
  });
});
