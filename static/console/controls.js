// Copying, menus, dialogs, what folds open, the phone beside the page.
import { visit } from './live.js';

/** What proves that a page of ours sent it (sandbox/web/proof.py); forms carry it by themselves. */
export const pageToken = () => document.querySelector('input[name="page_token"]').value;

const words = document.getElementById('words').dataset;
const said = document.getElementById('said');
const MAC = /^(Mac|iP)/.test(navigator.platform);
const causes = document.getElementById('causes');
let failing = null; // the button that asked for a cause

/** Show what only works with this script, hide what only stands in for it. */
export function prepare(root) {
  for (const one of root.querySelectorAll('[data-js][hidden]')) one.hidden = false;
  for (const one of root.querySelectorAll('[data-nojs]:not([hidden])')) one.hidden = true;
  if (MAC) for (const one of root.querySelectorAll('[data-mac]')) one.textContent = one.dataset.mac;
  for (const one of said.querySelectorAll('.toast:not([data-stays])')) expire(one);
}

// -- copying ----------------------------------------------------------------------------------------------------------

async function copy(button) {
  const { copy: text, copyFrom, field, ofForm } = button.dataset;
  if (copyFrom) await put(await reveal(copyFrom, field, ofForm && document.getElementById(ofForm)));
  else if (button.matches('[data-copy-page]')) await put(await page(button.href));
  else await put(text ?? button.parentElement.querySelector('pre').textContent);
  button.classList.add('done');
  setTimeout(() => button.classList.remove('done'), 1500);
  announce(words.copied);
}

async function reveal(address, field, form) {
  const body = new URLSearchParams(form ? new FormData(form) : undefined);
  body.set('field', field);
  const answer = await fetch(address, { method: 'POST', headers: { Accept: 'text/plain', 'Page-Token': pageToken() }, body });
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.text();
}

async function page(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.text();
}

async function put(text) {
  if (navigator.clipboard) { await navigator.clipboard.writeText(text); return; }
  const area = document.createElement('textarea'); // over plain HTTP from another machine there is no clipboard API
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}

// -- what was said ----------------------------------------------------------------------------------------------------

function announce(text) {
  const line = document.createElement('p');
  line.className = 'sr';
  line.textContent = text;
  said.prepend(line);
  setTimeout(() => line.remove(), 2000);
}

function expire(toast) {
  if (toast.dataset.expires) return;
  toast.dataset.expires = '1';
  const go = () => (toast.matches(':hover, :focus-within') ? setTimeout(go, 2000) : toast.remove());
  setTimeout(go, 6000);
}

/** Say that it did not work: the sandbox answered with an error, or (a TypeError of fetch) not at all. */
export function trouble(error) {
  const toast = document.createElement('div');
  toast.className = 'toast bad';
  const text = document.createElement('p');
  text.textContent = `✕ ${error instanceof TypeError ? words.silent : words.failed}`;
  toast.append(text);
  said.prepend(toast);
  expire(toast);
}

document.addEventListener('htmx:afterSwap', (event) => {
  prepare(event.target);
  if (event.target.id.startsWith('key-')) event.target.dataset.keep = event.target.dataset.of ?? ''; // what was asked for stays in sight
  for (const old of [...said.querySelectorAll('.toast')].slice(3)) old.remove();
});
document.addEventListener('htmx:responseError', () => trouble());
document.addEventListener('htmx:sendError', () => trouble(new TypeError()));
document.addEventListener('htmx:configRequest', (event) => { event.detail.headers['Page-Token'] = pageToken(); });
const buttons = (event) => event.target.closest('form')?.querySelectorAll('button') ?? [];
document.addEventListener('htmx:beforeRequest', (event) => { for (const one of buttons(event)) one.disabled = true; });
document.addEventListener('htmx:afterRequest', (event) => { for (const one of buttons(event)) one.disabled = false; });

// -- causes of an error -----------------------------------------------------------------------------------------------

function askForCause(button) {
  failing = { address: button.form.getAttribute('action') };
  causes.showPopover();
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = causes;
  const below = at.bottom + 4 + height < innerHeight;
  causes.style.left = `${Math.max(12, Math.min(at.right - width, innerWidth - width - 12))}px`;
  causes.style.top = `${below ? at.bottom + 4 : Math.max(12, at.top - height - 4)}px`;
  causes.querySelector('button').focus();
}

function fail(cause) {
  causes.hidePopover();
  const form = [...document.querySelectorAll('form.acts')].find((one) => one.getAttribute('action') === failing.address);
  if (!form) return;
  form.elements.reason.value = cause;
  form.requestSubmit(form.querySelector('[data-causes]'));
}

causes?.addEventListener('keydown', (event) => {
  const step = { ArrowDown: 2, ArrowUp: -2, ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const all = [...causes.querySelectorAll('button')];
  all[Math.max(0, Math.min(all.length - 1, all.indexOf(document.activeElement) + step))].focus();
});

// -- clicks -----------------------------------------------------------------------------------------------------------

document.addEventListener('click', (event) => {
  const on = (selector) => event.target.closest(selector);
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  const found = on('[data-copy], [data-copy-from], [data-copy-pre]');
  const page = on('[data-copy-page]');
  if (page && plain) { event.preventDefault(); copy(page).catch(trouble); return; }
  if (found) { copy(found).catch(trouble); return; }
  if (on('[data-dismiss]')) { on('.toast').remove(); return; }
  if (on('[data-cause]')) { fail(on('[data-cause]').dataset.cause); return; }
  if (on('[data-causes]') && causes?.showPopover) { event.preventDefault(); askForCause(on('[data-causes]')); return; }
  if (on('dialog [data-close]')) { event.preventDefault(); on('dialog').close(); return; }
  const asks = on('[data-dialog]');
  if (asks && plain) { event.preventDefault(); ask(asks).catch(trouble); return; }
  const phone = on('[data-phone]');
  if (phone && plain && innerWidth > 820) { event.preventDefault(); togglePhone(phone.dataset.phone); return; }
  if (on('[data-phone-close]')) { togglePhone(''); return; }
  const link = on('a[data-visit]');
  if (link && plain && link.pathname === location.pathname) {
    event.preventDefault();
    visit(link.href);
    if (on('.paging')) scrollTo(0, 0);
  }
});

document.addEventListener('change', (event) => { if (event.target.matches('[data-submit]')) event.target.form.submit(); });

/** Open a dialog; one that a link names asks what the linked page asks. */
async function ask(asks) {
  const dialog = document.getElementById(asks.dataset.dialog);
  if (asks.href) {
    const text = await (await fetch(asks.href)).text();
    dialog.replaceChildren(...new DOMParser().parseFromString(text, 'text/html').getElementById('question').childNodes);
  }
  dialog.showModal();
}

// -- the phone --------------------------------------------------------------------------------------------------------

function togglePhone(address) {
  const phone = document.getElementById('phone');
  const open = Boolean(address) && phone.hidden;
  phone.hidden = !open;
  phone.querySelector('iframe')?.remove();
  if (!open) return;
  const frame = document.createElement('iframe');
  frame.src = address;
  frame.title = phone.dataset.title;
  phone.append(frame);
  phone.scrollIntoView({ block: 'nearest' });
}

// -- what folds open --------------------------------------------------------------------------------------------------

document.addEventListener('toggle', async (event) => {
  const details = event.target;
  if (!details.open || !details.dataset?.lazy) return;
  const item = details.closest('.item');
  if (location.hash !== `#${item.id}`) history.replaceState(null, '', `#${item.id}`);
  const raw = details.querySelector('.raw');
  if (raw.hasAttribute('data-keep')) return;
  const answer = await fetch(details.dataset.lazy);
  if (!answer.ok) return;
  raw.innerHTML = await answer.text();
  raw.setAttribute('data-keep', ''); // what was sent never changes
  prepare(raw);
}, true);

/** Open what the address names: #entry-12. */
export function openTarget() {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (let up = target.parentElement; up; up = up.parentElement) if (up.tagName === 'DETAILS') up.open = true;
  const own = target.matches('details') ? target : target.querySelector(':scope > details');
  if (own) own.open = true;
  target.scrollIntoView({ block: 'start' });
}
addEventListener('hashchange', openTarget);

// -- search -----------------------------------------------------------------------------------------------------------

const form = document.querySelector('form.search');
let typing = 0;

function searched(replace) {
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  visit(form.getAttribute('action') + (query.size ? `?${query}` : ''), { replace });
}
const here = () => new URL(form.action).pathname === location.pathname;
form.addEventListener('submit', (event) => { if (here()) { event.preventDefault(); clearTimeout(typing); searched(false); } });
form.addEventListener('input', () => { clearTimeout(typing); if (here()) typing = setTimeout(searched, 200, true); });
