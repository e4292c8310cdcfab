// A link from a chat brings no SameSite=Strict cookie along; a request from this page does. Logged in already: go on.
const next = document.querySelector('form.login').dataset.next;
const answer = await fetch(next, { headers: { Accept: 'application/json' } }).catch(() => null);
if (answer?.ok) location.replace(next);
