import { count } from '../shared/format';
import { rankedCuts } from './cutReasons';

/** Connections that the listener closed because of what came over them, or did not come. Nothing is shown while there are none. */
export function ConnectionsCut({ cuts }: { cuts: Readonly<Record<string, number>> | undefined }) {
  const ranked = rankedCuts(cuts);
  if (ranked.length === 0) return null;
  return (
    <section class="box" data-testid="connections-cut">
      <h2>Connections cut</h2>
      <p class="muted">Since ingest started. What was refused this way is not among the readings above; the other connections go on.</p>
      <ul class="reasons">
        {ranked.map(({ reason, words, howMany }) => <li key={reason} data-testid="cut" data-reason={reason} data-count={howMany}><strong>{count(howMany)} ×</strong> {words}</li>)}
      </ul>
    </section>
  );
}
