import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import '../shared/tokens.css';
import '../shared/ui.css';
import './quarantine.css';
import { api, goToLoginOn, sentenceOf } from '../shared/api';
import type { MappingList, QuarantineDetail, QuarantineFix, QuarantineMatch, QuarantinePage, ReleaseResult } from '../shared/contract';
import { count, kindWords } from '../shared/format';
import { PageBar } from '../shared/PageBar';
import { addedWords, EMPTY_FORM, fixOf, sumUp, type FixForm } from './fix';
import { FixPanel } from './FixPanel';
import { ItemList } from './ItemList';
import { KeepPanel } from './KeepPanel';
import { MappingTable } from './MappingTable';

interface Filter {
  readonly reason: string;
  readonly truckId: string;
}

function Page() {
  const [filter, setFilter] = useState<Filter>(() => ({ reason: new URLSearchParams(location.search).get('reason') ?? '', truckId: new URLSearchParams(location.search).get('truckId') ?? '' }));
  const [page, setPage] = useState<QuarantinePage | null>(null);
  const [detail, setDetail] = useState<QuarantineDetail | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [form, setForm] = useState<FixForm>(EMPTY_FORM);
  const [results, setResults] = useState<readonly ReleaseResult[]>([]);
  const [mappings, setMappings] = useState<MappingList | null>(null);
  const [said, setSaid] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);

  const guard = async (work: () => Promise<void>) => {
    try {
      await work();
      setProblem('');
    } catch (error) {
      if (!goToLoginOn(error)) setProblem(sentenceOf(error));
    }
  };
  const look = (wanted: Filter) => guard(async () => {
    setPage(await api.quarantine(wanted));
    setMappings(await api.mappings());
  });
  useEffect(() => {
    history.replaceState(null, '', `?${new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== ''))}`);
    void look(filter);
  }, [filter]);

  const narrow = (to: Filter) => {
    setChosen(new Set());
    setDetail(null);
    setForm(EMPTY_FORM);
    setFilter(to);
  };
  const more = () => guard(async () => {
    const next = await api.quarantine({ ...filter, ...(page?.next ? { before: page.next } : {}) });
    setPage({ ...next, items: [...(page?.items ?? []), ...next.items] });
  });
  const open = (id: string) => guard(async () => {
    setDetail(await api.quarantined(id));
    setChosen((before) => (before.size === 0 ? new Set([id]) : before));
  });
  const release = () => guard(async () => {
    setBusy(true);
    try {
      // Oldest first, as the truck drove: the list shows the newest first.
      const ids = (page?.items ?? []).map((item) => item.id).filter((id) => chosen.has(id)).reverse();
      setResults((await api.release(ids, fixOf(form))).results);
      setChosen(new Set());
      await look(filter);
    } finally {
      setBusy(false);
    }
  });

  const keep = async (match: QuarantineMatch, fix: QuarantineFix) => {
    const added = await api.keepMapping(match, fix);
    setSaid([addedWords(added), added.problem].filter(Boolean).join(' '));
    setResults([]);
    setChosen(new Set());
    await look(filter);
  };
  const remove = (id: string) => guard(async () => {
    await api.removeMapping(id);
    setSaid('It is removed. What it mended stays; what comes is set aside again.');
    setMappings(await api.mappings());
  });

  return (
    <div class="quarantine">
      <PageBar page="/quarantine" />
      <main>
        <h1>What was set aside, and why</h1>
        <p class="lead">Nothing here was lost: it was acknowledged and is kept. Find out what is wrong with it, say how it should read, and replay it.</p>
        {problem && <p class="note note-warn" role="alert" data-testid="problem">{problem}</p>}
        {said && <p class="note note-good" role="status" data-testid="said">{said}</p>}
        {results.length > 0 && <Results results={results} />}
        {mappings && <MappingTable list={mappings} now={Date.now()} onRemove={(id) => void remove(id)} />}
        {page && <Filters page={page} filter={filter} onNarrow={narrow} />}
        <div class="columns">
          <section class="box" aria-label="Items">
            {page === null ? <p class="empty">Asking what is set aside…</p> : <ItemList items={page.items} chosen={chosen} open={detail?.item.id ?? null} now={Date.now()} onChoose={setChosen} onOpen={(id) => void open(id)} />}
            {page?.next && <button type="button" class="button button-quiet" onClick={() => void more()}>Show older ones</button>}
          </section>
          <section class="box" aria-label="Payload" aria-live="polite">
            {detail === null ? <p class="empty"><strong>Choose an item</strong>Its payload and what can be changed appear here.</p> : (
              <>
                <p data-testid="reason-words"><strong>{detail.item.message}</strong></p>
                <pre tabIndex={0} aria-label="Payload as text" data-testid="payload">{detail.text}</pre>
                <p><a class="link" href={`/api/quarantine/${encodeURIComponent(detail.item.id)}/payload`} download>Download it as it came</a></p>
                <FixPanel detail={detail} form={form} chosen={chosen.size} busy={busy} onChange={setForm} onRelease={() => void release()} />
                {detail.isJson && <KeepPanel key={detail.item.id} item={detail.item} fix={fixOf(form)} guard={guard} onKeep={keep} />}
              </>
            )}
          </section>
        </div>
      </main>
    </div>
  );
}

function Filters({ page, filter, onNarrow }: { page: QuarantinePage; filter: Filter; onNarrow: (to: Filter) => void }) {
  return (
    <div class="filters" role="group" aria-label="Show only">
      <button type="button" class="reason" aria-pressed={filter.reason === ''} onClick={() => onNarrow({ ...filter, reason: '' })}>everything</button>
      {page.counts.map((entry) => (
        <button type="button" class="reason" key={entry.reason} title={entry.message} data-testid="filter" data-reason={entry.reason} aria-pressed={filter.reason === entry.reason} onClick={() => onNarrow({ ...filter, reason: entry.reason })}>
          <strong>{count(entry.listed)}</strong> {kindWords(entry.reason)}{entry.released > 0 && <span class="muted"> {count(entry.released)} replayed</span>}
        </button>
      ))}
      <label class="by-truck"><span class="sr-only">Truck</span><input type="search" placeholder="truck" value={filter.truckId} maxLength={64} data-testid="filter-truck" onChange={(event) => onNarrow({ ...filter, truckId: event.currentTarget.value.trim() })} /></label>
    </div>
  );
}

function Results({ results }: { results: readonly ReleaseResult[] }) {
  const problems = [...new Set(results.map((result) => result.problem).filter((words) => words !== undefined))];
  return (
    <div class={`note ${problems.length > 0 ? 'note-warn' : 'note-good'}`} role="status" data-testid="results">
      <p><strong>{sumUp(results)}</strong></p>
      {problems.map((words) => <p key={words}>{words}</p>)}
    </div>
  );
}

render(<Page />, document.getElementById('app')!);
