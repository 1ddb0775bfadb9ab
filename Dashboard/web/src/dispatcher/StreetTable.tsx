import { useMemo, useState } from 'preact/hooks';
import { duration, indexText, plural } from '../shared/format';
import { GradeBadge } from '../shared/ui';
import { openStreet } from './MapPane';
import { bounds, nowMs, rows, selected, shown, states, stateVersion } from './store';
import { belowC, streetLines, type Sort, type SortKey } from './streetRows';

const PAGE = 150;

const COLUMNS: readonly { key: SortKey; label: string; descendingFirst: boolean }[] = [
  { key: 'name', label: 'Street', descendingFirst: false },
  { key: 'index', label: 'Grade', descendingFirst: true },
  { key: 'observedAt', label: 'Age', descendingFirst: true },
];

/** The same streets as on the map, for the keyboard, for screen readers, and for browsers without WebGL. */
export function StreetTable() {
  const [sort, setSort] = useState<Sort>({ key: 'index', descending: true });
  const [text, setText] = useState('');
  const [inView, setInView] = useState(true);
  const [pages, setPages] = useState(1);
  const version = stateVersion.value;
  const area = inView ? bounds.value : null;
  const lines = useMemo(
    () => streetLines(rows.value, states.value, { shown: shown.value, text, bounds: area, sort }),
    [rows.value, version, shown.value, text, area, sort],
  );
  const now = nowMs.value / 1000;
  return (
    <div class="streets" data-testid="streets">
      <div class="streets-tools">
        <input type="search" placeholder="Find a street" aria-label="Find a street by name" value={text} data-testid="street-search"
          onInput={(event) => { setText(event.currentTarget.value); setPages(1); }} />
        {bounds.value && (
          <label class="check"><input type="checkbox" checked={inView} onChange={(event) => setInView(event.currentTarget.checked)} /> in view only</label>
        )}
      </div>
      <p class="sr-only" aria-live="polite">{plural(belowC(lines), 'street')} below C {inView ? 'in view' : 'in the city'}, {lines.length} listed.</p>
      <table class="street-table">
        <thead>
          <tr>
            {COLUMNS.map((column) => {
              const active = sort.key === column.key;
              return (
                <th key={column.key} scope="col" aria-sort={active ? (sort.descending ? 'descending' : 'ascending') : 'none'}>
                  <button type="button" onClick={() => setSort({ key: column.key, descending: active ? !sort.descending : column.descendingFirst })}>
                    {column.label}<span class="sort" aria-hidden="true">{active ? (sort.descending ? '↓' : '↑') : ''}</span>
                  </button>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {lines.slice(0, pages * PAGE).map((line) => (
            <tr key={line.row.segmentId} class={selected.value === line.row.segmentId ? 'selected' : ''} data-testid="street-row" data-segment-id={line.row.segmentId}>
              <td><button type="button" class="street-name" onClick={() => openStreet(line.row.segmentId)}>{line.row.name ?? `Unnamed ${(line.row.class ?? 'street').replaceAll('_', ' ')}`}{line.row.block && <span class="block">{line.row.block}</span>}</button></td>
              <td class="grade-cell"><GradeBadge letter={line.letter} size="s" />{line.letter && <span class="mono">{indexText(line.index)}</span>}</td>
              <td class="muted">{line.observedAt === 0 ? 'never' : duration(now - line.observedAt)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {lines.length === 0 && <p class="empty">No street here matches. Move the map, or show more grades in the legend.</p>}
      {lines.length > pages * PAGE && <button type="button" class="button button-quiet more" onClick={() => setPages(pages + 1)}>Show more of {lines.length}</button>}
    </div>
  );
}
