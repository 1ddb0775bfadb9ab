import { useEffect, useRef, useState } from 'preact/hooks';
import type { OrderDetails, Outcome } from '../shared/contract';
import { agoOf, metres, when } from '../shared/format';
import { OUTCOMES, outcomeLabel, stateWords } from '../shared/orderStates';
import { asLetter, GradeBadge, StateChip } from '../shared/ui';
import { distanceTo } from './OrdersPage';
import { events, justVerified, nowMs, openOrder, perform, type ShownOrder } from './store';

/** One order: where, why, and the next button. */
export function OrderPage({ order }: { order: ShownOrder }) {
  const away = distanceTo(order);
  return (
    <article class="order" data-testid="crew-order-page" data-order-id={order.orderId} data-state={order.state}>
      <button type="button" class="back" onClick={() => openOrder(null)} data-testid="crew-back"><span aria-hidden="true">←</span> All orders</button>
      <header class="order-head">
        <GradeBadge letter={asLetter(order.letterThen)} size="xl" />
        <div>
          <h1>{order.segmentName ?? 'Unnamed street'}</h1>
          {order.block && <p class="block" data-testid="crew-block">{order.block}</p>}
          <p class="card-line"><StateChip order={order} />{order.sending && <span class="sending">waiting to send</span>}{away !== null && <span class="muted">{metres(away)} away</span>}</p>
        </div>
      </header>
      {order.reason && <p class="why">{order.reason}</p>}
      <Outcome order={order} />
      <Actions order={order} />
      <Snippet order={order} />
      <Story order={order} />
    </article>
  );
}

/** What became of it, or what to do next, in one sentence. */
function Outcome({ order }: { order: ShownOrder }) {
  const words = stateWords(order);
  if (order.state === 'verified') {
    return (
      <div class={`verified ${justVerified.value.has(order.orderId) ? 'verified-now' : ''}`} data-testid="crew-verified">
        <svg viewBox="0 0 48 48" aria-hidden="true"><circle cx="24" cy="24" r="21" /><path d="M14 24.5 l7 7 l13.5 -14.5" /></svg>
        <div>
          <strong>Verified clean</strong>
          <p>{order.verifiedBy ? `${order.verifiedBy} drove by` : 'Another truck drove by'} {agoOf(order.verifiedAt, nowMs.value)} and saw the street clean. Well done.</p>
        </div>
      </div>
    );
  }
  const reopened = order.state === 'open' && (order.timesReopened ?? 0) > 0;
  const text = order.state === 'done' && order.waiting ? order.waiting : words.meaning;
  return text === '' ? null : <p class={`note ${reopened ? 'note-bad' : order.state === 'done' ? 'note-warn' : ''}`} data-testid="crew-meaning">{text}</p>;
}

function Actions({ order }: { order: ShownOrder }) {
  const [ending, setEnding] = useState(false);
  const [note, setNote] = useState('');
  const may = (action: string) => order.actions?.includes(action) === true;
  const end = (outcome: Outcome) => {
    perform(order.orderId, { kind: 'end', outcome, ...(note.trim() ? { note: note.trim() } : {}) });
    setEnding(false);
  };
  const started = order.state === 'in_progress';
  if (may('end') && (started || ending)) {
    return (
      <section class="ending" aria-label="How did it end?">
        <h2>{started ? 'How did it end?' : 'What keeps you from it?'}</h2>
        <div class="outcomes">
          {OUTCOMES.filter((item) => started || item.outcome !== 'collected').map((item) => (
            <button key={item.outcome} type="button" class={`outcome ${item.outcome === 'collected' ? 'outcome-main' : ''}`} data-testid={`crew-end-${item.outcome}`} onClick={() => end(item.outcome)}>
              <strong>{item.label}</strong><span>{item.hint}</span>
            </button>
          ))}
        </div>
        <label class="note-field">Note, if there is something to say
          <textarea rows={2} maxLength={500} value={note} data-testid="crew-note" onInput={(event) => setNote(event.currentTarget.value)} />
        </label>
        {!started && <button type="button" class="button button-quiet big" onClick={() => setEnding(false)}>Back</button>}
      </section>
    );
  }
  return (
    <div class="actions">
      {may('accept') && <button type="button" class="button button-primary big" data-testid="crew-accept" onClick={() => perform(order.orderId, { kind: 'accept' })}>Accept</button>}
      {may('start') && <button type="button" class="button button-primary big" data-testid="crew-start" onClick={() => perform(order.orderId, { kind: 'start' })}>Start</button>}
      {may('end') && <button type="button" class="button button-quiet big" data-testid="crew-cannot" onClick={() => setEnding(true)}>It cannot be done, or is gone</button>}
    </div>
  );
}

/** A still map around the street; it comes after the buttons, so a slow phone can already work. */
function Snippet({ order }: { order: ShownOrder }) {
  const box = useRef<HTMLDivElement>(null);
  const [lon, lat] = order.center ?? [];
  useEffect(() => {
    if (!box.current || lon === undefined || lat === undefined) return;
    let remove = () => {};
    let gone = false;
    void import('./snippet').then(async ({ showSnippet }) => {
      if (!gone && box.current) remove = await showSnippet(box.current, [lon, lat], order.segmentIndex ?? null);
      if (gone) remove();
    });
    return () => {
      gone = true;
      remove();
    };
  }, [lon, lat, order.segmentIndex]);
  if (lon === undefined || lat === undefined) return null;
  return (
    <section>
      <div class="snippet" ref={box} aria-label="Map of the street" role="img" />
      <a class="link" href={`geo:${lat},${lon}?q=${lat},${lon}`}>Open in the phone's navigation</a>
    </section>
  );
}

function Story({ order }: { order: ShownOrder }) {
  const [details, setDetails] = useState<OrderDetails | null>(null);
  useEffect(() => {
    let current = true;
    void events(order.orderId).then((answer) => { if (current) setDetails(answer); }, () => undefined);
    return () => { current = false; };
  }, [order.orderId, order.changedAt]);
  return (
    <section class="story">
      <h2 class="section">What happened</h2>
      <ol>
        {[...(details?.events ?? [])].reverse().map((event) => (
          <li key={event.eventId}><span>{event.text}</span><span class="muted">{when(event.at, nowMs.value)}</span></li>
        ))}
      </ol>
      {order.outcome && <p class="muted">Ended as: {outcomeLabel(order.outcome)}{order.note ? `. ${order.note}` : ''}</p>}
    </section>
  );
}
