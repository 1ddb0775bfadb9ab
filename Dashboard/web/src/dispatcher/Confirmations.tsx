import { useState } from 'preact/hooks';
import { api } from '../shared/api';
import type { Confirmation } from '../shared/contract';
import { agoOf, kindWords, percent } from '../shared/format';
import { openStreet } from './MapPane';
import { act, confirmations, nowMs } from './store';

const FEW = 2;
const MANY = 30;

/** Finds that wait for a person: the detector sees a pile, only a person makes it illegal dumping. */
export function Confirmations() {
  const [all, setAll] = useState(false);
  const finds = confirmations.value;
  if (finds.length === 0) return null;
  return (
    <section class="confirmations" aria-label="Finds to confirm" data-testid="confirmations">
      <h3 class="list-heading">
        Is it illegal dumping?<span class="tab-count">{finds.length}</span>
        {finds.length > FEW && <button type="button" class="link push" aria-expanded={all} onClick={() => setAll(!all)}>{all ? 'Show fewer' : 'Show more'}</button>}
      </h3>
      {finds.slice(0, all ? MANY : FEW).map((find) => <Find key={find.detectionId} find={find} />)}
    </section>
  );
}

/** The finds of one street that wait, for its page. */
export function FindsHere({ segmentId }: { segmentId: string }) {
  // Those with a picture can be judged from here.
  const here = confirmations.value.filter((find) => find.segmentId === segmentId).sort((a, b) => Number(b.picture !== undefined) - Number(a.picture !== undefined));
  if (here.length === 0) return null;
  return (
    <section data-testid="finds-here">
      <h3>Is it illegal dumping?</h3>
      {here.slice(0, MANY).map((find) => <Find key={find.detectionId} find={find} onItsStreet />)}
    </section>
  );
}

function Find({ find, onItsStreet = false }: { find: Confirmation; onItsStreet?: boolean }) {
  const decide = (verdict: 'confirmed' | 'refused') =>
    void act(async () => {
      await api.confirm(find.detectionId, find.segmentId, verdict);
      confirmations.value = confirmations.value.filter((other) => other.detectionId !== find.detectionId);
    }, verdict === 'confirmed' ? 'Confirmed: it counts as illegal dumping now.' : 'Refused: it does not count.');
  const sure = find.confidence === undefined ? '' : ` · ${percent(find.confidence)} sure`;
  return (
    <div class={`find ${find.picture ? 'find-pictured' : ''}`} data-testid="confirmation" data-detection-id={find.detectionId}>
      {find.picture && (
        <a class="find-picture" href={find.picture} target="_blank" rel="noopener" title="People and vehicles were masked on the truck.">
          <img src={find.picture} loading="lazy" alt={`${kindWords(find.kind)} on ${find.segmentName ?? 'an unnamed street'}, as the truck saw it`} data-testid="find-picture" />
        </a>
      )}
      <div class="find-words">
        {!onItsStreet && <button type="button" class="link" onClick={() => openStreet(find.segmentId)}>{find.segmentName ?? 'Unnamed street'}</button>}
        {!onItsStreet && find.block && <span class="block">{find.block}</span>}
        <span class="muted">{kindWords(find.kind)}{find.side === 'unknown' ? '' : `, ${find.side}`} · {agoOf(find.seenAt, nowMs.value)}{sure}</span>
      </div>
      <div class="find-verdict">
        <button type="button" class="button button-small" data-testid="confirm-yes" onClick={() => decide('confirmed')}>Yes</button>
        <button type="button" class="button button-small button-quiet" data-testid="confirm-no" onClick={() => decide('refused')}>No</button>
      </div>
    </div>
  );
}
