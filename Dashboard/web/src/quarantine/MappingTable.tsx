import type { MappingList } from '../shared/contract';
import { agoOf, count, kindWords } from '../shared/format';
import { wordsOf } from './fix';

interface Props {
  readonly list: MappingList;
  readonly now: number;
  readonly onRemove: (id: string) => void;
}

/** The fixes that are kept: for what, since when, what they have mended, and a way to end each. */
export function MappingTable({ list, now, onRemove }: Props) {
  if (list.standing.length === 0) return null;
  return (
    <section class="box mappings" aria-label="Mappings that stand">
      <h2>Kept for what comes <span class="muted">{list.standing.length} of {list.most}</span></h2>
      <ul>
        {list.standing.map((state) => (
          <li key={state.mapping.id} data-testid="mapping" data-reason={state.mapping.match.reason}>
            <div class="mapping-words">
              <strong>{kindWords(state.mapping.match.reason)}</strong> of {state.mapping.match.truckId ?? 'every truck'}
              <code>{wordsOf(state.mapping.fix) || 'as it is'}</code>
              <span class="muted">kept by {state.mapping.by}, {agoOf(new Date(state.mapping.atMs).toISOString(), now)}</span>
            </div>
            <span class="mapping-done" data-testid="mapping-done">{state.messages === 0 ? 'nothing mended yet' : <><strong>{count(state.messages)}</strong> {state.messages === 1 ? 'message' : 'messages'} mended, {count(state.readings)} {state.readings === 1 ? 'reading' : 'readings'}, the last {agoOf(state.newestAt, now)}</>}</span>
            <button type="button" class="button button-quiet" data-testid="mapping-remove" onClick={() => onRemove(state.mapping.id)}>Remove</button>
          </li>
        ))}
      </ul>
    </section>
  );
}
