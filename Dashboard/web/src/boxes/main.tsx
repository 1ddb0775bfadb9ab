import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import '../shared/tokens.css';
import '../shared/ui.css';
import './boxes.css';
import { api, goToLoginOn, sentenceOf } from '../shared/api';
import type { Box, BoxList } from '../shared/contract';
import { agoOf, count } from '../shared/format';
import { PageBar } from '../shared/PageBar';
import { BoxPanel } from './BoxPanel';
import { NewCodes } from './NewCodes';
import { matching, stateOf, untilWords } from './words';

const LOOK_MS = 5_000;

function Page() {
  const [list, setList] = useState<BoxList | null>(null);
  const [mayChange, setMayChange] = useState(false);
  const [typed, setTyped] = useState('');
  const [open, setOpen] = useState('');
  const [problem, setProblem] = useState('');
  const [done, setDone] = useState('');
  const [busy, setBusy] = useState(false);
  const now = Date.now();

  const look = async () => {
    try {
      setList(await api.boxes());
    } catch (error) {
      if (!goToLoginOn(error)) setProblem(sentenceOf(error));
    }
  };
  useEffect(() => {
    void look();
    void api.session().then((session) => setMayChange(session.role === 'admin'), () => setMayChange(false));
    const timer = setInterval(() => void look(), LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  const change = (work: () => Promise<unknown>, said: string) => {
    setBusy(true);
    setProblem('');
    setDone('');
    void work().then(() => setDone(said), (error: unknown) => { if (!goToLoginOn(error)) setProblem(sentenceOf(error)); }).finally(() => { setBusy(false); void look(); });
  };

  const shown = matching(list?.boxes ?? [], typed);
  const chosen = list?.boxes.find((box) => box.deviceId === open);
  return (
    <div class="boxes">
      <PageBar page="/boxes" />
      <main>
        <h1>Boxes on the trucks</h1>
        <p class="lead">Which box sits on which truck, until when the city trusts it, and how it is.</p>
        {list && !list.hasDoor && <p class="note note-warn">This dashboard has no door for boxes (--fleet HOST:PORT): codes can be made, and boxes cannot use them here.</p>}
        {problem && <p class="note note-bad" role="alert" data-testid="problem">{problem}</p>}
        {done && <p class="note note-good" role="status" data-testid="done">{done}</p>}
        {mayChange && <NewCodes busy={busy} now={now} onChange={change} />}
        <div class={chosen ? 'columns' : ''}>
          <section class="box" aria-label="Boxes">
            <label class="search"><span class="sr-only">Box or truck</span><input type="search" placeholder="box or truck" value={typed} maxLength={64} data-testid="search" onInput={(event) => setTyped(event.currentTarget.value)} /></label>
            {list === null && <p class="empty">Asking for the boxes…</p>}
            {list !== null && shown.length === 0 && <p class="empty"><strong>{list.boxes.length === 0 ? 'No boxes yet' : 'No such box'}</strong>{list.boxes.length === 0 ? 'Make a code, and enrol the first box with it.' : 'Nothing has this name.'}</p>}
            {shown.length > 0 && <Rows boxes={shown} open={open} now={now} onOpen={setOpen} />}
          </section>
          {chosen && <section class="box" aria-label="One box" aria-live="polite"><BoxPanel box={chosen} now={now} mayChange={mayChange} busy={busy} onChange={change} /></section>}
        </div>
      </main>
    </div>
  );
}

function Rows({ boxes, open, now, onOpen }: { boxes: readonly Box[]; open: string; now: number; onOpen: (id: string) => void }) {
  return (
    <table class="data-table box-rows">
      <thead><tr><th scope="col">Box</th><th scope="col">Truck</th><th scope="col">State</th><th scope="col">Certificate ends</th><th scope="col">Reported</th><th scope="col" class="num">Waiting</th><th scope="col">Agent</th></tr></thead>
      <tbody>
        {boxes.map((box) => {
          const words = stateOf(box, now);
          return (
            <tr key={box.deviceId} class={box.deviceId === open ? 'is-open' : ''} data-testid="box-row" data-device={box.deviceId} data-state={box.state}>
              <td data-label="Box"><button type="button" class="link" onClick={() => onOpen(box.deviceId)}>{box.deviceId}</button></td>
              <td data-label="Truck">{box.truckId ?? (box.expectedTruckId ? <span class="muted">{box.expectedTruckId} with its code</span> : '–')}</td>
              <td data-label="State"><span class={`chip chip-${words.tone}`}>{words.label}</span></td>
              <td data-label="Certificate ends">{untilWords(box.certificateEndsAt, now)}</td>
              <td data-label="Reported">{box.status ? `${agoOf(box.status.at, now)}${box.status.state === 'lost' ? ', lost' : ''}` : '–'}</td>
              <td data-label="Waiting" class="num">{box.status ? count(box.status.spoolReadings ?? 0) : '–'}</td>
              <td data-label="Agent" class="muted">{box.status?.agentVersion ?? '–'}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

render(<Page />, document.getElementById('app')!);
