import { Fragment } from 'preact';
import type { Truck } from '../shared/contract';
import { agoOf, count } from '../shared/format';
import { Troubles } from '../shared/Troubles';
import { type Trouble, troublesOf } from '../shared/truckTroubles';

const WORDS: Record<Truck['state'], { label: string; tone: string }> = {
  init: { label: 'Starting', tone: 'neutral' },
  ready: { label: 'Working', tone: 'good' },
  sleeping: { label: 'Engine off', tone: 'neutral' },
  disconnected: { label: 'Signed off', tone: 'neutral' },
  lost: { label: 'Lost contact', tone: 'bad' },
};
const RANK: Truck['state'][] = ['lost', 'init', 'ready', 'sleeping', 'disconnected'];

/** The fleet, trouble first: who is out of reach, whose camera or box wants looking after, and who carries readings the city has not stored. */
export function Trucks({ trucks, now }: { trucks: readonly Truck[]; now: number }) {
  const rows = trucks.map((truck) => ({ truck, troubles: troublesOf(truck, now) }));
  const sorted = rows.sort((a, b) =>
    RANK.indexOf(a.truck.state) - RANK.indexOf(b.truck.state) || weight(b.troubles) - weight(a.troubles) ||
    (b.truck.spoolReadings ?? 0) - (a.truck.spoolReadings ?? 0) || a.truck.truckId.localeCompare(b.truck.truckId));
  return (
    <section class="box">
      <h2>Trucks</h2>
      {sorted.length === 0 && <p class="muted">No truck has reported yet.</p>}
      {sorted.length > 0 && (
        <div class="scroll-x">
          <table class="data-table trucks">
            <thead><tr><th scope="col">Truck</th><th scope="col">State</th><th scope="col" class="num">Waiting on board</th><th scope="col">Oldest of them</th><th scope="col">Reported</th><th scope="col">Agent</th></tr></thead>
            <tbody>
              {sorted.map(({ truck, troubles }) => (
                <Fragment key={truck.truckId}>
                  <tr data-testid="truck-row" data-truck-id={truck.truckId} data-state={truck.state}>
                    <td><strong>{truck.truckId}</strong>{truck.simulated && <span class="chip chip-wait">simulated</span>}</td>
                    <td><span class={`chip chip-${WORDS[truck.state]?.tone ?? 'neutral'}`}>{WORDS[truck.state]?.label ?? truck.state}</span></td>
                    <td class="num">{count(truck.spoolReadings ?? 0)}</td>
                    <td>{truck.spoolOldestAt ? agoOf(truck.spoolOldestAt, now) : '–'}</td>
                    <td>{agoOf(truck.at, now)}</td>
                    <td class="muted">{truck.agentVersion ?? '–'}</td>
                  </tr>
                  {troubles.length > 0 && <tr class="trouble-row"><td colSpan={6}><Troubles troubles={troubles} /></td></tr>}
                </Fragment>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function weight(troubles: readonly Trouble[]): number {
  return troubles.reduce((sum, trouble) => sum + (trouble.tone === 'bad' ? 100 : 1), 0);
}
