// The debugging tool: the steps follow what is typed, and what is typed stands in the address (a key never does).
const form = document.getElementById('debug-form');
const NOT_KEPT = ['key', 'act', 'message', 'sealed', 'page_token'];
const PAUSE = 180;
let timer = 0;
let asked = 0;

function address() {
  const kept = [...new FormData(form)].filter(([name, value]) => value && !NOT_KEPT.includes(name));
  return `${location.pathname}?${new URLSearchParams(kept)}`;
}

function remember() {
  history.replaceState(null, '', address());
  // Messages are too long for an address; the tab of the browser remembers them.
  for (const one of form.querySelectorAll('[data-remember]')) sessionStorage.setItem(`debug.${form.dataset.debug}.${one.name}`, one.value);
}

// The header's switch keeps the page and what is typed; whatever belongs to the other merchant is the server's to change.
function carry(to) {
  const there = new Set([...to.elements].map((one) => one.name));
  for (const [name, value] of new FormData(form)) {
    if (there.has(name) || NOT_KEPT.includes(name)) continue;
    const one = document.createElement('input');
    Object.assign(one, { type: 'hidden', name, value });
    to.append(one);
  }
}

async function build() {
  const mine = ++asked;
  remember();
  const answer = await fetch(form.action, { method: 'POST', headers: { 'HX-Request': 'true' }, body: new URLSearchParams(new FormData(form)) });
  const text = await answer.text();
  if (mine !== asked || !answer.ok) return;
  const target = document.getElementById(form.dataset.debug === 'check' ? 'debug-answer' : 'debug-steps');
  const open = [...target.querySelectorAll('details[id][open]')].map((one) => one.id);
  target.innerHTML = text;
  for (const id of open) document.getElementById(id)?.setAttribute('open', '');
}

// A choice fills its field, and chosen again it empties it; what else one types stays possible.
function choose({ dataset, value }) {
  const field = document.getElementById(dataset.choose);
  field.value = field.value === value ? '' : value;
  field.dispatchEvent(new Event('input', { bubbles: true }));
}
function press(field) {
  for (const one of form.querySelectorAll(`[data-choose="${CSS.escape(field.id)}"]`)) one.setAttribute('aria-pressed', one.value === field.value);
}

const soon = () => { clearTimeout(timer); timer = setTimeout(() => build().catch(() => {}), PAUSE); };

if (form) {
  let recalled = false;
  for (const one of form.querySelectorAll('[data-remember]')) {
    const kept = sessionStorage.getItem(`debug.${form.dataset.debug}.${one.name}`);
    if (!one.value && kept) { one.value = kept; recalled = true; }
  }
  form.addEventListener('input', ({ target }) => { press(target); soon(); });
  form.addEventListener('click', ({ target }) => { if (target.matches('[data-choose]')) choose(target); });
  form.addEventListener('change', soon);
  document.addEventListener('change', ({ target }) => { if (target.matches('.switch [data-submit]')) carry(target.form); }, true);
  remember(); // made-up numbers too: a reload shows the same request
  if (recalled) soon();
}
