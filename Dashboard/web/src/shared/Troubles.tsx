import type { Trouble } from './truckTroubles';

/** What somebody has to look after, each with its sentence. */
export function Troubles({ troubles }: { troubles: readonly Trouble[] }) {
  return (
    <ul class="troubles" data-testid="troubles">
      {troubles.map((trouble) => <li key={trouble.label}><span class={`chip chip-${trouble.tone}`}>{trouble.label}</span> {trouble.detail}</li>)}
    </ul>
  );
}
