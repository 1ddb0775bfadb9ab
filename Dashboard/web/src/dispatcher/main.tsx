import { effect } from '@preact/signals';
import { render } from 'preact';
import '../shared/tokens.css';
import '../shared/ui.css';
import 'maplibre-gl/dist/maplibre-gl.css';
import './dispatcher.css';
import { letterOf } from '../shared/grades';
import { readUrlState } from '../shared/urlState';
import { Drawer } from './Drawer';
import { Legend } from './Legend';
import { MapPane, theCity } from './MapPane';
import { SidePanel } from './SidePanel';
import { currentHash, failure, kiosk, list, notice, panelOpen, rowById, select, serverNow, shown, start, states, tileJson, view } from './store';
import { paintStateOf } from '../map/cityMap';
import { TopBar } from './TopBar';
import { Tour } from './Tour';

function App() {
  return (
    <div class={`app ${kiosk ? 'app-kiosk' : ''}`} data-testid="app">
      <TopBar />
      <SidePanel />
      <main class="stage">
        {tileJson.value ? <MapPane /> : <Waiting />}
        <Legend />
        <button type="button" class="button lists-button only-phone" onClick={() => (panelOpen.value = true)} data-testid="open-lists">Orders and streets</button>
        <Drawer />
      </main>
      {notice.value && <div class={`notice notice-${notice.value.tone}`} role="status" data-testid="notice">{notice.value.text}</div>}
      <Tour />
    </div>
  );
}

function Waiting() {
  return (
    <div class="map-missing" role="status" data-testid="waiting">
      <div class="spinner" aria-hidden="true" />
      <p>{failure.value ?? 'Fetching the streets…'}</p>
    </div>
  );
}

effect(() => {
  const hash = currentHash();
  if (hash !== location.hash) history.replaceState(null, '', location.pathname + location.search + hash);
});

window.addEventListener('hashchange', () => {
  const next = readUrlState(location.hash);
  select(next.segment);
  view.value = next.view;
  list.value = next.list;
  shown.value = next.show ?? shown.value;
  if (next.camera) theCity()?.map.jumpTo({ center: [next.camera.longitude, next.camera.latitude], zoom: next.camera.zoom });
});

window.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !(event.target instanceof HTMLInputElement)) select(null);
});

/** For end-to-end tests: what the page knows of a street, and what the map paints for it. */
window.cleanstreets = {
  get map() {
    return theCity()?.map ?? null;
  },
  stateOf(segmentId: string) {
    const row = rowById.peek().get(segmentId);
    const state = row ? states.peek()?.at(row.segmentIndex) : null;
    if (!row || !state || !states.peek()) return null;
    const painted = theCity()?.map.getFeatureState({ source: 'streets', sourceLayer: 'segments', id: row.segmentIndex + 1 }) ?? {};
    return { segmentIndex: row.segmentIndex, ...state, letter: letterOf(state.grade), painted, expected: paintStateOf(states.peek()!, row.segmentIndex, serverNow()) };
  },
};

declare global {
  interface Window {
    cleanstreets: { readonly map: unknown; stateOf(segmentId: string): object | null };
  }
}

render(<App />, document.getElementById('app')!);
void start();
