import { useEffect, useRef } from 'preact/hooks';
import type { SegmentDetails } from '../shared/contract';
import { agoOf, ageSeconds, indexText, metres, percent, plural, when } from '../shared/format';
import { isBelowC, letterOfWire, wordOf } from '../shared/grades';
import { isOpen, outcomeLabel } from '../shared/orderStates';
import { asLetter, Cross, GradeBadge, IconButton, StateChip } from '../shared/ui';
import { MakeOrder } from './CandidateList';
import { FindsHere } from './Confirmations';
import { Passes, Sides, Why } from './evidence';
import { breaksOf } from './breaks';
import { MomentChoice } from './Moment';
import { HistoryChart } from './HistoryChart';
import { crewName, OrderActions } from './OrderList';
import { IntervalBar, ProbabilityBar } from './scales';
import { SendTruck } from './SendTruck';
import { askMoment, details, mayDispatch, nowMs, orders, rowById, select, selected } from './store';

const STALE_SECONDS = 24 * 3600;

/** Everything about one street: the grade, how sure, how old, of what, and what is being done. */
export function Drawer() {
  const segmentId = selected.value;
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    if (segmentId) box.current?.focus({ preventScroll: true });
  }, [segmentId]);
  if (!segmentId) return null;
  const row = rowById.value.get(segmentId);
  const answer = details.value;
  const title = answer?.segment.name ?? row?.name ?? 'Unnamed street';
  const block = answer?.segment.block ?? row?.block;
  const kind = answer?.segment.class ?? row?.class;
  const length = answer?.segment.lengthMetres ?? row?.lengthMetres;
  return (
    <aside class="drawer" aria-label={`Details of ${title}`} data-testid="drawer" data-segment-id={segmentId} tabIndex={-1} ref={box}
      onKeyDown={(event) => { if (event.key === 'Escape') select(null); }}>
      <header class="drawer-head">
        <span class="drawer-grip" aria-hidden="true" />
        <div class="drawer-title">
          <h2 data-testid="drawer-name">{title}</h2>
          {block && <p class="block" data-testid="drawer-block">{block}</p>}
          <p class="muted">{[kind?.replaceAll('_', ' '), length ? metres(length) : null, segmentId].filter(Boolean).join(' · ')}</p>
        </div>
        <IconButton label="Close the details" onClick={() => select(null)} testid="drawer-close"><Cross /></IconButton>
      </header>
      <div class="drawer-body">
        {answer ? <Details answer={answer} /> : <div class="skeleton" aria-label="Loading"><i /><i /><i /></div>}
      </div>
    </aside>
  );
}

function Details({ answer }: { answer: SegmentDetails }) {
  const { score, segment } = answer;
  const letter = asLetter(segment.letter) ?? letterOfWire(score?.grade);
  return (
    <>
      {answer.problems?.map((problem) => <p class="note note-warn" key={problem}>{problem}</p>)}
      <Verdict answer={answer} />
      {mayDispatch.value && <FindsHere segmentId={answer.segment.segmentId} />}
      <StreetOrders segmentId={segment.segmentId} dirty={isBelowC(letter)} />
      {score?.probabilities && (
        <section><h3>How probable each grade is</h3><ProbabilityBar probabilities={score.probabilities} /></section>
      )}
      {score?.sides && (score.sides.left || score.sides.right) && <section><h3>Both sides</h3><Sides sides={score.sides} /></section>}
      {answer.history && answer.history.length > 0 && <section><h3>History</h3><HistoryChart points={answer.history} breaks={breaksOf(answer.history, answer.passes ?? [], answer.measure, answer.explanation)} onPick={(asOf) => void askMoment(asOf)} /><MomentChoice points={answer.history} /></section>}
      {answer.explanation && <section data-testid="why"><h3>Why this grade</h3><Why explanation={answer.explanation} /></section>}
      {answer.passes && answer.passes.length > 0 && <section><h3>Last passes</h3><Passes passes={answer.passes} now={nowMs.value} /></section>}
      <section><h3>Other method</h3><LasanView answer={answer} /></section>
    </>
  );
}

function Verdict({ answer }: { answer: SegmentDetails }) {
  const { score, segment } = answer;
  const letter = asLetter(segment.letter) ?? letterOfWire(score?.grade);
  const newest = score?.newestObservationAt ?? segment.observedAt;
  const age = ageSeconds(newest, nowMs.value);
  const index = score?.index ?? segment.index;
  const low = score?.low ?? segment.low;
  const high = score?.high ?? segment.high;
  return (
    <section class="verdict">
      <div class="verdict-top">
        <GradeBadge letter={letter} size="xl" testid="drawer-letter" />
        <div>
          <p class="verdict-word">{wordOf(letter)}</p>
          {index !== undefined && low !== undefined && high !== undefined
            ? <p class="verdict-index"><strong data-testid="drawer-index">{indexText(index)}</strong> of 5 <span class="muted">· 90 % between {indexText(low)} and {indexText(high)}</span></p>
            : <p class="muted">No truck has seen enough of this street to say anything. Not seen is not clean.</p>}
        </div>
      </div>
      {index !== undefined && low !== undefined && high !== undefined && <IntervalBar index={index} low={low} high={high} />}
      <dl class="facts">
        <div class={age !== null && age > STALE_SECONDS ? 'fact-stale' : ''}><dt>Newest evidence</dt><dd data-testid="drawer-age">{agoOf(newest, nowMs.value)}</dd></div>
        <div><dt>Length seen</dt><dd data-testid="drawer-coverage">{percent(score?.coverage ?? segment.coverage ?? 0)}</dd></div>
        <div><dt>Based on</dt><dd data-testid="drawer-sample">{plural(score?.sampleSize ?? segment.sampleSize ?? 0, 'pass', 'passes')}</dd></div>
      </dl>
      {(score?.pendingConfirmations ?? 0) > 0 && <p class="note note-warn">{plural(score!.pendingConfirmations!, 'find')} here {score!.pendingConfirmations === 1 ? 'waits' : 'wait'} for a person to say whether it is illegal dumping. Until then it does not count as such.</p>}
    </section>
  );
}

function StreetOrders({ segmentId, dirty }: { segmentId: string; dirty: boolean }) {
  const here = [...orders.value.values()].filter((order) => order.segmentId === segmentId).sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  const open = here.find(isOpen);
  const last = open ?? here[0];
  return (
    <section class="order-box" data-testid="drawer-order">
      {last && (
        <>
          <div class="row row-between"><h3>Work order</h3><StateChip order={last} /></div>
          <p>{crewName(last.crewId)} · made {when(last.createdAt, nowMs.value)}{last.outcome ? ` · ${outcomeLabel(last.outcome).toLowerCase()}` : ''}</p>
          {last.reason && <p class="muted">{last.reason}</p>}
          {last.waiting && <p class="note">{last.waiting}</p>}
          {last.verifiedBy && <p class="muted">Seen clean by {last.verifiedBy}, {agoOf(last.verifiedAt, nowMs.value)}.</p>}
          {last.note && <p class="quote">{last.note}</p>}
          <OrderActions order={last} />
          {mayDispatch.value && (isOpen(last) || last.state === 'done') && <SendTruck order={last} />}
        </>
      )}
      {!open && mayDispatch.value && (
        <>
          {!last && <p class="muted">{dirty ? 'No work order for this street yet.' : 'No work order, and none needed by its grade.'}</p>}
          <MakeOrder segmentId={segmentId} />
        </>
      )}
      {!last && !mayDispatch.value && <p class="muted">No work order for this street.</p>}
    </section>
  );
}

function LasanView({ answer }: { answer: SegmentDetails }) {
  const grade = answer.score?.views?.['lasan-2016-q3']?.grade;
  if (!grade) return <p class="muted">LASAN 2016 Q3: no grade, for want of evidence.</p>;
  return (
    <p data-testid="drawer-lasan"><span class={`lasan lasan-${grade}`}>{grade}</span> LASAN 2016 Q3: {['clean', 'somewhat clean', 'not clean'][grade - 1]} <span class="muted">(1 best, 3 worst)</span></p>
  );
}
