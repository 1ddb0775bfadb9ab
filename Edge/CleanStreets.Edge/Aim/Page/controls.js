// Sliders with big buttons: the number is live, a button repeats while it is held.
'use strict';

const Controls = {
  /** Makes a slider. `form` says how a value reads; `change` hears it while it moves. */
  slider({ id, label, min, max, step, nudge, form, change }) {
    const root = document.createElement('div');
    root.className = 'slider';
    root.innerHTML = '<div class="top"><span></span><output></output></div><div class="row"><button type="button" aria-label="less">−</button><input type="range"><button type="button" aria-label="more">+</button></div>';
    const [less, more] = root.querySelectorAll('button');
    const range = root.querySelector('input');
    const output = root.querySelector('output');
    root.querySelector('span').textContent = label;
    Object.assign(range, { min, max, step });
    range.setAttribute('aria-label', label);
    range.dataset.testid = id;
    output.dataset.testid = id + '-value';
    less.dataset.testid = id + '-less';
    more.dataset.testid = id + '-more';
    let value = min;
    const show = () => { output.textContent = form(value); };
    const set = (to, isOwn) => {
      value = Math.min(max, Math.max(min, Math.round(to / step) * step));
      value = Number(value.toFixed(4));
      range.value = value;
      show();
      if (isOwn) change(value);
    };
    range.addEventListener('input', () => set(Number(range.value), true));
    Controls.hold(less, () => set(value - nudge, true));
    Controls.hold(more, () => set(value + nudge, true));
    return {
      root,
      get value() { return value; },
      isTouched: () => document.activeElement === range && range.matches(':active'),
      /** Takes what the box says; a value between two steps is shown as it is. */
      take(to) { value = to; range.value = to; show(); },
    };
  },

  /** Does something at each press, and again and again while it is held. */
  hold(button, act) {
    let timer = 0;
    const stop = () => { clearTimeout(timer); timer = 0; };
    const again = () => { act(); timer = setTimeout(again, 90); };
    button.addEventListener('pointerdown', event => {
      if (event.button === 0) { act(); timer = setTimeout(again, 450); }
    });
    for (const end of ['pointerup', 'pointerleave', 'pointercancel']) button.addEventListener(end, stop);
    button.addEventListener('click', event => { if (event.detail === 0) act(); }); // The keyboard.
    button.addEventListener('contextmenu', event => event.preventDefault());
  },
};
