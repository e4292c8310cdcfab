// First steps: an act leads to its own address, without loading the page anew.
import { trouble } from './controls.js';
import { afterwards, visit } from './live.js';

let acted = false;

async function act(form, button) {
  const body = new URLSearchParams(new FormData(form, button));
  for (const one of form.querySelectorAll('button')) one.disabled = true;
  try {
    const answer = await fetch(form.action, { method: 'POST', headers: { Accept: 'text/html' }, body });
    if (!answer.ok) throw new Error(answer.statusText);
    acted = true;
    visit(answer.url);
  } catch (error) { trouble(error); } finally {
    for (const one of form.querySelectorAll('button')) one.disabled = false;
  }
}

document.addEventListener('submit', (event) => {
  if (!event.target.closest('.tour-step')) return;
  event.preventDefault();
  act(event.target, event.submitter);
});

// On a phone the result stands below the step: what one has asked for comes into sight.
afterwards(() => {
  if (acted && innerWidth <= 820) document.getElementById('result').scrollIntoView({ block: 'start' });
  acted = false;
});
