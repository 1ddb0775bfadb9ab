// The page of `edge aim`. The box works everything out and draws; this shows it and says what was touched.
'use strict';

const $ = id => document.getElementById(id);
const Every = 500;
const Silent = 4000;

let state = null;
let heardAt = 0;
let shown = 0;
let mark = null;        // The place being marked, in shares of the picture; null: the picture is live.
let metres = 5;         // Its distance; null: the horizon.
let waiting = false;
let wish = null;        // What the sliders want and the box has not been told.
let polling = 0;
let changes = 0;        // Begun and ended: what was asked while one was on its way shows what was before.

// ---- talking to the box

async function ask(path, body) {
  const options = body === undefined ? {} : { method: 'POST', headers: { 'X-Aim': '1', 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  const answer = await fetch(path, { ...options, cache: 'no-store', signal: AbortSignal.timeout(8000) });
  if (answer.status === 204) return null;
  const said = await answer.json();
  if (answer.ok) return said;
  if (answer.status === 401) showDoor();
  throw Object.assign(new Error(said.error), { wait: said.waitSeconds, status: answer.status });
}

async function change(path, body = {}) {
  changes++;
  try {
    take(await ask(path, body));
    return true;
  } catch (fault) {
    say(fault.status ? fault.message : 'The box does not answer: stay near it, and try again.');
    return false;
  } finally {
    changes++;
  }
}

async function poll() {
  try {
    if (!waiting) {
      const before = changes;
      const said = await ask('/api/state');
      if (before === changes) take(said);
    }
  } catch (fault) {
    if (fault.status === 401) return;
  }
  pill();
  polling = setTimeout(poll, Every);
}

/** Sliders move faster than a request: the newest wish goes when the one before has been answered. */
async function want(part) {
  wish = { ...wish, ...part };
  if (waiting) return;
  waiting = true;
  while (wish) {
    const now = wish;
    wish = null;
    await change('/api/mounting', now);
  }
  waiting = false;
}

let sayTimer = 0;
function say(text) {
  $('said').textContent = text;
  $('said').hidden = false;
  clearTimeout(sayTimer);
  sayTimer = setTimeout(() => { $('said').hidden = true; }, 6000);
}

// ---- the door

function showDoor() {
  clearTimeout(polling);
  $('app').hidden = true;
  $('door').hidden = false;
}

async function enter(code) {
  try {
    await ask('/api/enter', { code });
    $('door').hidden = true;
    $('app').hidden = false;
    poll();
  } catch (fault) {
    $('door-said').textContent = fault.status ? fault.message : 'The box does not answer.';
  }
}

// ---- what is shown

function take(next) {
  if (!next) return;
  state = next;
  heardAt = performance.now();
  document.title = `${state.isRight ? '✓' : '✗'} ${state.truck || state.camera} – aim`;
  $('truck').textContent = state.truck || 'Camera';
  $('camera').textContent = state.camera;
  const { width, height, number, withheld } = state.picture;
  const stage = $('stage');
  stage.style.aspectRatio = `${width} / ${height}`;
  $('overlay').setAttribute('viewBox', `0 0 ${width} ${height}`);
  $('aim-cross').setAttribute('viewBox', `0 0 ${width} ${height}`);
  if ($('overlay').innerHTML !== state.overlay) $('overlay').innerHTML = state.overlay; // Ours: numbers and fixed words.
  if (!mark) {
    $('withheld').hidden = !withheld;
    $('withheld').textContent = withheld || '';
    if (withheld) $('picture').hidden = true;
    else if (number !== shown) load(number);
  }
  showChecks();
  showMarks();
  showSliders();
  showAccept();
  pill();
}

function load(number) {
  const next = new Image();
  next.onload = () => {
    if (mark) return; // Frozen while somebody marks.
    next.id = 'picture';
    next.alt = $('picture').alt;
    next.dataset.testid = 'picture';
    next.dataset.number = number;
    $('picture').replaceWith(next);
  };
  next.src = `/picture.jpg?n=${number}`;
  shown = number;
}

function pill() {
  const quiet = performance.now() - heardAt;
  const live = $('live');
  live.className = 'pill';
  if (quiet > Silent) { live.textContent = `no answer for ${Math.round(quiet / 1000)} s`; live.classList.add('bad'); }
  else if (mark) live.textContent = 'frozen to mark';
  else if (state && state.picture.withheld) { live.textContent = 'no picture'; live.classList.add('bad'); }
  else { live.textContent = 'live, masked'; live.classList.add('ok'); }
}

const Names = { left: 'Left kerb', right: 'Right kerb', masks: 'Privacy' };

function showChecks() {
  const failed = state.checks.filter(check => check.verdict === 'Fail');
  $('verdict').textContent = state.isRight ? '✓ All right: accept it' : `✗ ${failed.length} ${failed.length === 1 ? 'thing' : 'things'} to mend`;
  $('verdict').className = state.isRight ? 'good' : '';
  const order = [...failed, ...state.checks.filter(check => check.verdict !== 'Fail')];
  list($('checks'), order.map(check => {
    const item = document.createElement('li');
    item.className = check.verdict.toLowerCase();
    item.dataset.part = check.part;
    item.append(part('span', 'sign', check.verdict === 'Ok' ? '✓' : check.verdict === 'Fail' ? '✗' : '–'));
    const text = part('div', '', '');
    text.append(part('b', '', Names[check.part] || check.part), ` – ${check.said}`);
    item.append(text);
    if (check.fix) item.append(part('div', 'fix', check.fix));
    return item;
  }));
}

function showMarks() {
  list($('marks'), state.marks.map(it => {
    const item = document.createElement('li');
    const has = it.computedMetres !== undefined && it.computedMetres < 1000;
    item.append(part('b', '', it.distanceMetres === undefined ? 'Horizon' : `${metre(it.distanceMetres, 1)} m`));
    if (it.distanceMetres !== undefined) {
      const off = has ? it.computedMetres - it.distanceMetres : NaN;
      item.append(part('span', Math.abs(off) <= Math.max(.3, it.distanceMetres * .05) ? '' : 'off', has ? `as set: ${metre(it.computedMetres, 2)} m (${off >= 0 ? '+' : '−'}${metre(Math.abs(off), 2)})` : 'as set: in the sky'));
    }
    return item;
  }));
  $('marks-remove').hidden = state.marks.length === 0;
  $('measure-how').hidden = state.marks.length > 1 || !!mark;
  const fit = state.measured;
  $('measured').hidden = !fit;
  if (fit) {
    const height = fit.isHeightMeasured ? `height ${metre(fit.heightMetres, 2)} m ± ${metre(fit.heightWithinMetres, 2)}` : `height as set, ${metre(fit.heightMetres, 2)} m`;
    const roll = fit.isRollMeasured ? `, roll ${degrees(fit.rollDegrees)}` : '';
    const residual = fit.residualPixels > 0 ? `; marks fit to ${fit.residualPixels.toFixed(1)} pixels` : fit.isHeightMeasured ? '; a third mark would check it' : '; a second cone would tell the height';
    $('measured-said').textContent = `Pitch ${degrees(fit.pitchDegrees)} ± ${fit.pitchWithinDegrees.toFixed(1)}, ${height}${roll}${residual}`;
  }
}

function list(into, items) {
  const html = items.map(item => item.outerHTML).join('');
  if (into.dataset.was !== html) { // A list that has not changed is left alone: a screen reader would say it anew.
    into.replaceChildren(...items);
    into.dataset.was = html;
  }
}

function part(tag, name, text) {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}

const metre = (value, digits) => value.toFixed(digits);
const degrees = value => `${value < 0 ? '−' : ''}${Math.abs(value).toFixed(1)}°`;
const aside = value => value === 0 ? '0 m' : `${Math.abs(value).toFixed(2)} m ${value > 0 ? 'right' : 'left'}`;
const kerb = value => value < 1 ? 'not this camera' : `${value.toFixed(1)} m`;

// ---- sliders

const sliders = {};
function makeSlider(into, key, options) {
  sliders[key] = Controls.slider({ id: key, ...options, change: value => want({ [key]: options.wanted ? options.wanted(value) : value }) });
  into.append(sliders[key].root);
}
makeSlider($('sliders'), 'pitchDegrees', { label: 'Pitch down', min: -10, max: 80, step: .1, nudge: .5, form: degrees });
makeSlider($('sliders'), 'heightMetres', { label: 'Height of the lens', min: .5, max: 4, step: .01, nudge: .02, form: value => `${value.toFixed(2)} m` });
makeSlider($('sliders'), 'rollDegrees', { label: 'Roll clockwise', min: -15, max: 15, step: .1, nudge: .2, form: degrees });
makeSlider($('sliders'), 'yawDegrees', { label: 'Looks to the side', min: -120, max: 120, step: 1, nudge: 1, form: value => value === 0 ? 'straight ahead' : `${Math.abs(value).toFixed(0)}° ${value > 0 ? 'right' : 'left'}` });
makeSlider($('more'), 'rightMetres', { label: 'Lens from the truck’s middle', min: -1.5, max: 1.5, step: .05, nudge: .05, form: aside });
makeSlider($('more'), 'horizontalFieldOfViewDegrees', { label: 'Field of view', min: 30, max: 140, step: 1, nudge: 1, form: value => `${value.toFixed(0)}°` });
makeSlider($('more'), 'leftKerbMetres', { label: 'Left kerb from the middle', min: .5, max: 10, step: .5, nudge: .5, form: kerb, wanted: value => value < 1 ? 0 : value });
makeSlider($('more'), 'rightKerbMetres', { label: 'Right kerb from the middle', min: .5, max: 10, step: .5, nudge: .5, form: kerb, wanted: value => value < 1 ? 0 : value });
makeSlider($('more'), 'bodyBelow', { label: 'Own truck begins', min: .4, max: 1, step: .01, nudge: .01, form: value => value >= 1 ? 'not in the picture' : `${Math.round(value * 100)} % down` });

function showSliders() {
  for (const [key, slider] of Object.entries(sliders)) {
    const value = state.mounting[key];
    if (value !== undefined && !waiting && !wish && !slider.isTouched()) slider.take(key.endsWith('KerbMetres') && value === 0 ? .5 : value);
  }
}

// ---- marking

$('stage').addEventListener('click', event => {
  if (event.target.closest('button') || !state) return;
  if (tab !== 'measure') { if (tab === 'check') open('measure'); else return; }
  const place = $('stage').getBoundingClientRect();
  mark = { x: (event.clientX - place.left) / place.width, y: (event.clientY - place.top) / place.height };
  const used = state.marks.map(it => it.distanceMetres);
  if (metres !== null && used.includes(metres)) choose(used.includes(5) ? 10 : 5);
  showMarking();
});

function showMarking() {
  $('marking').hidden = !mark;
  $('aim-cross').hidden = !mark;
  if (state) { $('measure-how').hidden = state.marks.length > 1 || !!mark; pill(); }
  if (!mark) return;
  const { width, height } = state.picture;
  const [x, y, arm] = [mark.x * width, mark.y * height, width / 30];
  const lines = `M${x - arm} ${y}H${x + arm}M${x} ${y - arm}V${y + arm}`;
  const [casing, line] = $('aim-cross').querySelectorAll('path');
  for (const [path, colour, thick] of [[casing, '#000', 220], [line, '#ff0', 440]]) {
    path.setAttribute('d', lines);
    path.setAttribute('stroke', colour);
    path.setAttribute('stroke-width', width / thick);
  }
  const loupe = $('loupe');
  const pen = loupe.getContext('2d');
  const across = width / 8; // Eight times nearer than the picture.
  const down = across * loupe.height / loupe.width;
  pen.fillStyle = '#808080';
  pen.fillRect(0, 0, loupe.width, loupe.height);
  const picture = $('picture');
  const zoom = loupe.width / across;
  if (!picture.hidden && picture.naturalWidth) {
    pen.imageSmoothingEnabled = false;
    const scale = picture.naturalWidth / width;
    pen.drawImage(picture, (x - across / 2) * scale, (y - down / 2) * scale, across * scale, down * scale, 0, 0, loupe.width, loupe.height);
  }
  for (const [colour, thick] of [['#000', 6], ['#ff0', 2]]) {
    pen.strokeStyle = colour;
    pen.lineWidth = thick;
    pen.beginPath();
    pen.moveTo(0, loupe.height / 2); pen.lineTo(loupe.width, loupe.height / 2);
    pen.moveTo(loupe.width / 2, 0); pen.lineTo(loupe.width / 2, loupe.height);
    pen.stroke();
  }
  loupe.dataset.zoom = zoom;
}

for (const button of document.querySelectorAll('[data-move]')) {
  const [x, y] = button.dataset.move.split(',').map(Number);
  Controls.hold(button, () => {
    if (!mark) return;
    mark = { x: Math.min(1, Math.max(0, mark.x + x / state.picture.width)), y: Math.min(1, Math.max(0, mark.y + y / state.picture.height)) };
    showMarking();
  });
}

const other = Controls.slider({ id: 'otherMetres', label: 'Distance from under the lens', min: 1, max: 30, step: .1, nudge: .1, form: value => `${value.toFixed(1)} m`, change: value => { metres = value; } });
$('other').append(other.root);
other.take(7);

function choose(value) {
  metres = value;
  const isOther = value !== null && value !== 5 && value !== 10;
  $('other').hidden = !isOther;
  for (const button of $('distances').children) {
    const its = button.dataset.metres;
    button.setAttribute('aria-pressed', its === (value === null ? 'horizon' : isOther ? 'other' : String(value)));
  }
}
$('distances').addEventListener('click', event => {
  const its = event.target.dataset.metres;
  if (its) choose(its === 'horizon' ? null : its === 'other' ? other.value : Number(its));
});
choose(5);

function endMarking() { mark = null; shown = 0; showMarking(); }
$('mark-cancel').addEventListener('click', endMarking);
$('mark-set').addEventListener('click', async () => {
  const set = { ...mark, ...(metres === null ? {} : { distanceMetres: Number(metres.toFixed(2)) }) };
  if (await change('/api/marks', set)) endMarking();
});
$('mark-undo').addEventListener('click', () => change('/api/marks/undo'));
$('mark-clear').addEventListener('click', () => change('/api/marks/clear'));
$('use-measured').addEventListener('click', () => change('/api/measured'));

// ---- accepting

function showAccept() {
  const open = state.checks.filter(check => check.verdict === 'Fail').length;
  $('accept-how').textContent = state.isRight
    ? 'All checks are right. Your name, the settings and the masked picture go on the sheet.'
    : `${open} ${open === 1 ? 'check is' : 'checks are'} not right. It can be accepted all the same: the sheet says so, and why.`;
  $('remark-field').hidden = state.isRight;
  $('remark').required = !state.isRight;
  $('accept-go').textContent = state.isRight ? 'Accept' : 'Accept with open points';
  $('accept-go').className = `big go${state.isRight ? ' good' : ''}`;
  const sheet = state.sheet;
  $('accepted').hidden = !sheet;
  if (sheet) {
    $('accepted-said').textContent = `Accepted as ${sheet.calibrationId}${sheet.isInForce ? '' : ' – changed since, accept again'}. ${sheet.next}`;
    $('sheet-save').download = `${sheet.calibrationId}.html`;
  }
}

$('accept').addEventListener('submit', async event => {
  event.preventDefault();
  $('accept-go').disabled = true;
  await change('/api/accept', { technician: $('technician').value.trim(), ...($('remark-field').hidden ? {} : { remark: $('remark').value.trim() }) });
  $('accept-go').disabled = false;
});

// ---- tabs, lines, the start

let tab = 'check';
function open(name) {
  tab = name;
  for (const button of document.querySelectorAll('[data-tab]')) button.setAttribute('aria-selected', button.dataset.tab === name);
  for (const panel of document.querySelectorAll('[data-panel]')) panel.hidden = panel.dataset.panel !== name;
  if (name !== 'measure' && mark) endMarking();
}
document.querySelector('nav').addEventListener('click', event => { if (event.target.dataset.tab) open(event.target.dataset.tab); });
open('check');

$('lines').addEventListener('click', () => {
  const on = $('lines').getAttribute('aria-pressed') !== 'true';
  $('lines').setAttribute('aria-pressed', on);
  $('overlay').style.visibility = on ? '' : 'hidden';
});

$('door').addEventListener('submit', event => { event.preventDefault(); enter($('code').value); });

(async () => {
  const given = location.hash.slice(1);
  history.replaceState(null, '', location.pathname); // The code is good once, and has no business in the history.
  const isIn = await ask('/api/enter').then(answer => answer.isIn, () => false);
  if (isIn) {
    $('app').hidden = false;
    poll();
  } else {
    showDoor();
    if (/^\d{8}$/.test(given)) enter(given);
  }
})();
