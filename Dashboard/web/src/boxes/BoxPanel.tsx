import { useEffect, useState } from 'preact/hooks';
import { api } from '../shared/api';
import type { Box, BoxEvent } from '../shared/contract';
import { bytes, percent, when } from '../shared/format';
import { Troubles } from '../shared/Troubles';
import { troublesOf } from '../shared/truckTroubles';
import { untilWords } from './words';

interface Props {
  readonly box: Box;
  readonly now: number;
  readonly mayChange: boolean;
  readonly busy: boolean;
  readonly onChange: (work: () => Promise<unknown>, done: string) => void;
}

/** One box: how it is, where it sat, what was done with it, and what can be done. */
export function BoxPanel({ box, now, mayChange, busy, onChange }: Props) {
  const [events, setEvents] = useState<readonly BoxEvent[]>([]);
  const [truck, setTruck] = useState('');
  const [log, setLog] = useState('');
  const [armed, setArmed] = useState<'' | 'revoke' | 'wipe'>('');
  useEffect(() => {
    setLog('');
    setTruck('');
    setArmed('');
  }, [box.deviceId]);
  useEffect(() => {
    void api.boxEvents(box.deviceId).then((answer) => setEvents(answer.events), () => setEvents([]));
  }, [box]);
  const health = box.status?.health;
  const camera = box.status?.camera;
  const troubles = box.status ? troublesOf(box.status, now) : [];
  const facts: [string, string][] = [
    ['Certificate', untilWords(box.certificateEndsAt, now)],
    ...(box.codeEndsAt ? [['Code', untilWords(box.codeEndsAt, now)] as [string, string]] : []),
    ['Agent', box.status?.agentVersion ?? '–'],
    ['Free on disk', health?.diskFreeBytes === undefined ? '–' : bytes(health.diskFreeBytes)],
    ['Temperature', health?.temperatureCelsius === undefined ? '–' : `${health.temperatureCelsius.toFixed(0)} °C`],
    ['Camera', camera ? `${camera.framesPerSecond.toFixed(1)} frames a second, sees ${percent(camera.coverage)}` : '–'],
    ...(camera?.acceptance ? [['Accepted', `${when(camera.acceptance.acceptedAt, now)}: ${camera.acceptance.heightMetres.toFixed(2)} m high, looks ${camera.acceptance.pitchDegrees.toFixed(1)}° down`] as [string, string]] : []),
  ];
  const act = (what: 'revoke' | 'wipe') => {
    if (armed !== what) return setArmed(what);
    setArmed('');
    onChange(() => (what === 'revoke' ? api.revokeBox(box.deviceId) : api.wipeBox(box.deviceId)), what === 'revoke' ? `${box.deviceId} is revoked; its links are cut within seconds.` : `${box.deviceId} forgets everything when it next has a link.`);
  };
  return (
    <>
      <h2 data-testid="box-title">{box.deviceId}{box.truckId && <span class="muted"> on {box.truckId}</span>}</h2>
      <dl class="facts">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
      {troubles.length > 0 && <Troubles troubles={troubles} />}
      {mayChange && (
        <div class="actions">
          <form class="row" onSubmit={(event) => { event.preventDefault(); onChange(() => api.assignBox(box.deviceId, truck.trim() || null), truck.trim() ? `${box.deviceId} sits on ${truck.trim()} from now on.` : `${box.deviceId} sits on no truck.`); }}>
            <label class="field"><span>Sits from now on on truck</span><input type="text" value={truck} maxLength={64} pattern="[A-Za-z0-9._\-]*" placeholder={box.truckId ?? 'none'} data-testid="truck" onInput={(event) => setTruck(event.currentTarget.value)} /></label>
            <button type="submit" class={truck.trim() === '' ? 'button' : 'button button-primary'} disabled={busy || (truck.trim() === '' && !box.truckId)} data-testid="assign">{truck.trim() === '' ? 'Take off its truck' : 'Assign'}</button>
          </form>
          <div class="row">
            {box.state === 'enrolled' && <button type="button" class="button" disabled={busy} data-testid="ask-logs" onClick={() => onChange(async () => setLog((await api.askBox(box.deviceId, 'logs')).body?.text ?? ''), `${box.deviceId} sent its log.`)}>Fetch its log</button>}
            {box.state === 'enrolled' && <button type="button" class="button" disabled={busy} onClick={() => onChange(() => api.askBox(box.deviceId, 'renew'), `${box.deviceId} renewed its certificate.`)}>Renew certificate</button>}
            {(box.state === 'enrolled' || box.state === 'expired') && <button type="button" class="button button-risk" disabled={busy} data-testid="revoke" onClick={() => act('revoke')}>{armed === 'revoke' ? 'Yes, cut it off' : 'Revoke'}</button>}
            {box.state === 'enrolled' && <button type="button" class="button button-risk" disabled={busy} data-testid="wipe" onClick={() => act('wipe')}>{armed === 'wipe' ? 'Yes, forget all readings' : 'Wipe'}</button>}
          </div>
        </div>
      )}
      {log !== '' && <pre tabIndex={0} aria-label="Log of the box" data-testid="log">{log}</pre>}
      <h3>Trucks it sat on</h3>
      {box.history.length === 0 && <p class="muted">None yet.</p>}
      <ul class="plain">{[...box.history].reverse().map((entry) => <li key={entry.from}><strong>{entry.truckId}</strong> <span class="muted">{when(entry.from, now)} – {entry.to ? when(entry.to, now) : 'now'}</span></li>)}</ul>
      <h3>What was done</h3>
      <ul class="plain">{events.map((event) => <li key={event.at + event.what}><span class="muted">{when(event.at, now)}, {event.who}:</span> {event.what}</li>)}</ul>
    </>
  );
}
