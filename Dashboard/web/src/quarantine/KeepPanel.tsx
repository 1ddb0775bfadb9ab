import { useEffect, useState } from 'preact/hooks';
import { api } from '../shared/api';
import type { MappingTrial, QuarantineFix, QuarantineListItem, QuarantineMatch } from '../shared/contract';
import { kindWords } from '../shared/format';
import { trialWords, wordsOf } from './fix';

interface Props {
  readonly item: QuarantineListItem;
  readonly fix: QuarantineFix;
  readonly guard: (work: () => Promise<void>) => Promise<void>;
  readonly onKeep: (match: QuarantineMatch, fix: QuarantineFix) => Promise<void>;
}

/** Keeps the fix for what comes: first shows what it would do to what waits, then asks. */
export function KeepPanel({ item, fix, guard, onKeep }: Props) {
  const [everyTruck, setEveryTruck] = useState(false);
  const [trial, setTrial] = useState<MappingTrial | null>(null);
  const [busy, setBusy] = useState(false);
  const match: QuarantineMatch = { reason: item.reason, ...(everyTruck || item.truckId === undefined ? {} : { truckId: item.truckId }) };
  const asked = JSON.stringify([match, fix]);

  // What was shown is of another fix or other trucks: it has to be looked at again.
  useEffect(() => setTrial(null), [asked]);
  const busily = (work: () => Promise<void>) => guard(async () => {
    setBusy(true);
    try {
      await work();
    } finally {
      setBusy(false);
    }
  });

  return (
    <section class="keep" aria-label="Keep this mapping" data-testid="keep">
      <h2>Keep it for what comes</h2>
      <p class="muted">Messages that would be set aside because of <em>{kindWords(item.reason)}</em> are then changed in the same way when they arrive, and count.</p>
      {item.truckId !== undefined && (
        <label class="fix-row"><span>For messages of</span>
          <select value={everyTruck ? 'all' : 'one'} data-testid="keep-scope" onChange={(event) => setEveryTruck(event.currentTarget.value === 'all')}>
            <option value="one">{item.truckId}</option>
            <option value="all">every truck</option>
          </select>
        </label>
      )}
      {trial === null ? (
        <button type="button" class="button" disabled={busy} data-testid="keep-try" onClick={() => void busily(async () => setTrial(await api.tryMapping(match, fix)))}>{busy ? 'Trying…' : 'Try it on what waits'}</button>
      ) : (
        <>
          <p role="status" data-testid="keep-trial"><strong>{trialWords(trial)}</strong>{trial.problem && <> Another stays: {trial.problem}</>}</p>
          <p class="muted">{wordsOf(fix)}</p>
          <button type="button" class="button button-primary" disabled={busy} data-testid="keep-add" onClick={() => void busily(() => onKeep(match, fix))}>{busy ? 'Keeping…' : trial.mended > 0 ? 'Keep it, and replay what it mends' : 'Keep it'}</button>
        </>
      )}
    </section>
  );
}
