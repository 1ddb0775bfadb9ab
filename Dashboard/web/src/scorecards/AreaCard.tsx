import { useState } from 'preact/hooks';
import { api, sentenceOf } from '../shared/api';
import type { AreaEstimate, AreaFigures, AreaPeriod, AreaReport } from '../shared/contract';
import { count, indexText, metres, percent, plural } from '../shared/format';
import { colourOf, GRADES, letterOfWire } from '../shared/grades';
import { GradeBadge } from '../shared/ui';
import { AreaHistory } from './AreaHistory';
import type { Month } from './history';
import { trendWords } from './periods';

/** One district: how clean, how sure, of how much of it, and whose word that is. */
export function AreaCard({ figures, period, months = [], trendNote, isZone = false, onMark }: {
  figures: AreaFigures; period: AreaPeriod; months?: readonly Month[]; trendNote?: string | undefined; isZone?: boolean; onMark: (area: string | null) => void;
}) {
  const detectors = figures.detectors ?? [];
  const letter = letterOfWire(figures.grade);
  const trend = trendWords(figures.trend);
  return (
    <article class={`card${isZone ? ' card-zone' : ''}`} data-testid="area-card" data-area={figures.area}
      onMouseEnter={() => onMark(figures.area)} onMouseLeave={() => onMark(null)}>
      <header class="card-head">
        <GradeBadge letter={letter} testid="area-letter" />
        <h2>{figures.area}</h2>
        {trend && <span class={`trend trend-${trend.tone}`} data-testid="area-trend" title={trendNote ?? 'Against the period of the same length before'}>{trend.text}</span>}
      </header>
      {figures.index
        ? <Scale index={figures.index} />
        : <p class="muted">Not seen enough to say anything. That is not the same as clean.</p>}
      <dl class="facts">
        <div><dt>Acceptably clean</dt><dd data-testid="area-acceptable">{figures.acceptablyClean ? <>{percent(figures.acceptablyClean.value)} <span class="range">{percent(figures.acceptablyClean.low)} to {percent(figures.acceptablyClean.high)}</span></> : '–'}</dd></div>
        <div><dt>Seen</dt><dd data-testid="area-coverage">{percent(figures.coverage)} <span class="range">of {metres(figures.lengthMetres)}</span></dd></div>
        {period !== 'now' && <div><dt>Of the time</dt><dd>{percent(figures.timeCoverage)}</dd></div>}
        <div><dt>Based on</dt><dd>{plural(figures.passes, 'pass', 'passes')} <span class="range">by {plural(figures.trucks, 'truck')}</span></dd></div>
        <div>
          <dt>Single source</dt>
          <dd data-testid="area-single-source" title="Streets more than half of whose weight comes from one truck. Usual where each street has its own truck; it matters when that truck's camera errs.">
            {figures.singleSource.length === 0 ? 'none' : <>{plural(figures.singleSource.length, 'street')} <span class="range">{percent(figures.singleSourceShare)} of the length seen</span></>}
          </dd>
        </div>
      </dl>
      {detectors.length > 1 && <p class="note small" data-testid="area-detectors">More than one detector looked: {detectors.join(', ')}. Their numbers are not of one measure.</p>}
      <AreaHistory months={months} />
      {!isZone && period !== 'now' && figures.trucks > 1 && <WithoutEachTruck area={figures.area} period={period} />}
    </article>
  );
}

function Scale({ index }: { index: AreaEstimate }) {
  const at = (value: number) => Math.min(5, Math.max(0, value)) * 100;
  const sentence = `Index ${indexText(index.value)} of 5, 90 percent sure between ${indexText(Math.max(0, index.low))} and ${indexText(Math.min(5, index.high))}`;
  return (
    <div class="scale">
      <strong class="scale-value" data-testid="area-index">{indexText(index.value)}</strong>
      <svg viewBox="0 0 500 30" role="img" aria-label={sentence}>
        {GRADES.map((grade, number) => <rect key={grade.letter} x={number * 100 + 1} y="11" width="98" height="8" rx="2" fill={colourOf(grade.letter)} opacity="0.85" />)}
        <rect class="scale-band" x={at(index.low)} y="4" width={Math.max(5, at(index.high) - at(index.low))} height="22" rx="6" />
        <line class="scale-mean" x1={at(index.value)} x2={at(index.value)} y1="1" y2="29" />
      </svg>
      <span class="range">{indexText(Math.max(0, index.low))} to {indexText(Math.min(5, index.high))}</span>
    </div>
  );
}

function WithoutEachTruck({ area, period }: { area: string; period: AreaPeriod }) {
  const [asked, setAsked] = useState<{ report: AreaReport | null; problem: string; period: AreaPeriod } | null>(null);
  const ask = async () => {
    setAsked({ report: null, problem: '', period });
    try {
      setAsked({ report: await api.areaTrucks(area, period), problem: '', period });
    } catch (error) {
      setAsked({ report: null, problem: sentenceOf(error), period });
    }
  };
  if (asked?.period !== period) {
    return <button type="button" class="link" data-testid="leave-one-out" onClick={() => void ask()}>What if one truck were left out?</button>;
  }
  if (!asked.report) return <p class="muted">{asked.problem || 'Reckoning without each truck…'}</p>;
  const trucks = asked.report.trucks ?? [];
  return (
    <table class="data-table" data-testid="without-trucks">
      <thead><tr><th scope="col">Without</th><th scope="col" class="num">Index</th><th scope="col" class="num">Change</th><th scope="col" class="num">Seen</th></tr></thead>
      <tbody>
        {trucks.slice(0, 8).map((truck) => (
          <tr key={truck.truckId}>
            <td>{truck.truckId}</td>
            <td class="num">{truck.without === undefined ? 'not seen' : indexText(truck.without)}</td>
            <td class="num">{truck.change === undefined ? '–' : `${truck.change >= 0 ? '+' : '−'}${Math.abs(truck.change).toFixed(2)}`}</td>
            <td class="num">{percent(truck.coverageWithout)}</td>
          </tr>
        ))}
        {trucks.length > 8 && <tr><td colSpan={4} class="muted">{count(trucks.length - 8)} more trucks change less.</td></tr>}
      </tbody>
    </table>
  );
}
