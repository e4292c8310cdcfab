// Several orders decided at once: checkboxes, a range with shift, and a bar that says what becomes of them.
import { afterwards } from './live.js';

const boxes = () => [...document.querySelectorAll('[data-pick]')];
const bar = () => document.getElementById('several');
let last = ''; // the box from which shift reaches

function show() {
  const all = boxes();
  const picked = all.filter((box) => box.checked).length;
  const whole = document.querySelector('[data-pick-all]');
  if (!bar()) return;
  bar().hidden = !picked;
  const count = bar().querySelector('[data-form]');
  count.textContent = count.dataset.form.replace('%', picked);
  whole.checked = picked > 0 && picked === all.length;
  whole.indeterminate = picked > 0 && picked < all.length;
}

function reach(box) {
  const all = boxes();
  const [from, to] = [all.findIndex((one) => one.value === last), all.indexOf(box)].sort((a, b) => a - b);
  if (from >= 0) for (const one of all.slice(from, to + 1)) one.checked = box.checked;
}

const pick = (checked) => { for (const box of boxes()) box.checked = checked; };

document.addEventListener('click', (event) => {
  const box = event.target.closest('[data-pick]');
  if (box) {
    if (event.shiftKey) reach(box);
    last = box.value;
  } else if (event.target.matches('[data-pick-all]')) pick(event.target.checked);
  else if (event.target.closest('[data-unpick]')) pick(false);
  else return;
  show();
});
afterwards(show);
show();
