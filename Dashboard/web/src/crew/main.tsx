import { render } from 'preact';
import '../shared/tokens.css';
import '../shared/ui.css';
import './crew.css';
import { plural } from '../shared/format';
import { ConnectionPill, Logo } from '../shared/ui';
import { OrderPage } from './OrderPage';
import { OrdersPage } from './OrdersPage';
import { connection, dismiss, logout, needsLogin, open, orders, refused, session, shownOrders, start, waiting } from './store';

function App() {
  const current = open.value ? shownOrders.value.find((order) => order.orderId === open.value) : undefined;
  return (
    <div class="crew">
      <header class="crew-bar">
        <Logo />
        <strong class="crew-name">{crewName()}</strong>
        <ConnectionPill {...connection.value} />
        <button type="button" class="button button-quiet button-small" onClick={() => void logout()} data-testid="logout">Log out</button>
      </header>
      <OutboxBar />
      <main>{current ? <OrderPage order={current} key={current.orderId} /> : <OrdersPage />}</main>
    </div>
  );
}

/** Without network the orders on the phone still say whose they are. */
function crewName(): string {
  const crewId = session.value?.crewId ?? [...orders.value.values()].find((order) => order.crewId)?.crewId;
  return crewId?.replace(/^crew-/, 'Crew ') ?? session.value?.user ?? 'Crew';
}

/** Always there: what this phone still has to tell, and what was refused. */
function OutboxBar() {
  const count = waiting.value.length;
  return (
    <div class="outbox" aria-live="polite">
      <p class={`outbox-count ${count > 0 ? 'outbox-waiting' : ''}`} data-testid="outbox" data-waiting={count}>
        {count === 0 ? 'Everything is sent' : `${plural(count, 'action')} waiting to send`}
        {count > 0 && <span class="muted"> · kept on this phone</span>}
      </p>
      {needsLogin.value && <a class="note note-warn" href={`/login?next=${encodeURIComponent('/crew')}`}>You are logged out. Log in to send and to see new orders.</a>}
      {refused.value.map((event) => (
        <div class="note note-bad outbox-refused" key={event.uuid} data-testid="outbox-refused">
          <span>“{event.body.kind}” for {orders.value.get(event.orderId)?.segmentName ?? event.orderId} was not taken: {event.refused}</span>
          <button type="button" class="button button-small" onClick={() => dismiss(event.uuid)}>OK</button>
        </div>
      ))}
    </div>
  );
}

// Without a secure origin (a plain address in the local network) there is no service worker; the outbox works all the same.
if (import.meta.env.PROD) void navigator.serviceWorker?.register('/crew-sw.js', { scope: '/crew' }).then(keepShell, () => undefined);

/** The first visit loaded its files before the worker stood: fetch them once more, through it. */
async function keepShell(): Promise<void> {
  await navigator.serviceWorker.ready;
  await navigator.storage?.persist?.().catch(() => false);
  const files = performance.getEntriesByType('resource').map((entry) => entry.name).filter((name) => new URL(name).pathname.startsWith('/assets/'));
  const cache = await caches.open('cleanstreets-crew-1');
  await Promise.all([...files, '/crew'].map(async (file) => ((await cache.match(file)) ? undefined : cache.add(file)))).catch(() => undefined);
}

render(<App />, document.getElementById('app')!);
void start();
