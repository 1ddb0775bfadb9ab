import type { Health } from '../shared/contract';
import { count, percent } from '../shared/format';

type Status = NonNullable<Health['ingestStatus']>;

const FATES = [
  { key: 'accepted', label: 'Accepted', words: 'journalled, acknowledged, scored' },
  { key: 'duplicates', label: 'Duplicate', words: 'sent again; counted once' },
  { key: 'quarantined', label: 'Quarantined', words: 'kept aside with its reason' },
  { key: 'dropped', label: 'Dropped', words: 'neither kept nor acknowledged; the truck sends it again' },
] as const;

export function Fates({ status }: { status: Status }) {
  const sum = status.accepted + status.duplicates + status.quarantined + status.dropped;
  return (
    <section aria-label="Fates">
      <div class="fates">
        {FATES.map(({ key, label, words }) => (
          <div class={`fate fate-${key} ${status[key] > 0 ? 'fate-some' : ''}`} key={key} data-testid={`fate-${key}`} data-count={status[key]}>
            <span class="fate-label">{label}</span>
            <strong class="fate-count">{count(status[key])}</strong>
            <span class="muted">{status.received > 0 ? `${percent(status[key] / status.received)} · ` : ''}{words}</span>
          </div>
        ))}
      </div>
      <p class="sum" data-testid="fates-sum">
        <strong>{count(status.received)}</strong> received {sum === status.received ? '= the sum of the four' : `; ${count(Math.abs(status.received - sum))} still on their way`}
      </p>
    </section>
  );
}
