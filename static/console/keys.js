// The keyboard: Ctrl+K palette, / search, j k move, enter opens, x picks, s e c decide, r resends, ? shows the list.
import { trouble } from './controls.js';

let selected = '';

const rows = () => [...document.querySelectorAll('[data-row]')];
const row = () => document.getElementById(selected);
const place = () => document.querySelector('[data-order] .big-acts, .several:not([hidden])') ?? row();

function move(step) {
  const all = rows();
  if (all.length) { select(all[Math.max(0, Math.min(all.length - 1, all.indexOf(row()) + step))]); return; }
  const lines = [...document.querySelectorAll('.timeline summary')].filter((one) => one.offsetParent);
  lines[Math.max(0, Math.min(lines.length - 1, lines.indexOf(document.activeElement) + step))]?.focus();
}

function select(next) {
  for (const one of document.querySelectorAll('.at')) one.classList.remove('at');
  selected = next.id;
  next.classList.add('at');
  next.querySelector('.open').focus({ preventScroll: true });
  next.scrollIntoView({ block: 'nearest' });
}

const press = (selector) => place()?.querySelector(selector)?.click();

const pick = (shiftKey) => row()?.querySelector('[data-pick]')?.dispatchEvent(new MouseEvent('click', { bubbles: true, shiftKey }));

const KEYS = {
  '/': () => (document.getElementById('find') ?? document.getElementById('search')).select(),
  '?': () => document.getElementById('shortcuts').showModal(),
  j: () => move(1),
  k: () => move(-1),
  s: () => press('form.acts [value="success"]'),
  e: () => press('form.acts [value="error"], form.acts [value="change"]'),
  c: () => press('form.acts [value="cancel"], form.acts [value="close"]'),
  x: () => pick(false),
  X: () => pick(true),
  r: () => press('[data-resend]'),
};

/** The palette is shown at once, so that what is typed next lands in it and decides nothing; then it is loaded. */
function palette() {
  const dialog = document.getElementById('palette');
  if (dialog.open) { dialog.close(); return; }
  dialog.querySelector('input').value = '';
  dialog.showModal();
  import('./palette.js').then((module) => module.fill()).catch((error) => { dialog.close(); trouble(error); });
}

document.addEventListener('click', (event) => { if (event.target.closest('[data-palette]')) palette(); });

document.addEventListener('keydown', (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'k') {
    event.preventDefault();
    palette();
    return;
  }
  if (event.key === 'Escape' && event.target.matches('#find, #search')) { event.target.blur(); return; }
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, textarea, select, dialog, [popover]')) return;
  if (event.key === 'Enter' && event.target === document.body && row()) { row().querySelector('.open').click(); return; }
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
document.addEventListener('focusin', (event) => {
  const within = event.target.closest('[data-row]');
  if (within && within.id !== selected) {
    for (const one of document.querySelectorAll('.at')) one.classList.remove('at');
    selected = within.id;
    within.classList.add('at');
  }
});
