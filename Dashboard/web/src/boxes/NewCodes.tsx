import { useState } from 'preact/hooks';
import { api } from '../shared/api';
import type { BoxCode } from '../shared/contract';
import { when } from '../shared/format';
import { wantedBoxes } from './words';

interface Props {
  readonly busy: boolean;
  readonly now: number;
  readonly onChange: (work: () => Promise<unknown>, done: string) => void;
}

/** Codes for one box or for a pasted list, shown once, to be printed. */
export function NewCodes({ busy, now, onChange }: Props) {
  const [text, setText] = useState('');
  const [codes, setCodes] = useState<readonly BoxCode[]>([]);
  const boxes = wantedBoxes(text);
  return (
    <details class="box new-codes">
      <summary data-testid="new-codes">New codes</summary>
      <form onSubmit={(event) => { event.preventDefault(); if (boxes) onChange(async () => { setCodes((await api.boxCodes(boxes)).codes); setText(''); }, 'The codes are shown once: print them or write them down.'); }}>
        <label class="field"><span>One line a box: box,truck</span><textarea rows={4} value={text} placeholder={'box-8831,truck-017'} data-testid="code-lines" onInput={(event) => setText(event.currentTarget.value)} /></label>
        <button type="submit" class="button button-primary" disabled={busy || boxes === null} data-testid="make-codes">Make {boxes && boxes.length > 1 ? `${boxes.length} codes` : 'a code'}</button>
      </form>
      {codes.length > 0 && (
        <div class="scroll-x">
          <table class="data-table">
            <thead><tr><th scope="col">Box</th><th scope="col">Truck</th><th scope="col">Code</th><th scope="col">Good until</th></tr></thead>
            <tbody>{codes.map((code) => <tr key={code.deviceId}><td>{code.deviceId}</td><td>{code.truckId ?? '–'}</td><td><code data-testid="code">{code.code}</code></td><td>{when(code.endsAt, now)}</td></tr>)}</tbody>
          </table>
        </div>
      )}
    </details>
  );
}
