import { api } from '../shared/api';
import { count } from '../shared/format';
import { ConnectionPill, IconButton, Logo } from '../shared/ui';
import { connection, counts, health, openOrders, session, shown, simulated, states, trucks, trucksOnline, list, panelOpen } from './store';
import { openTour } from './Tour';

function Figure(props: { value: string; of?: string; label: string; testid: string; onClick?: () => void; tone?: string }) {
  const inside = (
    <>
      <span class="figure-value">{props.value}{props.of && <span class="figure-of"> / {props.of}</span>}</span>
      <span class="figure-label">{props.label}</span>
    </>
  );
  const classes = `figure ${props.tone ?? ''}`;
  return props.onClick
    ? <button type="button" class={classes} onClick={props.onClick} data-testid={props.testid}>{inside}</button>
    : <div class={classes} data-testid={props.testid}>{inside}</div>;
}

/** The city in five numbers, and whether they are of now. */
export function TopBar() {
  const at = counts.value;
  const total = states.value?.length ?? 0;
  const fates = health.value?.ingestStatus;
  const lost = (fates?.quarantined ?? 0) + (fates?.dropped ?? 0);
  return (
    <header class="topbar">
      <a class="brand" href="/" aria-label="CleanStreets, start page">
        <Logo />
        <span class="brand-name">CleanStreets</span>
      </a>
      <div class="figures" aria-label="The city in numbers">
        <Figure value={count(total - at.none)} of={count(total)} label="streets seen" testid="figure-seen" />
        <Figure value={count(at.D + at.E)} label="below C" testid="figure-below-c" onClick={() => (shown.value = ['D', 'E'])} />
        <Figure value={count(openOrders.value.length)} label="open orders" testid="figure-orders"
          onClick={() => { list.value = 'orders'; panelOpen.value = true; }} />
        <Figure value={count(trucksOnline.value)} of={count(trucks.value.size)} label="trucks online" testid="figure-trucks" />
        <a class={`figure ${lost > 0 ? 'figure-warn' : ''}`} href="/health" data-testid="figure-health">
          <span class="figure-value">{count(fates?.accepted ?? 0)}</span>
          <span class="figure-label">readings{lost > 0 ? ` · ${count(lost)} set aside` : ' · health'}</span>
        </a>
      </div>
      <div class="topbar-end">
        {simulated.value && <span class="badge-simulated" data-testid="simulated-badge" title="The trucks on this map are simulated: this is a demonstration, not a city.">Simulated fleet</span>}
        <ConnectionPill {...connection.value} />
        <a class="button button-quiet button-small hide-phone" href="/scorecards" data-testid="to-scorecards">Scorecards</a>
        <IconButton label="Show the tour" onClick={openTour} testid="tour-open" class="hide-phone">?</IconButton>
        {session.value && (
          <button type="button" class="user" data-testid="logout" title="Log out"
            onClick={() => void api.logout().finally(() => location.assign('/login'))}>
            {session.value.user}<span class="user-out">Log out</span>
          </button>
        )}
      </div>
    </header>
  );
}
