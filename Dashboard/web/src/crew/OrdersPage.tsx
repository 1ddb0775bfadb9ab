import { agoOf, distanceMetres, metres } from '../shared/format';
import { asLetter, GradeBadge, StateChip } from '../shared/ui';
import { askForPosition, connection, nowMs, openOrder, position, shownOrders, type ShownOrder } from './store';

const TODO = new Set(['in_progress', 'accepted', 'open']);
const RANK = ['in_progress', 'accepted', 'open'];

/** The crew's day: what to do, what waits for a truck, what is over. */
export function OrdersPage() {
  const all = shownOrders.value;
  const todo = all.filter((order) => TODO.has(order.state)).sort(byUrgency);
  const waits = all.filter((order) => order.state === 'done').sort(newest);
  const over = all.filter((order) => !TODO.has(order.state) && order.state !== 'done').sort(newest);
  const mayLocate = position.value === null && 'geolocation' in navigator && window.isSecureContext;
  return (
    <div data-testid="crew-orders">
      <div class="page-head">
        <h1>{todo.length === 0 ? 'Nothing to do' : `${todo.length} to do`}</h1>
        {mayLocate && todo.length > 0 && <button type="button" class="button button-small button-quiet" onClick={askForPosition}>Show distances</button>}
      </div>
      {all.length === 0 && (
        <p class="empty"><strong>{connection.value.state === 'connecting' ? 'Fetching your orders…' : 'No orders for you yet.'}</strong> New ones appear here by themselves.</p>
      )}
      <List orders={todo} />
      {waits.length > 0 && <><h2 class="section">Waiting for a truck to verify</h2><List orders={waits} /></>}
      {over.length > 0 && <><h2 class="section">Finished</h2><List orders={over.slice(0, 20)} /></>}
    </div>
  );
}

function List({ orders }: { orders: readonly ShownOrder[] }) {
  return <ul class="crew-cards">{orders.map((order) => <Card key={order.orderId} order={order} />)}</ul>;
}

function Card({ order }: { order: ShownOrder }) {
  const away = distanceTo(order);
  return (
    <li>
      <button type="button" class="crew-card" data-testid="crew-order" data-order-id={order.orderId} data-state={order.state} onClick={() => openOrder(order.orderId)}>
        <GradeBadge letter={asLetter(order.state === 'verified' ? order.letterNow ?? order.letterThen : order.letterThen)} />
        <span class="crew-card-body">
          <span class="crew-card-top"><strong>{order.segmentName ?? 'Unnamed street'}</strong>{away !== null && <span class="distance">{metres(away)}</span>}</span>
          {order.block && <span class="block">{order.block}</span>}
          {TODO.has(order.state) && order.reason && <span class="crew-reason">{order.reason}</span>}
          <span class="card-line"><StateChip order={order} />{order.sending && <span class="sending">waiting to send</span>}<span class="muted push">{agoOf(order.changedAt, nowMs.value)}</span></span>
        </span>
      </button>
    </li>
  );
}

export function distanceTo(order: ShownOrder): number | null {
  if (!position.value || !order.center) return null;
  return distanceMetres(position.value, { latitude: order.center[1], longitude: order.center[0] });
}

function byUrgency(a: ShownOrder, b: ShownOrder): number {
  const state = RANK.indexOf(a.state) - RANK.indexOf(b.state);
  if (state !== 0) return state;
  const near = (distanceTo(a) ?? 0) - (distanceTo(b) ?? 0);
  return near !== 0 ? near : (b.indexThen ?? 0) - (a.indexThen ?? 0);
}

function newest(a: ShownOrder, b: ShownOrder): number {
  return a.changedAt < b.changedAt ? 1 : -1;
}
