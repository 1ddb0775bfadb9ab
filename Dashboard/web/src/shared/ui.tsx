import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Order } from './contract';
import type { Connection } from './live';
import { colourOf, inkOn, wordOf, type Letter } from './grades';
import { ago, when } from './format';
import { stateWords } from './orderStates';

/** The letter on its colour; never the colour alone. */
export function GradeBadge({ letter, size = 'm', testid }: { letter: Letter | null; size?: 's' | 'm' | 'xl'; testid?: string }) {
  const colour = colourOf(letter);
  const seen = letter !== null;
  return (
    <span
      class={`grade grade-${size}${seen ? '' : ' grade-none'}`}
      style={seen ? { backgroundColor: colour, color: inkOn(colour) } : {}}
      title={wordOf(letter)}
      data-testid={testid}
      data-letter={letter ?? 'none'}
    >
      {letter ?? '?'}
      <span class="sr-only"> {wordOf(letter)}</span>
    </span>
  );
}

export function asLetter(text: string | undefined): Letter | null {
  return text && 'ABCDE'.includes(text) && text.length === 1 ? (text as Letter) : null;
}

export function StateChip({ order }: { order: Pick<Order, 'state' | 'timesReopened'> }) {
  const words = stateWords(order);
  return <span class={`chip chip-${words.tone}`} data-testid="order-state" data-state={order.state} title={words.meaning}>{words.label}</span>;
}

const PILL: Record<Connection, string> = {
  connecting: 'Connecting', live: 'Live', reconnecting: 'Reconnecting', stale: 'Stale', away: 'City away',
};

/** Says whether what stands on the screen is of now, and since when not. */
export function ConnectionPill({ state, detail, heardAtMs }: { state: Connection; detail: string; heardAtMs: number }) {
  const since = state === 'live' || state === 'connecting' ? '' : ` since ${when(new Date(heardAtMs).toISOString(), Date.now())}`;
  return (
    <span class={`pill pill-${state}`} role="status" title={detail} data-testid="connection" data-state={state}>
      <span class="pill-dot" aria-hidden="true" />
      {PILL[state]}{since}
    </span>
  );
}

export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
      <rect x="1" y="1" width="30" height="30" rx="8" fill="#262d35" />
      <path d="M8 24 L13 8" stroke="#abd9e9" stroke-width="3.2" stroke-linecap="round" fill="none" />
      <path d="M24 24 L19 8" stroke="#fdae61" stroke-width="3.2" stroke-linecap="round" fill="none" />
      <path d="M16 24 v-3.4 M16 16.6 v-2.4 M16 10.4 v-1.6" stroke="#ffffff" stroke-width="2" stroke-linecap="round" fill="none" />
    </svg>
  );
}

export function IconButton(props: { label: string; onClick: () => void; testid?: string; children: ComponentChildren; class?: string }) {
  return (
    <button type="button" class={`icon-button ${props.class ?? ''}`} aria-label={props.label} title={props.label} onClick={props.onClick} data-testid={props.testid}>
      {props.children}
    </button>
  );
}

export function Cross() {
  return (
    <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d="M3.5 3.5 L12.5 12.5 M12.5 3.5 L3.5 12.5" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" />
    </svg>
  );
}

export function Age({ seconds }: { seconds: number | null }) {
  return <span class="age">{seconds === null ? 'never' : ago(seconds)}</span>;
}

/** A dialog that takes the focus, gives it back, and closes on Escape. */
export function Dialog(props: { label: string; onClose: () => void; children: ComponentChildren; class?: string; testid?: string }) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = box.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog ref={box} class={props.class ?? 'dialog'} aria-label={props.label} data-testid={props.testid}
      onCancel={(event) => { event.preventDefault(); props.onClose(); }}>
      {props.children}
    </dialog>
  );
}
