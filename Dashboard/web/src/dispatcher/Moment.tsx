import type { ScorePoint } from '../shared/contract';
import { indexText } from '../shared/format';
import { letterOfWire, wordOf } from '../shared/grades';
import { asLetter, GradeBadge } from '../shared/ui';
import { Why } from './evidence';
import { askMoment, moment } from './store';

const stamps = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' });

/** Asks about any moment: by a click on the chart's point or by a date and a time; the answer stands below. */
export function MomentChoice({ points }: { points: readonly ScorePoint[] }) {
  const asked = moment.value;
  const newest = points[points.length - 1];
  return (
    <>
      <label class="moment-choice">Why then?
        <input type="datetime-local" step="60" data-testid="moment-input" value={localText(asked?.asOf ?? new Date(newest?.asOf ?? Date.now()))}
          onChange={(event) => void askMoment(new Date(event.currentTarget.value))} />
      </label>
      {asked && (
        <div class="moment" data-testid="moment" role="region" aria-live="polite" aria-label={`The street on ${stamps.format(asked.asOf)}`}>
          <div class="row row-between">
            <strong>{stamps.format(asked.asOf)}</strong>
            <button type="button" class="button button-quiet" data-testid="moment-close" onClick={() => (moment.value = null)}>Back to now</button>
          </div>
          {asked.explanation ? <Then /> : <div class="skeleton" aria-label="Loading"><i /><i /></div>}
        </div>
      )}
    </>
  );
}

function Then() {
  const explanation = moment.value!.explanation!;
  const { score } = explanation;
  const letter = asLetter(explanation.letter) ?? letterOfWire(score.grade);
  return (
    <>
      <p class="row">
        <GradeBadge letter={letter} testid="moment-letter" />
        {score.index === undefined
          ? <span>Not seen enough then to say anything. Not seen is not clean.</span>
          : <span>{wordOf(letter)}, <strong data-testid="moment-index">{indexText(score.index)}</strong> of 5 <span class="muted">· 90 % between {indexText(score.low!)} and {indexText(score.high!)}</span></span>}
      </p>
      <Why explanation={explanation} />
    </>
  );
}

/** A moment as the input wants it, in the viewer's time zone. */
function localText(at: Date): string {
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
