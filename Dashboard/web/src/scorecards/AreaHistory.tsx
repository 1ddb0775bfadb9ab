import { indexText } from '../shared/format';
import type { Month } from './history';

const WIDTH = 320;
const HEIGHT = 96;
const LEFT = 16;
const TOP = 16;
const BOTTOM = 16;
const month = new Intl.DateTimeFormat('en-GB', { month: 'short', year: '2-digit', timeZone: 'UTC' });

/** Closed months of a district with their intervals, clean below; a dashed line where another method or detector begins. */
export function AreaHistory({ months }: { months: readonly Month[] }) {
  if (months.length < 2) return null;
  const step = (WIDTH - LEFT) / months.length;
  const x = (at: number) => LEFT + step * (at + 0.5);
  const y = (index: number) => TOP + (1 - Math.min(5, Math.max(0, index)) / 5) * (HEIGHT - TOP - BOTTOM);
  const first = months[0]!;
  const last = months[months.length - 1]!;
  const words = `Index by closed month: ${months.map((one) => `${month.format(one.from)} ${indexText(one.index.value)}${one.breaks.length > 0 ? `, from here on ${one.breaks.join(' and ')}` : ''}`).join('; ')}`;
  return (
    <figure class="area-history" data-testid="area-history">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={words}>
        {['A', 'B', 'C', 'D', 'E'].map((letter, at) => <text key={letter} class="history-letter" x="0" y={y(at + 0.5) + 3}>{letter}</text>)}
        {[0, 1, 2, 3, 4, 5].map((at) => <line key={at} class="history-grid" x1={LEFT} x2={WIDTH} y1={y(at)} y2={y(at)} />)}
        {months.map((one, at) => one.breaks.length > 0 && (
          <g key={`break${one.from.toISOString()}`} data-testid="area-break">
            <line class="history-break" x1={LEFT + step * at} x2={LEFT + step * at} y1={TOP - 4} y2={HEIGHT - BOTTOM} />
            <text class="history-break-name" x={LEFT + step * at} y={TOP - 6} text-anchor={at > months.length / 2 ? 'end' : 'start'}>{one.breaks.join(', ')}</text>
          </g>
        ))}
        <polyline class="history-line" points={months.map((one, at) => `${x(at)},${y(one.index.value)}`).join(' ')} />
        {months.map((one, at) => (
          <g key={one.from.toISOString()}>
            <line class="history-interval" x1={x(at)} x2={x(at)} y1={y(one.index.low)} y2={y(one.index.high)} />
            <circle class="history-point" cx={x(at)} cy={y(one.index.value)} r="3"><title>{`${month.format(one.from)}: ${indexText(one.index.value)} (${indexText(Math.max(0, one.index.low))} to ${indexText(Math.min(5, one.index.high))})`}</title></circle>
          </g>
        ))}
        <text class="history-date" x={x(0)} y={HEIGHT - 3} text-anchor="start">{month.format(first.from)}</text>
        <text class="history-date" x={x(months.length - 1)} y={HEIGHT - 3} text-anchor="end">{month.format(last.from)}</text>
      </svg>
      <figcaption class="muted small">Closed months, as each was computed then.{months.some((one) => one.breaks.length > 0) && ' Dashed: another method or detector from here on; both sides are not one measure.'}</figcaption>
    </figure>
  );
}
