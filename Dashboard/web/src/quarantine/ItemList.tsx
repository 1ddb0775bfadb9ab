import type { QuarantineListItem } from '../shared/contract';
import { agoOf, bytes, kindWords } from '../shared/format';

interface Props {
  readonly items: readonly QuarantineListItem[];
  readonly chosen: ReadonlySet<string>;
  readonly open: string | null;
  readonly now: number;
  readonly onChoose: (chosen: ReadonlySet<string>) => void;
  readonly onOpen: (id: string) => void;
}

/** The items with their boxes; a click on one shows what it looked like. */
export function ItemList({ items, chosen, open, now, onChoose, onOpen }: Props) {
  const waiting = items.filter((item) => item.releasedBy === undefined);
  const all = waiting.length > 0 && waiting.every((item) => chosen.has(item.id));
  const flip = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChoose(next);
  };
  if (items.length === 0) return <p class="empty"><strong>Nothing here</strong>No message or reading of this kind is set aside.</p>;
  return (
    <>
      <label class="choose-all"><input type="checkbox" checked={all} onChange={() => onChoose(all ? new Set() : new Set(waiting.map((item) => item.id)))} data-testid="choose-all" /> All that are shown and wait</label>
      <ul class="set-aside">
        {items.map((item) => (
          <li key={item.id} class={item.id === open ? 'is-open' : ''} data-testid="item" data-id={item.id} data-reason={item.reason}>
            <input type="checkbox" aria-label={`Choose ${item.id}`} checked={chosen.has(item.id)} disabled={item.releasedBy !== undefined} onChange={() => flip(item.id)} />
            <button type="button" class="item-words" aria-expanded={item.id === open} onClick={() => onOpen(item.id)}>
              <strong>{kindWords(item.reason)}</strong>
              <span class="muted">{[agoOf(item.receivedAt, now), item.truckId ?? 'no truck named', item.sessionId ? `session ${item.sessionId}` : null, item.sequence === undefined ? null : `reading ${item.sequence}`, bytes(item.bytes)].filter(Boolean).join(' · ')}</span>
              {item.releasedBy !== undefined && <span class="chip chip-good" data-testid="released">replayed by {item.releasedBy}, {agoOf(item.releasedAt, now)}</span>}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
