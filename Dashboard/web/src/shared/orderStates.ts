import type { Order, Outcome } from './contract';

export type Tone = 'neutral' | 'busy' | 'wait' | 'good' | 'bad';

export interface StateWords {
  readonly label: string;
  readonly tone: Tone;
  /** What it means, in one sentence for the crew. */
  readonly meaning: string;
}

const STATES: Record<string, StateWords> = {
  open: { label: 'Open', tone: 'neutral', meaning: 'New on your list: accept it when you plan to go.' },
  accepted: { label: 'Accepted', tone: 'busy', meaning: 'On your list: start it when you are there.' },
  in_progress: { label: 'In progress', tone: 'busy', meaning: 'You are on it. End it with what you found.' },
  done: { label: 'Done, to verify', tone: 'wait', meaning: 'Waiting for a truck to verify: the next pass of another vehicle looks at the street.' },
  not_cleaned: { label: 'Not cleaned', tone: 'bad', meaning: 'It could not be cleaned; the dispatcher decides what follows.' },
  verified: { label: 'Verified', tone: 'good', meaning: 'A later pass saw the street clean. Well done.' },
  cancelled: { label: 'Cancelled', tone: 'neutral', meaning: 'The dispatcher took it off the list.' },
};

const REOPENED: StateWords = {
  label: 'Reopened', tone: 'bad', meaning: 'A truck saw the same dirt again soon after, so the order is open again.',
};

/** Words for an order's state; a state we do not know is shown as it came. */
export function stateWords(order: Pick<Order, 'state' | 'timesReopened'>): StateWords {
  if (order.state === 'open' && (order.timesReopened ?? 0) > 0) return REOPENED;
  return STATES[order.state] ?? { label: order.state.replaceAll('_', ' '), tone: 'neutral', meaning: '' };
}

const CLOSED = new Set(['verified', 'cancelled', 'not_cleaned']);

/** Whether somebody still has to do something: the crew, or a truck that verifies. */
export function isOpen(order: Pick<Order, 'state'>): boolean {
  return !CLOSED.has(order.state);
}

export const OUTCOMES: readonly { outcome: Outcome; label: string; hint: string }[] = [
  { outcome: 'collected', label: 'Collected', hint: 'It was there and is gone now' },
  { outcome: 'gone_on_arrival', label: 'Gone on arrival', hint: 'Nothing there any more' },
  { outcome: 'blocked', label: 'Blocked', hint: 'Parked cars, works, a locked gate' },
  { outcome: 'no_access', label: 'No access', hint: 'Could not reach the street' },
  { outcome: 'unsafe', label: 'Unsafe', hint: 'Needles, traffic, a threat' },
  { outcome: 'referred', label: 'Referred', hint: 'Somebody else must do this' },
];

export function outcomeLabel(outcome: string | undefined): string {
  return OUTCOMES.find((item) => item.outcome === outcome)?.label ?? outcome?.replaceAll('_', ' ') ?? '';
}

/** What an action that has not been sent yet will make of an order, so that the phone shows it at once. */
export function expectedState(kind: string, outcome: Outcome | undefined): string | null {
  if (kind === 'accept') return 'accepted';
  if (kind === 'start') return 'in_progress';
  if (kind !== 'end') return null;
  return outcome === 'collected' || outcome === 'gone_on_arrival' ? 'done' : 'not_cleaned';
}
