import type { Health } from '../shared/contract';
import { agoOf, count, kindWords } from '../shared/format';

/** What was set aside, why, and what it looked like. Payloads are shown as text and never as markup. */
export function Quarantine({ health, now }: { health: Health; now: number }) {
  const reasons = health.quarantine?.counts ?? health.ingestStatus?.quarantinedByReason ?? {};
  const ranked = Object.entries(reasons).filter(([, howMany]) => howMany > 0).sort((a, b) => b[1] - a[1]);
  const newest = health.quarantine?.newest ?? [];
  return (
    <section class="box" id="quarantine" data-testid="quarantine">
      <h2>Quarantine</h2>
      {ranked.length === 0 && <p class="muted">Nothing has been set aside. A malformed or impossible reading would appear here with its reason.</p>}
      <ul class="reasons">
        {ranked.map(([reason, howMany]) => <li key={reason} data-testid="reason" data-reason={reason}><strong>{count(howMany)}</strong> {kindWords(reason)}</li>)}
      </ul>
      {ranked.length > 0 && health.quarantine !== undefined && <p><a class="button quarantine-link" href="/quarantine" data-testid="open-quarantine">Look through it, fix names, replay</a></p>}
      {ranked.length > 0 && health.quarantine === undefined && <p class="muted">Payloads are for dispatchers only.</p>}
      <ul class="items">
        {newest.map((item, at) => (
          <li key={`${item.receivedAt}${at}`} data-testid="quarantined">
            <p><strong>{item.message}</strong></p>
            <p class="muted">{[agoOf(item.receivedAt, now), item.truckId, item.sessionId ? `session ${item.sessionId}` : null, item.sequence !== undefined ? `reading ${item.sequence}` : null].filter(Boolean).join(' · ')}</p>
            <pre tabIndex={0} aria-label="First bytes of the payload">{item.payloadPreview}</pre>
          </li>
        ))}
      </ul>
    </section>
  );
}
