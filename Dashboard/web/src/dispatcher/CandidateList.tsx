import { useState } from 'preact/hooks';
import { api } from '../shared/api';
import type { Candidate } from '../shared/contract';
import { asLetter, GradeBadge } from '../shared/ui';
import { openStreet } from './MapPane';
import { act, candidates, crews, mayDispatch, selected } from './store';

/** Dirty streets without an order, ranked by what a visit is expected to bring. */
export function CandidateList() {
  const answer = candidates.value;
  if (!answer) return <p class="empty">Candidates are being ranked…</p>;
  const most = Math.max(...answer.candidates.map((candidate) => candidate.benefit), 0.001);
  return (
    <div data-testid="candidates">
      <Capacity capacity={answer.capacity} used={answer.used} />
      {answer.candidates.length === 0 && <p class="empty"><strong>Nothing to do.</strong> No street is both dirty enough and sure enough to send a crew.</p>}
      <ol class="cards">
        {answer.candidates.map((candidate) => <CandidateCard key={candidate.segmentId} candidate={candidate} most={most} />)}
      </ol>
    </div>
  );
}

function CandidateCard({ candidate, most }: { candidate: Candidate; most: number }) {
  return (
    <li class={`card card-split ${selected.value === candidate.segmentId ? 'card-selected' : ''}`} data-testid="candidate-row" data-segment-id={candidate.segmentId}>
      <button type="button" class="card-main" onClick={() => openStreet(candidate.segmentId)}>
        <span class="card-top">
          <span class="card-title"><span class="rank">{candidate.rank}</span>{candidate.segmentName ?? 'Unnamed street'}</span>
          <GradeBadge letter={asLetter(candidate.letter)} size="s" />
        </span>
        {candidate.block && <span class="block">{candidate.block}</span>}
        <span class="benefit" title="Expected benefit of a visit">
          <svg class="benefit-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
            <rect class="bar-back" width="100" height="4" /><rect class="bar-front" width={(candidate.benefit / most) * 100} height="4" />
          </svg>
          <span>benefit {candidate.benefit >= 100 ? Math.round(candidate.benefit) : candidate.benefit.toFixed(1)}</span>
          {candidate.inPlan && <span class="chip chip-busy">in today's plan</span>}
        </span>
        {candidate.reason && <span class="card-note">{candidate.reason}</span>}
      </button>
      {mayDispatch.value && <MakeOrder segmentId={candidate.segmentId} small />}
    </li>
  );
}

/** Makes an order out of a street; the planner picks the crew unless one is named. */
export function MakeOrder({ segmentId, small = false }: { segmentId: string; small?: boolean }) {
  const [busy, setBusy] = useState(false);
  const make = async (crewId?: string) => {
    setBusy(true);
    await act(() => api.createOrder(segmentId, crewId), 'Work order made.');
    setBusy(false);
  };
  return (
    <span class="row">
      <button type="button" class={`button ${small ? 'button-small' : 'button-primary'}`} disabled={busy} data-testid="make-order" onClick={() => void make()}>
        Make order
      </button>
      {!small && crews.value.map((crew) => (
        <button key={crew.crewId} type="button" class="button button-quiet" disabled={busy} onClick={() => void make(crew.crewId)}>for {crew.name}</button>
      ))}
    </span>
  );
}

function Capacity({ capacity, used }: { capacity: number; used: number }) {
  const change = (next: number) => void act(async () => {
    const plan = await api.setCapacity(next);
    if (candidates.value) candidates.value = { ...candidates.value, capacity: plan.capacity, used: plan.used };
  }, `The crews' capacity is ${next} orders a day now.`);
  return (
    <div class="capacity" data-testid="capacity">
      <div>
        <strong>{used} of {capacity}</strong> <span class="muted">orders of today's capacity</span>
        <meter min={0} max={Math.max(1, capacity)} value={Math.min(used, capacity)} aria-label="Used capacity" />
      </div>
      {mayDispatch.value && (
        <span class="stepper">
          <button type="button" aria-label="One order a day fewer" disabled={capacity <= 0} onClick={() => change(capacity - 1)}>−</button>
          <button type="button" aria-label="One order a day more" onClick={() => change(capacity + 1)}>+</button>
        </span>
      )}
    </div>
  );
}
