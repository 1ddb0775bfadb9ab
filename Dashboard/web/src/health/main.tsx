import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import '../shared/tokens.css';
import '../shared/ui.css';
import './health.css';
import { api, goToLoginOn, sentenceOf } from '../shared/api';
import type { Health, Truck } from '../shared/contract';
import { agoOf, bytes, count, duration } from '../shared/format';
import type { Connection } from '../shared/live';
import { PageBar } from '../shared/PageBar';
import { ConnectionPill } from '../shared/ui';
import { ConnectionsCut } from './ConnectionsCut';
import { Fates } from './Fates';
import { Quarantine } from './Quarantine';
import { Trucks } from './Trucks';

const REFRESH_MS = 2000;

interface Seen {
  readonly health: Health | null;
  readonly trucks: readonly Truck[];
  readonly connection: Connection;
  readonly detail: string;
  readonly heardAtMs: number;
}

function HealthPage() {
  const [seen, setSeen] = useState<Seen>({ health: null, trucks: [], connection: 'connecting', detail: '', heardAtMs: Date.now() });
  useEffect(() => {
    let timer = 0;
    let stopped = false;
    const look = async () => {
      try {
        const [health, trucks] = await Promise.all([api.health(), api.trucks()]);
        setSeen({ health, trucks: trucks.trucks, connection: health.ingest.state, detail: health.ingest.detail ?? '', heardAtMs: Date.now() });
      } catch (error) {
        if (goToLoginOn(error)) return;
        setSeen((before) => ({ ...before, connection: 'reconnecting', detail: sentenceOf(error) }));
      }
      if (!stopped) timer = window.setTimeout(() => void look(), document.hidden ? REFRESH_MS * 5 : REFRESH_MS);
    };
    void look();
    return () => {
      stopped = true;
      window.clearTimeout(timer);
    };
  }, []);
  return (
    <div class="health">
      <PageBar page="/health">
        <ConnectionPill state={seen.connection} detail={seen.detail} heardAtMs={seen.heardAtMs} />
      </PageBar>
      <main>{seen.health ? <Report health={seen.health} trucks={seen.trucks} /> : <p class="empty">{seen.detail || 'Asking how things are…'}</p>}</main>
    </div>
  );
}

function Report({ health, trucks }: { health: Health; trucks: readonly Truck[] }) {
  const status = health.ingestStatus;
  const now = Date.parse(health.now);
  return (
    <>
      <h1>Is every reading accounted for?</h1>
      <p class="lead">Each reading that arrives meets one of four fates, and the four add up to what was received.</p>
      {health.problems?.map((problem) => <p class="note note-warn" key={problem} data-testid="problem">{problem}</p>)}
      {status ? <Fates status={status} /> : <p class="note note-warn">Ingest cannot be asked just now, so its counters are missing.</p>}
      {status && (
        <section class="box">
          <h2>Pipeline</h2>
          <p class="muted">Batches that wait before each stage. A full queue slows the stage before it and loses nothing.</p>
          <ol class="stages">
            {status.stages.map((stage) => (
              <li key={stage.stage} data-testid="stage" data-stage={stage.stage}>
                <strong>{stage.stage.replaceAll('_', ' ')}</strong>
                <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="bar-back" width="100" height="8" /><rect class={stage.depth / stage.capacity > 0.7 ? 'bar-hot' : 'bar-front'} width={Math.min(100, (stage.depth / Math.max(1, stage.capacity)) * 100)} height="8" /></svg>
                <span class="mono">{count(stage.depth)} <span class="muted">of {count(stage.capacity)}</span></span>
              </li>
            ))}
          </ol>
          <dl class="figures-line">
            <div><dt>Oldest reading not stored</dt><dd data-testid="oldest-unstored">{status.oldestUnstoredAgeSeconds < 1 ? 'under 1 s' : duration(status.oldestUnstoredAgeSeconds)}</dd></div>
            <div><dt>Journal</dt><dd>{bytes(status.journalBytes)}</dd></div>
            <div><dt>Streets seen</dt><dd>{count(status.segmentsSeen)} of {count(status.segmentsTotal)}</dd></div>
            <div><dt>Ingest runs since</dt><dd>{agoOf(status.startedAt, now)}</dd></div>
            <div><dt>Scores</dt><dd>{status.ready ? 'current' : 'recovering from the journal'}</dd></div>
            <div><dt>Facts on their way</dt><dd>{count(health.factsWaiting ?? 0)}</dd></div>
            <div><dt>Live viewers</dt><dd>{count(health.live?.clients ?? 0)}</dd></div>
          </dl>
        </section>
      )}
      <Trucks trucks={trucks} now={now} />
      <ConnectionsCut cuts={status?.connectionsCut} />
      <Quarantine health={health} now={now} />
    </>
  );
}

render(<HealthPage />, document.getElementById('app')!);
