import { api } from '../shared/api';
import { agoOf, kindWords, percent } from '../shared/format';
import { openStreet } from './MapPane';
import { act, confirmations, nowMs } from './store';

/** Finds that wait for a person: the detector sees a pile, only a person makes it illegal dumping. */
export function Confirmations() {
  if (confirmations.value.length === 0) return null;
  const decide = (detectionId: string, segmentId: string, verdict: 'confirmed' | 'refused') =>
    void act(async () => {
      await api.confirm(detectionId, segmentId, verdict);
      confirmations.value = confirmations.value.filter((find) => find.detectionId !== detectionId);
    }, verdict === 'confirmed' ? 'Confirmed: it counts as illegal dumping now.' : 'Refused: it does not count.');
  return (
    <section class="confirmations" aria-label="Finds to confirm" data-testid="confirmations">
      <h3 class="list-heading">Is it illegal dumping?<span class="tab-count">{confirmations.value.length}</span></h3>
      {confirmations.value.slice(0, 5).map((find) => (
        <div class="find" key={find.detectionId} data-testid="confirmation">
          <button type="button" class="link" onClick={() => openStreet(find.segmentId)}>{find.segmentName ?? 'Unnamed street'}</button>
          <span class="muted">
            {kindWords(find.kind)}{find.side !== 'unknown' ? `, ${find.side} side` : ''} · {agoOf(find.seenAt, nowMs.value)}
            {find.confidence !== undefined ? ` · camera ${percent(find.confidence)} sure` : ''}
          </span>
          <span class="row">
            <button type="button" class="button button-small" data-testid="confirm-yes" onClick={() => decide(find.detectionId, find.segmentId, 'confirmed')}>Yes</button>
            <button type="button" class="button button-small button-quiet" data-testid="confirm-no" onClick={() => decide(find.detectionId, find.segmentId, 'refused')}>No</button>
          </span>
        </div>
      ))}
    </section>
  );
}
