import { describe, expect, it } from 'vitest';
import { EMPTY_FORM, fieldsToMap, fixOf, LEAVE_OUT, sumUp } from '../src/quarantine/fix';
import type { QuarantineDetail } from '../src/shared/contract';

describe('a fix', () => {
  it('is empty when nothing was changed', () => {
    expect(fixOf(EMPTY_FORM)).toEqual({});
    expect(fixOf({ ...EMPTY_FORM, truckId: '  ', fields: { lat: '', lng: 'lng' }, kinds: { trash: ' ' } })).toEqual({});
  });

  it('says what is renamed, left out and taken for what', () => {
    const form = { truckId: ' truck-7 ', fields: { lat: 'latitude', speed: LEAVE_OUT }, kinds: { trash: 'loose_litter' }, useTimeOfReceipt: true };
    expect(fixOf(form)).toEqual({ truckId: 'truck-7', fields: { lat: 'latitude' }, kinds: { trash: 'loose_litter' }, leaveOut: ['speed'], useTimeOfReceipt: true });
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
