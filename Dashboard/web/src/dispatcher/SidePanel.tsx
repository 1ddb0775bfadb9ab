import type { UrlState } from '../shared/urlState';
import { Cross, IconButton } from '../shared/ui';
import { CandidateList } from './CandidateList';
import { OrderList } from './OrderList';
import { candidates, list, openOrders, panelOpen } from './store';
import { StreetTable } from './StreetTable';

const TABS: readonly { key: UrlState['list']; label: string }[] = [
  { key: 'orders', label: 'Work orders' },
  { key: 'candidates', label: 'Candidates' },
  { key: 'streets', label: 'Streets' },
];

/** The map's other half: orders, what should become one, and every street as a table. */
export function SidePanel() {
  const numbers = { orders: openOrders.value.length, candidates: candidates.value?.candidates.length ?? 0, streets: 0 };
  const move = (event: KeyboardEvent, at: number) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    const next = TABS[(at + step + TABS.length) % TABS.length]!;
    list.value = next.key;
    document.getElementById(`tab-${next.key}`)?.focus();
  };
  return (
    <aside class={`panel ${panelOpen.value ? 'panel-open' : ''}`} aria-label="Lists">
      <div class="tabs" role="tablist">
        {TABS.map((tab, at) => (
          <button key={tab.key} type="button" role="tab" id={`tab-${tab.key}`} class="tab" aria-selected={list.value === tab.key}
            aria-controls="tab-panel" tabIndex={list.value === tab.key ? 0 : -1} data-testid={`tab-${tab.key}`}
            onClick={() => (list.value = tab.key)} onKeyDown={(event) => move(event, at)}>
            {tab.label}{numbers[tab.key] > 0 && <span class="tab-count">{numbers[tab.key]}</span>}
          </button>
        ))}
        <IconButton label="Close the lists" onClick={() => (panelOpen.value = false)} class="only-phone"><Cross /></IconButton>
      </div>
      <div class="panel-body" role="tabpanel" id="tab-panel" aria-labelledby={`tab-${list.value}`}>
        {list.value === 'orders' && <OrderList />}
        {list.value === 'candidates' && <CandidateList />}
        {list.value === 'streets' && <StreetTable />}
      </div>
    </aside>
  );
}
