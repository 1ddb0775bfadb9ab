import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { ScorePoint } from '../shared/contract';
import { GRADES } from '../shared/grades';
import { type Break, breakWords } from './breaks';

const HEIGHT = 132;
const HOUR = 3600;
const INK = '#8d98a5';

/** The index over time with its interval as a band; the letters stand at the side, clean below. A click asks about its moment. */
export function HistoryChart({ points, breaks, onPick }: { points: readonly ScorePoint[]; breaks: readonly Break[]; onPick: (asOf: Date) => void }) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const shown = useRef(points);
  shown.current = points;
  const marks = useRef(breaks);
  marks.current = breaks;
  useEffect(() => {
    if (!box.current) return;
    const chart = new uPlot({ ...options(box.current.clientWidth), hooks: { draw: [(drawn) => drawBreaks(drawn, marks.current)] } }, [[], [], [], []], box.current);
    plot.current = chart;
    const watch = new ResizeObserver(([entry]) => chart.setSize({ width: Math.floor(entry!.contentRect.width), height: HEIGHT }));
    watch.observe(box.current);
    const pick = () => {
      const point = chart.cursor.idx == null ? undefined : shown.current[chart.cursor.idx];
      if (point) onPick(new Date(point.asOf));
    };
    chart.over.addEventListener('click', pick);
    return () => {
      watch.disconnect();
      chart.destroy();
    };
  }, []);
  useEffect(() => {
    plot.current?.setData([
      points.map((point) => Date.parse(point.asOf) / 1000),
      points.map((point) => point.high),
      points.map((point) => point.low),
      points.map((point) => point.index),
    ]);
  }, [points]);
  const newest = points[points.length - 1];
  return (
    <>
      <div class="history" ref={box} role="img" data-testid="history" aria-label={`Index over time, ${points.length} points, newest ${newest?.index.toFixed(1) ?? 'none'}`} />
      {breaks.map((item) => (
        <p class="muted break-note" key={`${item.kind}${item.at}`} data-testid={`${item.kind}-break`}><span class="break-mark" aria-hidden="true">┆</span> {breakDay.format(new Date(item.at * 1000))}: {breakWords(item)}</p>
      ))}
    </>
  );
}

const breakDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

/** A dashed line where something else makes the numbers, with its name. */
function drawBreaks(chart: uPlot, breaks: readonly Break[]): void {
  const { ctx, bbox } = chart;
  const { min, max } = chart.scales.x ?? {};
  ctx.save();
  ctx.strokeStyle = '#f0c05a';
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.font = `600 ${11 * devicePixelRatio}px system-ui`;
  ctx.fillStyle = '#f0c05a';
  ctx.textBaseline = 'top';
  let line = 0;
  for (const item of breaks) {
    if (item.at < (min ?? 0) || item.at > (max ?? 0)) continue;
    const x = chart.valToPos(item.at, 'x', true);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    // On whichever side there is room; one below the other, because two changes may lie close together.
    const isLeft = x > bbox.left + bbox.width / 2;
    ctx.textAlign = isLeft ? 'right' : 'left';
    ctx.fillText(item.to, x + (isLeft ? -4 : 4) * devicePixelRatio, bbox.top + (line++ % 3) * 13 * devicePixelRatio);
  }
  ctx.restore();
}

function options(width: number): uPlot.Options {
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { points: { size: 6 }, y: false, drag: { x: false, y: false } },
    padding: [8, 18, 0, 0],
    scales: { x: { range: atLeastAnHour }, y: { range: [0, 5] } },
    axes: [
      { stroke: INK, grid: { show: false }, ticks: { show: false }, size: 24, space: 70, font: '11px system-ui', values: dates },
      {
        stroke: INK, size: 24, font: '600 11px system-ui', ticks: { show: false }, grid: { stroke: '#333b45', width: 1 },
        splits: () => [0.5, 1.5, 2.5, 3.5, 4.5], values: () => GRADES.map((grade) => grade.letter),
      },
    ],
    series: [
      {},
      { stroke: 'transparent', points: { show: false } },
      { stroke: 'transparent', points: { show: false } },
      { stroke: '#f2f5f8', width: 1.8, points: { show: (chart) => (chart.data[0]?.length ?? 0) < 25, size: 5, fill: '#f2f5f8' } },
    ],
    bands: [{ series: [1, 2], fill: 'rgba(165,148,255,0.28)' }],
  };
}

/** One point, or a few of the same minute, still want an axis that says when. */
function atLeastAnHour(chart: uPlot): uPlot.Range.MinMax {
  const times = chart.data[0] ?? [];
  const min = times[0] ?? 0;
  const max = times[times.length - 1] ?? HOUR;
  return max - min >= HOUR ? [min, max] : [max - HOUR * 0.9, max + HOUR * 0.1];
}

const hours = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const days = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

function dates(chart: uPlot, splits: number[]): string[] {
  const { min = 0, max = 0 } = chart.scales.x ?? {};
  const format = (max ?? 0) - (min ?? 0) > 2 * 86_400 ? days : hours;
  return splits.map((split) => format.format(new Date(split * 1000)));
}
