import type { Explanation, Pass, SegmentScore, SideScore } from '../shared/contract';
import { agoOf, countedKind, indexText, kindWords, percent, plural } from '../shared/format';
import { letterOfWire } from '../shared/grades';
import { asLetter, GradeBadge } from '../shared/ui';
import { Arithmetic } from './Arithmetic';

/** Left and right, seen along the street's geometry: gutters differ. */
export function Sides({ sides }: { sides: NonNullable<SegmentScore['sides']> }) {
  return (
    <div class="sides">
      <SideCard label="Left" side={sides.left} />
      <span class="road" aria-hidden="true"><i /></span>
      <SideCard label="Right" side={sides.right} />
    </div>
  );
}

function SideCard({ label, side }: { label: string; side: SideScore | undefined }) {
  return (
    <div class="side" data-testid={`side-${label.toLowerCase()}`}>
      <GradeBadge letter={letterOfWire(side?.grade)} />
      <div>
        <strong>{label}</strong>
        <span class="muted">{side?.index === undefined ? 'not told apart' : `${indexText(side.index)} · ${plural(side.sampleSize ?? 0, 'pass', 'passes')}`}</span>
      </div>
    </div>
  );
}

export function Why({ explanation }: { explanation: Explanation }) {
  const { sentences, categories } = explanation;
  return (
    <>
      <ul class="sentences">{sentences.map((sentence) => <li key={sentence}>{sentence}</li>)}</ul>
      {categories.length > 0 && (
        <div class="scroll-x">
          <table class="data-table">
            <thead><tr><th scope="col">Category</th><th scope="col" class="num">per 100 m²</th><th scope="col" class="num">index</th><th scope="col" class="num">half-life</th></tr></thead>
            <tbody>
              {categories.map((category) => (
                <tr key={category.category} class={category.decides ? 'decides' : ''}>
                  <td title={category.kinds.map(kindWords).join(', ')}>{kindWords(category.category)}{category.decides && <span class="chip chip-busy">decides</span>}</td>
                  <td class="num">{category.ratePer100SquareMetres.toFixed(1)}</td>
                  <td class="num">{indexText(category.index)}</td>
                  <td class="num">{Math.round(category.halfLifeHours)} h</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {explanation.arithmetic && <Arithmetic explanation={explanation} />}
    </>
  );
}

export function Passes({ passes, now }: { passes: readonly Pass[]; now: number }) {
  return (
    <div class="scroll-x">
      <table class="data-table" data-testid="passes">
        <thead><tr><th scope="col">When</th><th scope="col">Saw</th><th scope="col" class="num">Length</th><th scope="col">Alone</th></tr></thead>
        <tbody>
          {passes.slice(0, 12).map((pass) => (
            <tr key={`${pass.truckId ?? ''}${pass.enteredAt}`}>
              <td>{agoOf(pass.enteredAt, now)}<span class="sub">{[pass.truckId, pass.light].filter((word) => word && word !== 'unknown').join(', ')}</span></td>
              <td>
                {saw(pass)}
                {pass.repeated && <span class="sub" title="The same truck saw the street again soon after: the later view stands for this one.">seen again, not counted twice</span>}
                {pass.orderId && <span class="sub" title="The truck came because of the order: evidence of now, and no part of a period index.">sent for {pass.orderId}</span>}
              </td>
              <td class="num">{percent(pass.coverage)}</td>
              <td><GradeBadge letter={asLetter(pass.letter)} size="s" /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function saw(pass: Pass): string {
  const found = Object.entries(pass.counts).filter(([, howMany]) => howMany > 0);
  return found.length === 0 ? 'nothing' : found.map(([kind, howMany]) => countedKind(kind, howMany)).join(', ');
}
