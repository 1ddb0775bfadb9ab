import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import 'maplibre-gl/dist/maplibre-gl.css';
import '../shared/tokens.css';
import '../shared/ui.css';
import './scorecards.css';
import { api, goToLoginOn, sentenceOf } from '../shared/api';
import type { AreaFigures, AreaPeriod, AreaReport } from '../shared/contract';
import { when } from '../shared/format';
import { PageBar } from '../shared/PageBar';
import { AreaCard } from './AreaCard';
import { ZoneMap, type Corner } from './ZoneMap';
import { monthsOf } from './history';
import { PERIODS, sentenceOfPeriod } from './periods';

const REFRESH_MS = 60_000;

interface Answer {
  readonly period: AreaPeriod;
  readonly report: AreaReport | null;
  readonly problem: string;
}

function Scorecards() {
  const [period, setPeriod] = useState<AreaPeriod>('week');
  const [answer, setAnswer] = useState<Answer>({ period, report: null, problem: '' });
  const [zone, setZone] = useState<readonly Corner[]>([]);
  const [zoneFigures, setZoneFigures] = useState<AreaFigures | null>(null);
  const [zoneProblem, setZoneProblem] = useState('');
  const [closed, setClosed] = useState<readonly AreaReport[]>([]);
  const [marked, setMarked] = useState<string | null>(null);

  useEffect(() => {
    let timer = 0;
    let stopped = false;
    const look = async () => {
      try {
        const report = await api.areas(period);
        if (!stopped) setAnswer({ period, report, problem: '' });
      } catch (error) {
        if (goToLoginOn(error)) return;
        if (!stopped) setAnswer((before) => ({ ...before, problem: sentenceOf(error) }));
      }
      if (!stopped) timer = window.setTimeout(() => void look(), REFRESH_MS);
    };
    void look();
    return () => {
      stopped = true;
      window.clearTimeout(timer);
    };
  }, [period]);

  // Closed periods do not change; the cards are as good without them.
  useEffect(() => { void api.areasClosed().then(setClosed, () => undefined); }, []);

  useEffect(() => {
    let stopped = false;
    setZoneFigures(null);
    setZoneProblem('');
    if (zone.length < 3) return;
    void api.zone(zone, period).then(
      (report) => { if (!stopped) setZoneFigures(report.areas[0] ?? null); },
      (error: unknown) => { if (!stopped && !goToLoginOn(error)) setZoneProblem(sentenceOf(error)); },
    );
    return () => { stopped = true; };
  }, [zone, period]);

  const report = answer.period === period ? answer.report : null;
  return (
    <div class="scorecards">
      <PageBar page="/scorecards" />
      <main>
        <div class="head">
          <div>
            <h1>How clean is each district?</h1>
            <p class="lead">{sentenceOfPeriod(period)}</p>
          </div>
          <div class="periods" role="group" aria-label="Question">
            {PERIODS.map((one) => (
              <button key={one.period} type="button" class="period" aria-pressed={period === one.period} data-testid={`period-${one.period}`} onClick={() => setPeriod(one.period)}>{one.label}</button>
            ))}
          </div>
        </div>
        {answer.problem && <p class="note note-warn" role="alert">{answer.problem}</p>}
        <ZoneMap marked={marked} zone={zone} onZone={setZone} />
        <div class="cards" data-testid="cards">
          {zone.length >= 3 && (zoneFigures
            ? <AreaCard figures={{ ...zoneFigures, area: 'Your zone' }} period={period} isZone onMark={() => undefined} />
            : <p class="card note" role="status">{zoneProblem || 'Reckoning your zone…'}</p>)}
          {report
            ? report.areas.map((area) => <AreaCard key={area.area} figures={area} period={period} months={monthsOf(area.area, closed)} trendNote={report.trendNote} onMark={setMarked} />)
            : !answer.problem && <p class="empty">Reckoning the districts…</p>}
          {report && report.areas.length === 0 && (
            <p class="empty">This city has no layer of districts: start it with <code>--areas FILE</code>. A zone can be drawn on the map all the same.</p>
          )}
        </div>
        {report?.trendNote && <p class="muted small" data-testid="trend-note">{report.trendNote}</p>}
        {report && (
          <p class="muted small" data-testid="provenance">
            {report.method}, computed {when(report.computedAt, Date.now())}. Bars span the 90 % interval; it takes into account that one truck's camera errs on all its streets alike.
            Streets not seen enough are no part of a number: see "seen". Acceptable is C and better.
          </p>
        )}
      </main>
    </div>
  );
}

render(<Scorecards />, document.getElementById('app')!);
