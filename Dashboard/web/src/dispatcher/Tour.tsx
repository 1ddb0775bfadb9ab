import { signal } from '@preact/signals';
import { Dialog } from '../shared/ui';
import { kiosk } from './store';

const SEEN_KEY = 'cleanstreets.tour';

const STEPS: readonly { title: string; text: string; picture: 'truck' | 'street' | 'order' | 'verify' }[] = [
  { picture: 'truck', title: 'Watch a truck', text: 'White arrows are trucks with a camera. They drive their rounds and report what they see, every second.' },
  { picture: 'street', title: 'A street gets its colour', text: 'Blue is clean, red is dirty. Grey and dashed means that nobody has looked yet, which is not the same as clean. Click a street to see why, how old and how sure.' },
  { picture: 'order', title: 'A work order appears', text: 'Dirty streets become candidates. The best of them become orders, as many as the crews can do in a day.' },
  { picture: 'verify', title: 'Closed is not fixed', text: 'When a crew says it is done, the order waits. Only a later pass by another truck that sees it clean verifies it.' },
];

/** `?tour=0` leaves it out, for screens nobody stands before. */
const unwanted = kiosk || new URLSearchParams(location.search).get('tour') === '0';
const step = signal<number | null>(unwanted || storedAsSeen() ? null : 0);

export function openTour(): void {
  step.value = 0;
}

function storedAsSeen(): boolean {
  try {
    return localStorage.getItem(SEEN_KEY) === 'seen';
  } catch {
    return true;
  }
}

function close(): void {
  step.value = null;
  try {
    localStorage.setItem(SEEN_KEY, 'seen');
  } catch {
    // Without storage the tour comes again next time; nothing depends on it.
  }
}

export function Tour() {
  if (step.value === null) return null;
  const at = step.value;
  const current = STEPS[at]!;
  return (
    <Dialog label="How CleanStreets works" onClose={close} class="dialog tour" testid="tour">
      <Picture kind={current.picture} />
      <p class="tour-count">{at + 1} of {STEPS.length}</p>
      <h2>{current.title}</h2>
      <p>{current.text}</p>
      <div class="row row-between">
        <button type="button" class="button button-quiet" onClick={close} data-testid="tour-skip">{at === STEPS.length - 1 ? 'Close' : 'Skip'}</button>
        <span class="dots" aria-hidden="true">{STEPS.map((_, index) => <i key={index} class={index === at ? 'on' : ''} />)}</span>
        <button type="button" class="button button-primary" autofocus data-testid="tour-next" onClick={() => (at === STEPS.length - 1 ? close() : (step.value = at + 1))}>
          {at === STEPS.length - 1 ? 'Look at the city' : 'Next'}
        </button>
      </div>
    </Dialog>
  );
}

function Picture({ kind }: { kind: 'truck' | 'street' | 'order' | 'verify' }) {
  return (
    <svg class="tour-picture" viewBox="0 0 320 120" aria-hidden="true">
      <rect width="320" height="120" rx="10" fill="#1b1f24" />
      <g fill="none" stroke-linecap="round" stroke-width="7">
        <path d="M-5 88 H325" stroke={kind === 'truck' ? '#77818d' : kind === 'verify' ? '#2c7bb6' : '#d7191c'} stroke-dasharray={kind === 'truck' ? '9 12' : undefined} />
        <path d="M70 -5 V125" stroke="#abd9e9" />
        <path d="M235 -5 V125" stroke="#ffffbf" />
        <path d="M-5 30 H325" stroke="#2c7bb6" />
      </g>
      {kind !== 'order' && <path d="M150 78 l16 10 l-16 10 l5 -10 z" fill="#fff" stroke="#14171b" stroke-width="2" stroke-linejoin="round" />}
      {kind === 'order' && (
        <g><rect x="112" y="40" width="88" height="40" rx="8" fill="#2b323a" stroke="#a594ff" stroke-width="2" /><path d="M124 54 h44 M124 66 h64" stroke="#dfe6ee" stroke-width="4" stroke-linecap="round" /></g>
      )}
      {kind === 'verify' && <g><circle cx="158" cy="52" r="17" fill="#a594ff" /><path d="M150 52 l6 6 l11 -12" stroke="#14171b" stroke-width="3.6" fill="none" stroke-linecap="round" stroke-linejoin="round" /></g>}
    </svg>
  );
}
