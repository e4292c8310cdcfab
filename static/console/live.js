// Pages look again when the sandbox says that something changed, and take over what is new without losing their place:
// filters, focus, scroll position and opened details stay.
import { renewed } from './times.js';

const PARTS = ['top', 'main'];
const QUIET = 150;      // ms between two looks, at least
const LEAVING = 3000;   // ms that a page which is being left does not look; a download leaves too, and stays
const HAND = 5000;      // ms after which a pointer that rests holds nothing
const SILENCE = 40000;  // ms without a beat: the stream is dead
const hooks = [];
const refreshed = { busy: false, again: false, timer: 0, cost: 0 };
let source = null;
let tries = 0;
let version = '';
let watchdog = 0;
let lostTimer = 0;
let stillUntil = 0;

/** Have something done after each look. */
export function afterwards(hook) {
  hooks.push(hook);
}

/** Fetch this address again and take over what differs. */
export async function refresh() {
  if (refreshed.busy) { refreshed.again = true; return; }
  refreshed.busy = true;
  clearTimeout(refreshed.timer);
  refreshed.timer = 0;
  const address = location.href;
  const began = performance.now();
  try {
    const answer = await fetch(location.pathname + location.search, { headers: { Accept: 'text/html' } });
    if (answer.redirected && new URL(answer.url).pathname.endsWith('/login')) { location.reload(); return; }
    const text = await answer.text();
    if (address === location.href) take(new DOMParser().parseFromString(text, 'text/html'));
    else refreshed.again = true;
  } catch { /* the bar for a lost connection says it */ } finally {
    refreshed.busy = false;
    refreshed.cost = performance.now() - began;
    if (refreshed.again) { refreshed.again = false; soon(); }
  }
}

/** Go to another address of the same page. */
export function visit(address, { replace = false } = {}) {
  history[replace ? 'replaceState' : 'pushState'](null, '', address);
  document.body.dataset.visited = '1';
  refresh();
}

function soon() {
  clearTimeout(refreshed.timer);
  refreshed.timer = setTimeout(refresh, Math.max(QUIET, refreshed.cost * 3, stillUntil - performance.now()));
}

// -- taking over ------------------------------------------------------------------------------------------------------

function take(fresh) {
  if (!fresh.getElementById('main')) return;
  const known = new Set([...document.querySelectorAll('[data-row]')].map((row) => row.id));
  const visited = document.body.dataset.visited;
  delete document.body.dataset.visited;
  const hold = visited ? () => {} : anchored();
  // Idiomorph leaves alone all that is inside of what has the focus; main has it when one clicks on plain text.
  const ignoreActiveValue = Boolean(document.activeElement?.matches('input, textarea, select'));
  for (const id of PARTS) {
    const old = document.getElementById(id);
    const next = fresh.getElementById(id);
    if (old && next) window.Idiomorph.morph(old, next, { ignoreActiveValue, callbacks });
    if (old) window.htmx.process(old);
  }
  document.title = fresh.title;
  if (!visited) {
    for (const row of document.querySelectorAll('[data-row]')) if (!known.has(row.id)) row.classList.add('new');
  }
  renewed();
  for (const hook of hooks) hook();
  hold();
  tellAbove();
}

/** What is kept is so while it says the same of itself: a form that one fills in, until its facts change; a key that one has
 * asked for, until it is another (`data-of`). */
const keeps = (old, fresh) => old.dataset.keep === (fresh.dataset?.keep ?? fresh.dataset?.of ?? old.dataset.keep);

const callbacks = {
  beforeNodeMorphed: (old, fresh) => !(old instanceof Element && old.hasAttribute('data-keep') && keeps(old, fresh)),
  beforeNodeRemoved: (old) => !(old instanceof Element && old.hasAttribute('data-stays')),
  beforeAttributeUpdated(name, element) {
    if (name === 'open') return false;
    if (name === 'hidden') return !element.hasAttribute('data-js');
    return !(name === 'class' && element.classList.contains('at'));
  },
};

/** What one reads, or is about to press, stays where it is on the screen, though rows come in above it. */
function anchored() {
  const anchor = held();
  if (!anchor) return () => {};
  const before = anchor.getBoundingClientRect().top;
  const moved = () => anchor.getBoundingClientRect().top - before;
  return () => {
    if (!anchor.isConnected) return;
    window.scrollBy(0, moved());
    if (moved() <= 1) return;
    const padding = parseFloat(document.body.style.paddingBottom) || 0; // a short page cannot scroll far enough
    const missing = scrollY + innerHeight + moved() - (document.body.offsetHeight - padding);
    document.body.style.paddingBottom = `${Math.max(padding, missing)}px`;
    window.scrollBy(0, moved());
  };
}

function held() {
  const pointed = performance.now() - lastMove < HAND && document.querySelector('[data-row]:hover, .item:hover');
  if (pointed) return pointed;
  const chosen = document.querySelector('[data-row]:focus-within');
  if (chosen) return chosen;
  if (scrollY === 0) return null;
  return [...document.querySelectorAll('[data-row], .item, .card')].find((one) => one.getBoundingClientRect().bottom > 60);
}

/** Rows that came in above the window are told of. */
function tellAbove() {
  const hidden = [...document.querySelectorAll('[data-row].new')].filter((one) => one.getBoundingClientRect().bottom < 0);
  if (hidden.length) above.dataset.count = Number(above.dataset.count || 0) + hidden.length;
  above.textContent = above.dataset.form.replace('%', above.dataset.count || 0);
  above.hidden = !Number(above.dataset.count);
}

const above = document.getElementById('above');
above.addEventListener('click', () => window.scrollTo(0, 0));
let lastMove = -HAND;
addEventListener('pointermove', () => { lastMove = performance.now(); }, { passive: true });
addEventListener('scroll', () => {
  if (scrollY > 0) return;
  document.body.style.paddingBottom = '';
  above.dataset.count = 0;
  above.hidden = true;
}, { passive: true });
addEventListener('popstate', () => { document.body.dataset.visited = '1'; refresh(); });
document.addEventListener('refresh', () => refresh());
document.addEventListener('animationend', (event) => event.target.classList.remove('new'));

// -- the stream -------------------------------------------------------------------------------------------------------

export function connect() {
  clearTimeout(watchdog);
  source?.close();
  source = new EventSource('/console/events');
  source.addEventListener('hello', (event) => hello(event.data));
  source.addEventListener('beat', alive);
  source.addEventListener('changed', (event) => { alive(); if (concerned(JSON.parse(event.data))) soon(); });
  source.onerror = lost;
  alive();
}

function alive() {
  clearTimeout(watchdog);
  watchdog = setTimeout(lost, SILENCE);
}

function hello(spoken) {
  if (version && version !== spoken) { location.reload(); return; }
  const again = version !== '';
  version = spoken;
  tries = 0;
  clearTimeout(lostTimer);
  lostTimer = 0;
  document.getElementById('lost').hidden = true;
  document.getElementById('live').hidden = false;
  alive();
  if (again) refresh();
}

function lost() {
  if (!source) return;
  source.close();
  clearTimeout(watchdog);
  lostTimer ||= setTimeout(() => {
    document.getElementById('lost').hidden = false;
    document.getElementById('live').hidden = true;
  }, 1500);
  setTimeout(connect, Math.min(400 * 2 ** tries++, 5000));
}

function concerned(changed) {
  const watched = document.getElementById('main').dataset.live;
  if (changed.clock) return true;
  if (watched.startsWith('order:')) {
    return changed.calls || changed.orders === 'many' || changed.orders.includes(watched.slice(6));
  }
  const orders = changed.orders === 'many' || changed.orders.length > 0;
  const kinds = { orders: orders || changed.calls, calls: changed.calls, merchants: changed.merchants, scenarios: changed.scenarios };
  return watched.split(' ').some((kind) => kinds[kind]);
}

// A browser allows few connections per host: pages that nobody sees give theirs back.
let asleep = 0;
document.addEventListener('visibilitychange', () => {
  clearTimeout(asleep);
  if (document.hidden) {
    asleep = setTimeout(() => { clearTimeout(watchdog); source?.close(); source = null; }, 20000);
  } else if (!source) {
    connect();
  }
});
addEventListener('beforeunload', () => { // what the page shows may be gone by the form that leads away
  stillUntil = performance.now() + LEAVING;
  if (refreshed.timer) soon();
});
addEventListener('pagehide', () => { clearTimeout(watchdog); source?.close(); source = null; });
addEventListener('pageshow', (event) => { if (event.persisted) connect(); });
