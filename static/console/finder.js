// A list's own search: what is typed filters it at once, and stands in the address.
import { visit } from './live.js';

const PAUSE = 150;
let typing = 0;

function find(form, replace) {
  clearTimeout(typing);
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  visit(form.getAttribute('action') + (query.size ? `?${query}` : ''), { replace });
}

const finder = (event) => event.target.closest?.('[data-finder]');
document.addEventListener('submit', (event) => { if (finder(event)) { event.preventDefault(); find(finder(event), false); } });
document.addEventListener('input', (event) => {
  const form = finder(event);
  if (form) { clearTimeout(typing); typing = setTimeout(find, PAUSE, form, true); }
});
