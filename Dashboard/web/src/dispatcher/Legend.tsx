import { useState } from 'preact/hooks';
import { count } from '../shared/format';
import { colourOf, GRADE_KEYS, wordOf, type GradeKey } from '../shared/grades';
import { LASAN_COLOURS } from '../map/style';
import { counts, lasanKnown, shown, states, stateVersion, toggleGrade, view } from './store';

/** What the colours mean, how many streets wear each, and a filter at once. */
export function Legend() {
  const [open, setOpen] = useState(!matchMedia('(max-width: 720px)').matches);
  const at = counts.value;
  const most = Math.max(1, ...GRADE_KEYS.map((key) => at[key]));
  return (
    <section class="legend" aria-label="Legend and filter" data-testid="legend">
      <button type="button" class="legend-head" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span>{view.value === 'lasan' ? 'LASAN 1–3' : 'Cleanliness'}</span>
        <svg class="legend-strip" viewBox="0 0 50 8" aria-hidden="true">
          {GRADE_KEYS.slice(0, 5).map((key, index) => <rect key={key} x={index * 10} width="10" height="8" fill={colourOf(key as 'A')} />)}
        </svg>
        <span class="chevron" aria-hidden="true">{open ? '▾' : '▴'}</span>
      </button>
      {open && (
        <>
          {view.value === 'lasan' ? <LasanRows /> : GRADE_KEYS.map((key) => <LegendRow key={key} grade={key} value={at[key]} most={most} />)}
          <div class="legend-foot">
            {lasanKnown.value && <span class="segmented" role="group" aria-label="View of the map">
              <button type="button" aria-pressed={view.value === 'letters'} data-testid="view-letters" onClick={() => (view.value = 'letters')}>A–E</button>
              <button type="button" aria-pressed={view.value === 'lasan'} data-testid="view-lasan" onClick={() => (view.value = 'lasan')}>LASAN</button>
            </span>}
            {shown.value.length < GRADE_KEYS.length && <button type="button" class="link" data-testid="show-all" onClick={() => (shown.value = GRADE_KEYS)}>Show all</button>}
          </div>
          <p class="legend-note">Paler: older evidence. Cut line: unsure. Dots: work orders.</p>
        </>
      )}
    </section>
  );
}

function LegendRow({ grade, value, most }: { grade: GradeKey; value: number; most: number }) {
  const on = shown.value.includes(grade);
  const letter = grade === 'none' ? null : grade;
  return (
    <button type="button" class="legend-row" aria-pressed={on} data-testid={`legend-${grade}`} data-count={value} onClick={() => toggleGrade(grade)}
      title={on ? 'Click to hide' : 'Click to show'}>
      <svg class="swatch" viewBox="0 0 22 8" aria-hidden="true">
        <line x1="2" y1="4" x2="20" y2="4" stroke={colourOf(letter)} stroke-width={letter ? 5 : 3} stroke-dasharray={letter ? undefined : '4 4'} stroke-linecap={letter ? 'round' : 'butt'} />
      </svg>
      <span class="legend-letter">{letter ?? '?'}</span>
      <span class="legend-word">{wordOf(letter)}</span>
      <svg class="legend-bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect width={(value / most) * 100} height="6" fill={colourOf(letter)} /></svg>
      <span class="legend-count">{count(value)}</span>
    </button>
  );
}

const LASAN_WORDS = ['Clean', 'Somewhat clean', 'Not clean'];

function LasanRows() {
  void stateVersion.value;
  const tally = [0, 0, 0, 0];
  for (let index = 0; index < (states.value?.length ?? 0); index++) {
    const state = states.value?.at(index);
    tally[state?.letter ? state.lasan : 0]!++;
  }
  return (
    <>
      {LASAN_COLOURS.map((colour, index) => (
        <div class="legend-row legend-still" key={colour} data-testid={`legend-lasan-${index + 1}`}>
          <svg class="swatch" viewBox="0 0 22 8" aria-hidden="true"><line x1="2" y1="4" x2="20" y2="4" stroke={colour} stroke-width="5" stroke-linecap="round" /></svg>
          <span class="legend-letter">{index + 1}</span>
          <span class="legend-word">{LASAN_WORDS[index]}</span>
          <span class="legend-count">{count(tally[index + 1]!)}</span>
        </div>
      ))}
      <p class="legend-note">The rule of Los Angeles' published index, 2016 Q3, on the same evidence. Its thresholds per 100 m² are ours.</p>
    </>
  );
}
