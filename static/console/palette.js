// The command palette: what stands ready is fetched once when it opens, orders, refunds and transfers as one types.
// `keys.js` shows it, before this is loaded.
import { trouble } from './controls.js';

const PAUSE = 120; // ms after the last key before the sandbox is asked
const SHOWN = 12;
const palette = document.getElementById('palette');
const input = palette.querySelector('input');
const list = palette.querySelector('[role=listbox]');
const said = palette.querySelector('[role=status]');
const groups = Object.fromEntries(palette.dataset.groups.split('|').filter(Boolean).map((one) => one.split('=')));
let ready = [];
let found = [];
let chosen = 0;
let timer = 0;
let asked = 0;

const ask = async (query) => {
  const address = new URL(palette.dataset.source, location.href);
  if (query) address.searchParams.set('q', query);
  const answer = await fetch(address, { headers: { Accept: 'application/json' } });
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.json();
};

/** Fill it, which is open already; something may have been typed by now. */
export async function fill() {
  found = [];
  chosen = 0;
  show();
  look().catch(() => {});
  try { ready = await ask(''); } catch (error) { palette.close(); trouble(error); return; }
  show();
}

/** What can be done on this very page: its large buttons, and those for the chosen orders. */
const here = () => [...document.querySelectorAll('.big-acts button:not([type=button]), .several:not([hidden]) button')]
  .map((button) => ({ kind: 'here', title: button.firstChild.textContent.trim(), also: '', button }));

/** How well a text fits what was typed: 0 not at all; the letters in order suffice, together and at a beginning are best. */
function fit(text, typed) {
  const at = text.indexOf(typed);
  if (at === 0) return 100;
  if (at > 0) return /[\s\-_/:：（(]/.test(text[at - 1]) ? 90 : 70;
  let from = 0;
  let gaps = 0;
  for (const letter of typed) {
    const next = text.indexOf(letter, from);
    if (next < 0) return 0;
    gaps += next - from;
    from = next + 1;
  }
  return Math.max(1, 50 - gaps);
}

function score(entry, terms) {
  let sum = 0;
  for (const term of terms) {
    const best = Math.max(fit(entry.title.toLowerCase(), term), fit(entry.also?.toLowerCase() ?? '', term) * 0.8);
    if (!best) return 0;
    sum += best;
  }
  return sum;
}

function matching() {
  const terms = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  const all = [...here(), ...ready.filter(({ press }) => !press || document.querySelector(press))];
  if (!terms.length) return all.slice(0, SHOWN);
  const known = new Set(found.map(({ href }) => href));
  const scored = all.filter(({ href }) => !href || !known.has(href)).map((entry) => [score(entry, terms), entry]);
  const best = scored.filter(([points]) => points).sort(([a], [b]) => b - a).map(([, entry]) => entry);
  return [...found, ...best].slice(0, SHOWN);
}

function show() {
  const entries = matching();
  chosen = Math.min(chosen, Math.max(0, entries.length - 1));
  list.replaceChildren(...entries.map(line));
  said.textContent = entries.length ? palette.dataset.found.replace('%', entries.length) : ready.length ? palette.dataset.nothing : '';
  mark();
}

function line(entry, n) {
  const item = document.createElement('li');
  item.id = `palette-${n}`;
  item.role = 'option';
  item.entry = entry;
  const title = document.createElement('span');
  const group = document.createElement('small');
  title.textContent = entry.title;
  group.textContent = [groups[entry.kind], ['order', 'merchant', 'refund', 'transfer'].includes(entry.kind) ? entry.also : ''].filter(Boolean).join(' · ');
  item.append(title, group);
  return item;
}

function mark() {
  [...list.children].forEach((item, n) => item.setAttribute('aria-selected', n === chosen));
  const item = list.children[chosen];
  if (item) input.setAttribute('aria-activedescendant', item.id); else input.removeAttribute('aria-activedescendant');
  item?.scrollIntoView({ block: 'nearest' });
}

function run(entry) {
  palette.close();
  if (entry.href) location.assign(entry.href);
  else if (entry.post) window.htmx.ajax('POST', entry.post, { values: entry.values, target: '#said', swap: 'afterbegin' });
  else (entry.button ?? document.querySelector(entry.press)).click();
}

async function look() {
  const mine = ++asked;
  const typed = input.value.trim();
  const answer = typed.length > 1 ? await ask(typed) : [];
  if (mine !== asked) return;
  found = answer;
  show();
}

input.addEventListener('input', () => {
  chosen = 0;
  clearTimeout(timer);
  timer = setTimeout(() => look().catch(() => {}), PAUSE);
  show();
});
input.addEventListener('keydown', (event) => {
  const last = list.children.length - 1;
  const to = { ArrowDown: chosen >= last ? 0 : chosen + 1, ArrowUp: chosen ? chosen - 1 : last }[event.key];
  if (to !== undefined) { event.preventDefault(); chosen = to; mark(); }
  if (event.key === 'Enter' && !event.isComposing && list.children[chosen]) { event.preventDefault(); run(list.children[chosen].entry); }
});
list.addEventListener('click', (event) => { if (event.target.closest('li')) run(event.target.closest('li').entry); });
palette.addEventListener('click', (event) => { if (event.target === palette) palette.close(); });
