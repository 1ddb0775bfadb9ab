import type { QuarantineDetail } from '../shared/contract';
import { count } from '../shared/format';
import { fieldsToMap, LEAVE_OUT, numbersOf, type FixForm } from './fix';

interface Props {
  readonly detail: QuarantineDetail;
  readonly form: FixForm;
  readonly chosen: number;
  readonly busy: boolean;
  readonly onChange: (form: FixForm) => void;
  readonly onRelease: () => void;
}

/** What to change, and the button that admits what is chosen again. */
export function FixPanel({ detail, form, chosen, busy, onChange, onRelease }: Props) {
  const { unknown, known } = fieldsToMap(detail);
  return (
    <form class="fix" data-testid="fix" onSubmit={(event) => { event.preventDefault(); onRelease(); }}>
      <h2>Fix and replay</h2>
      <p class="muted">What you change is applied to everything chosen. The readings then take the usual way, and each counts once however often you replay it.</p>
      {detail.isJson ? (
        <>
          <label class="fix-row"><span>Truck</span>
            <input type="text" value={form.truckId} placeholder="as the message says" maxLength={64} data-testid="fix-truck" onInput={(event) => onChange({ ...form, truckId: event.currentTarget.value })} />
          </label>
          {unknown.map((name) => <FieldRow key={name} name={name} detail={detail} form={form} onChange={onChange} />)}
          {detail.kinds.map((kind) => (
            <label class="fix-row" key={`kind ${kind}`}><span>Kind <code>{kind}</code></span>
              <input type="text" value={form.kinds[kind] ?? ''} placeholder={kind} maxLength={128} list="kinds" onInput={(event) => onChange({ ...form, kinds: { ...form.kinds, [kind]: event.currentTarget.value } })} />
            </label>
          ))}
          <datalist id="kinds">{['loose_litter', 'weeds', 'bulky_item', 'pile', 'leaves', 'overflowing_bin'].map((kind) => <option value={kind} key={kind} />)}</datalist>
          {numbersOf(detail, form).length > 0 && (
            <details>
              <summary>Numbers in another unit</summary>
              {numbersOf(detail, form).map((name) => (
                <label class="fix-row" key={`unit ${name}`}><span>Number <code>{name}</code> times</span>
                  <input type="text" inputMode="decimal" value={form.factors[name] ?? ''} placeholder="1" maxLength={24} data-testid="fix-factor" data-field={name} onInput={(event) => onChange({ ...form, factors: { ...form.factors, [name]: event.currentTarget.value } })} />
                </label>
              ))}
            </details>
          )}
          {known.length > 0 && (
            <details>
              <summary>Names that are as they should be ({known.length})</summary>
              {known.map((name) => <FieldRow key={name} name={name} detail={detail} form={form} onChange={onChange} />)}
            </details>
          )}
        </>
      ) : <p class="note">This is no well-formed JSON: it can be replayed as it is, for example after the truck of a box was corrected, but names in it cannot be changed.</p>}
      <label class="fix-check"><input type="checkbox" checked={form.useTimeOfReceipt} data-testid="fix-clock" onChange={(event) => onChange({ ...form, useTimeOfReceipt: event.currentTarget.checked })} />
        <span>The box’s clock was wrong: the newest reading was captured when the message arrived</span>
      </label>
      <button type="submit" class="button button-primary" disabled={busy || chosen === 0} data-testid="release">{busy ? 'Replaying…' : `Replay ${count(chosen)} ${chosen === 1 ? 'item' : 'items'}`}</button>
    </form>
  );
}

function FieldRow({ name, detail, form, onChange }: { name: string; detail: QuarantineDetail; form: FixForm; onChange: (form: FixForm) => void }) {
  return (
    <label class="fix-row"><span>Field <code>{name}</code></span>
      <select value={form.fields[name] ?? ''} data-testid="fix-field" data-field={name} onChange={(event) => onChange({ ...form, fields: { ...form.fields, [name]: event.currentTarget.value } })}>
        <option value="">stays as it is</option>
        <option value={LEAVE_OUT}>is left out</option>
        <optgroup label="is called">{detail.knownFields.filter((known) => known !== name).map((known) => <option value={known} key={known}>{known}</option>)}</optgroup>
      </select>
    </label>
  );
}
