import { useState } from 'preact/hooks';
import { api } from '../shared/api';
import type { Order } from '../shared/contract';
import { act, trucks } from './store';

/**
 * Says that a truck is sent to look at a street because of its order. What it sees verifies the order and is condition now; a period index
 * leaves it out, because nobody would have looked otherwise.
 */
export function SendTruck({ order }: { order: Order }) {
  const [truckId, setTruckId] = useState('');
  const [busy, setBusy] = useState(false);
  const known = [...trucks.value.keys()].sort();
  if (known.length === 0) return null;
  const send = async () => {
    setBusy(true);
    await act(() => api.sendTruck(order.orderId, crypto.randomUUID(), truckId), `${truckId} is noted as sent: tell its driver.`);
    setTruckId('');
    setBusy(false);
  };
  return (
    <div class="row send-truck">
      <label>
        <span class="muted">Have a truck look </span>
        <select value={truckId} data-testid="send-truck-choice" onChange={(event) => setTruckId(event.currentTarget.value)}>
          <option value="">choose one</option>
          {known.map((id) => <option key={id} value={id}>{id}</option>)}
        </select>
      </label>
      <button type="button" class="button button-small" disabled={!truckId || busy} data-testid="send-truck" onClick={() => void send()}>Send</button>
    </div>
  );
}
