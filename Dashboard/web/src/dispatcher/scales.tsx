import { colourOf, GRADES, letterOfWire, wordOf } from '../shared/grades';
import { percent } from '../shared/format';

const UNITS = 100;

/** The index on the scale of the letters: where the mean lies and the 90 % interval around it. */
export function IntervalBar({ index, low, high }: { index: number; low: number; high: number }) {
  const at = (value: number) => Math.min(5, Math.max(0, value)) * UNITS;
  const sentence = `Index ${index.toFixed(1)} of 5, 90 percent sure between ${low.toFixed(1)} and ${high.toFixed(1)}`;
  return (
    <svg class="interval" viewBox="-6 0 512 46" role="img" aria-label={sentence} data-testid="interval">
      {GRADES.map((grade, number) => (
        <g key={grade.letter}>
          <rect x={number * UNITS + 1} y="16" width={UNITS - 2} height="10" rx="2" fill={grade.colour} opacity="0.9" />
          <text class="scale-letter" x={number * UNITS + UNITS / 2} y="44" text-anchor="middle">{grade.letter}</text>
        </g>
      ))}
      <rect class="interval-band" x={at(low)} y="10" width={Math.max(4, at(high) - at(low))} height="22" rx="6" />
      <line class="interval-mean" x1={at(index)} x2={at(index)} y1="4" y2="36" />
    </svg>
  );
}

/** How probable each letter is: the whole answer, of which the letter is only the middle. */
export function ProbabilityBar({ probabilities }: { probabilities: Record<string, number> }) {
  let from = 0;
  const parts = Object.entries(probabilities).flatMap(([wire, share]) => {
    const letter = letterOfWire(wire);
    if (letter === null || share <= 0) return [];
    const part = { letter, share, from };
    from += share;
    return [part];
  });
  const label = parts.map((part) => `${part.letter} ${percent(part.share)}`).join(', ');
  return (
    <div class="probabilities" data-testid="probabilities">
      <svg viewBox="0 0 500 14" preserveAspectRatio="none" role="img" aria-label={`Probability: ${label}`}>
        {parts.map((part) => (
          <rect key={part.letter} x={part.from * 500 + 1} width={Math.max(1, part.share * 500 - 2)} height="14" fill={colourOf(part.letter)} />
        ))}
      </svg>
      <div class="probability-labels">
        {parts.filter((part) => part.share >= 0.01).map((part) => (
          <span key={part.letter} title={wordOf(part.letter)}><strong>{part.letter}</strong> {percent(part.share)}</span>
        ))}
      </div>
    </div>
  );
}
