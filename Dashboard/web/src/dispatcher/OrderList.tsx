import { api } from '../shared/api';
import type { Order } from '../shared/contract';
import { agoOf } from '../shared/format';
import { isOpen, outcomeLabel } from '../shared/orderStates';
import { asLetter, GradeBadge, StateChip } from '../shared/ui';
import { act, crews, mayDispatch, nowMs, orders, selected } from './store';
import { openStreet } from './MapPane';
import { Confirmations } from './Confirmations';

/** Every work order, open ones first, the newest change on top. */
export function OrderList() {
  const all = [...orders.value.values()].sort((a, b) => (a.changedAt < b.changedAt ? 1 : -1));
  const open = all.filter(isOpen);
  const closed = all.filter((order) => !isOpen(order)).slice(0, 30);
  return (
    <div data-testid="orders">
      {mayDispatch.value && <Confirmations />}
      {all.length === 0 && (
        <p class="empty"><strong>No work orders yet.</strong> When trucks have seen a dirty street often enough, it becomes a candidate, and an order from the top of that list.</p>
      )}
      <ul class="cards">{open.map((order) => <OrderCard key={order.orderId} order={order} />)}</ul>
      {closed.length > 0 && <h3 class="list-heading">Closed</h3>}
      <ul class="cards">{closed.map((order) => <OrderCard key={order.orderId} order={order} />)}</ul>
    </div>
  );
}

function OrderCard({ order }: { order: Order }) {
  const then = asLetter(order.letterThen);
  const now = asLetter(order.letterNow);
  return (
    <li>
      <button type="button" class={`card ${selected.value === order.segmentId ? 'card-selected' : ''}`} data-testid="order-row"
        data-order-id={order.orderId} data-segment-id={order.segmentId} onClick={() => openStreet(order.segmentId)}>
        <span class="card-top">
          <span class="card-title">{order.segmentName ?? 'Unnamed street'}</span>
          <span class="card-grades">
            <GradeBadge letter={then} size="s" />
            {now !== then && <><span class="arrow" aria-label="now">→</span><GradeBadge letter={now} size="s" /></>}
          </span>
        </span>
        {order.block && <span class="block">{order.block}</span>}
        <span class="card-line">
          <StateChip order={order} />
          <span class="muted">{crewName(order.crewId)}</span>
          <span class="muted push">{agoOf(order.changedAt, nowMs.value)}</span>
        </span>
        {order.outcome && order.state !== 'verified' && <span class="card-note">{outcomeLabel(order.outcome)}{order.note ? `: ${order.note}` : ''}</span>}
      </button>
    </li>
  );
}

export function crewName(crewId: string | undefined): string {
  if (!crewId) return 'no crew yet';
  return crews.value.find((crew) => crew.crewId === crewId)?.name ?? crewId;
}

/** What the dispatcher may do with an order now; the server decides which. */
export function OrderActions({ order }: { order: Order }) {
  if (!mayDispatch.value) return null;
  const may = (action: string) => order.actions?.includes(action) === true;
  const send = (event: Parameters<typeof api.orderEvent>[2], said: string) =>
    void act(() => api.orderEvent(order.orderId, crypto.randomUUID(), event), said);
  return (
    <div class="row">
      {may('assign') && (
        <label class="select">
          <span class="sr-only">Crew</span>
          <select data-testid="order-assign" value={order.crewId ?? ''}
            onChange={(event) => send({ kind: 'assign', crewId: event.currentTarget.value }, `Given to ${crewName(event.currentTarget.value)}.`)}>
            {!order.crewId && <option value="">Assign a crew…</option>}
            {crews.value.map((crew) => <option key={crew.crewId} value={crew.crewId}>{crew.name}</option>)}
          </select>
        </label>
      )}
      {may('reopen') && (
        <button type="button" class="button button-quiet" data-testid="order-reopen" onClick={() => send({ kind: 'reopen' }, 'The order is open again.')}>Reopen</button>
      )}
      {may('cancel') && (
        <button type="button" class="button button-quiet" data-testid="order-cancel" onClick={() => send({ kind: 'cancel' }, 'The order is cancelled.')}>Cancel order</button>
      )}
    </div>
  );
}
