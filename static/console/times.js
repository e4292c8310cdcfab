// Relative times and the sandbox clock go on between two answers of the server. Said the same by console/view.py.
const words = document.getElementById('words').dataset;
const units = words.units.split('|');
const sizes = [86400, 3600, 60, 1];
let rendered = performance.now();

/** The server has just said all times anew. */
export function renewed() {
  rendered = performance.now();
}

export function tick() {
  const clock = document.getElementById('clock');
  const passed = ((performance.now() - rendered) / 1000) * Number(clock.dataset.scale);
  for (const one of document.querySelectorAll('[data-age]')) {
    const text = since(Number(one.dataset.age) + passed);
    set(one, one.dataset.form ? one.dataset.form.replace('%', text) : text);
  }
  for (const one of document.querySelectorAll('[data-left]')) {
    set(one, duration(Math.max(0, Number(one.dataset.left) - passed), 2));
  }
  if (passed > over()) document.dispatchEvent(new Event('refresh')); // nobody tells of time that has passed
  set(clock, beijing(Number(clock.dataset.clock) + passed * 1000, Boolean(clock.closest('.off'))));
}

/** Seconds after the last answer at which the first thing on the page is over. */
function over() {
  const ends = [...document.querySelectorAll('[data-until], [data-left]')].map(({ dataset }) => Number(dataset.until ?? dataset.left));
  return Math.min(...ends.filter((end) => end > 0));
}

function set(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function since(seconds) {
  if (Math.abs(seconds) < 1) return words.justNow;
  const span = duration(seconds, seconds > 0 ? 1 : 2);
  return (seconds > 0 ? words.ago : words.fromNow).replace('%', span);
}

function duration(seconds, parts) {
  let rest = Math.round(Math.abs(seconds));
  const said = [];
  sizes.forEach((size, n) => {
    const count = Math.floor(rest / size);
    rest %= size;
    if (count) said.push(units[n].replace('%', count));
  });
  return said.slice(0, parts).join(' ') || units[3].replace('%', 0);
}

function beijing(milliseconds, withDay) {
  const text = new Date(milliseconds + 8 * 3600e3).toISOString();
  return (withDay ? text.slice(5, 10) + ' ' : '') + text.slice(11, 19);
}
