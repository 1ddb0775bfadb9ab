import type { CategoryArithmetic, EvidencePass, Explanation } from '../shared/contract';
import { countedKind, kindWords, plural } from '../shared/format';

const MOST_PASSES = 40;

/** The sums behind a number: category by category, and pass by pass for the one that decides. */
export function Arithmetic({ explanation }: { explanation: Explanation }) {
  const arithmetic = explanation.arithmetic!;
  const decides = explanation.categories.find((category) => category.decides)?.category ?? arithmetic.categories[0]?.category;
  const passes = [...arithmetic.passes].reverse();
  return (
    <details class="arithmetic" data-testid="arithmetic">
      <summary>The arithmetic, from {plural(passes.length, 'pass', 'passes')}</summary>
      <ul class="formulas">
        {arithmetic.categories.map((category) => <li key={category.category}><Formula category={category} k={arithmetic.overdispersion} /></li>)}
      </ul>
      {arithmetic.dumpingFloor !== undefined && <p class="muted">A confirmed dumping puts a floor of {arithmetic.dumpingFloor} under the index.</p>}
      {arithmetic.index !== undefined && <p>The largest index is the street's: <strong data-testid="arithmetic-index">{arithmetic.index.toFixed(3)}</strong></p>}
      {decides && passes.length > 0 && (
        <div class="scroll-x">
          <table class="data-table">
            <caption>{kindWords(decides)}, the newest pass first; Σ = {sumOf(passes, decides).toFixed(2)} pieces</caption>
            <thead><tr><th scope="col">Captured</th><th scope="col" class="num">pieces</th><th scope="col" class="num">m²</th><th scope="col" class="num">weight</th><th scope="col" class="num">pieces × weight</th></tr></thead>
            <tbody>{passes.slice(0, MOST_PASSES).map((pass) => <PassRow key={`${pass.truckId ?? ''}${pass.enteredAt}`} pass={pass} category={decides} />)}</tbody>
          </table>
          {passes.length > MOST_PASSES && <p class="muted">and {passes.length - MOST_PASSES} older ones, all in the sums</p>}
        </div>
      )}
    </details>
  );
}

function Formula({ category, k }: { category: CategoryArithmetic; k: number }) {
  const { priorPieces, priorMean, pieces, squareMetres } = category;
  return (
    <>
      <strong>{kindWords(category.category)}</strong>{' '}
      <span class="formula">
        ({text(priorPieces)} + {text(pieces)} ÷ {text(k)}) ÷ ({text(priorPieces / priorMean)} + {text(squareMetres / 100)} ÷ {text(k)}) = {text(category.mean)} per 100 m² → index {category.index.toFixed(3)}
      </span>
    </>
  );
}

function PassRow({ pass, category }: { pass: EvidencePass; category: string }) {
  const share = pass.shares.find((item) => item.category === category);
  const seen = Object.entries(pass.counts).map(([kind, howMany]) => countedKind(kind, howMany)).join(', ') || 'nothing';
  const marks = [
    pass.truckId,
    pass.setAside ? 'set aside by a cleaning' : null,
    pass.newView < 1 ? `${Math.round(pass.newView * 100)} % new, the rest seen again` : null,
    pass.arrivedLater ? `arrived ${stamp(pass.arrivedAt)}` : null,
  ].filter(Boolean).join(' · ');
  return (
    <tr class={pass.arrivedLater ? 'arrived-later' : ''} title={seen}>
      <td>{stamp(pass.enteredAt)}<span class="sub">{marks}</span></td>
      <td class="num">{text(share?.pieces ?? 0)}</td>
      <td class="num">{text(share?.squareMetres ?? 0)}</td>
      <td class="num">{(share?.weight ?? 0).toFixed(3)}</td>
      <td class="num">{text((share?.pieces ?? 0) * (share?.weight ?? 0))}</td>
    </tr>
  );
}

/** Σ pieces × weight over passes: what stands in the category's formula. */
export function sumOf(passes: readonly EvidencePass[], category: string): number {
  return passes.reduce((sum, pass) => {
    const share = pass.shares.find((item) => item.category === category);
    return sum + (share ? share.pieces * share.weight : 0);
  }, 0);
}

const stamps = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

function stamp(iso: string | undefined): string {
  return iso ? stamps.format(new Date(iso)) : 'not known';
}

function text(number: number): string {
  return Number(number.toFixed(3)).toString();
}
