/* The cashier's comfort: the key pad, live changes, and a word to the page that shows this one in a frame.
   Everything also works without it. */
(() => {
  "use strict";

  const DIGITS = 6;
  const screen = document.querySelector(".screen");
  const facts = screen ? screen.dataset : {};
  document.documentElement.classList.add("js");

  // -- the page around this one (weixin.js, the console's phone) --------------------------------------------------------

  const around = window.parent !== window ? window.parent : window.opener;

  /** Tell it what is shown ("shown") or that the payer is done ("done"). Nothing secret: it may be anybody's page. */
  function tell(type) {
    if (!around) return;
    const { screen: shown, outcome, errStr, prepayId } = facts;
    const told = { source: "wxpay-sandbox", type, screen: shown, outcome, err_str: errStr, prepay_id: prepayId };
    around.postMessage(told, "*");
  }

  function leave() {
    tell("done");
    if (window.opener) window.close();
  }

  function watchLeaving() {
    for (const link of document.querySelectorAll("[data-done]:not([data-redirect])")) {
      link.addEventListener("click", leave);
    }
    if (location.hash === "#may-close") leave(); // the payer was quicker than this file
    const redirect = document.querySelector("[data-redirect]");
    if (facts.screen === "cancelled" && !redirect) tell("done");
  }

  // -- the password pad ---------------------------------------------------------------------------------------------------

  function preparePad(pad) {
    const input = pad.querySelector("#password");
    const form = pad.querySelector("form");
    const dots = pad.querySelectorAll(".pad__dots i");
    const keys = pad.querySelector(".keys");
    keys.hidden = false;
    input.setAttribute("inputmode", "none"); // the pad is the keyboard

    function changed() {
      input.value = input.value.replace(/\D/g, "").slice(0, DIGITS);
      dots.forEach((dot, n) => dot.classList.toggle("filled", n < input.value.length));
      if (input.value.length === DIGITS) form.requestSubmit(form.querySelector("[name=act]"));
    }

    function press(key) {
      input.value = key === "Backspace" ? input.value.slice(0, -1) : input.value + key;
      changed();
    }

    keys.addEventListener("click", (event) => {
      const key = event.target.closest("[data-key]");
      if (key) press(key.dataset.key);
    });
    pad.addEventListener("keydown", (event) => {
      if (event.target !== input && /^(\d|Backspace)$/.test(event.key)) press(event.key);
    });
    input.addEventListener("input", changed);
    pad.addEventListener("toggle", () => {
      input.value = "";
      changed();
    });
  }

  /** What lies behind an open sheet cannot be reached; the heading stays, so that the page keeps its name. */
  function prepareSheets() {
    const behind = document.querySelectorAll(".bar button, .methods, .page__foot");
    for (const sheet of document.querySelectorAll("[popover]")) {
      sheet.addEventListener("toggle", () => {
        const open = document.querySelector(":popover-open") !== null;
        for (const part of behind) part.inert = open;
      });
    }
  }

  /** A form is sent once, however often its button is pressed. */
  function sendOnce() {
    for (const form of document.querySelectorAll("form[method=post]")) {
      form.addEventListener("submit", (event) => {
        if (leaving) event.preventDefault();
        leaving = true;
      });
    }
  }

  // -- what happens elsewhere: the console, the API, another phone -----------------------------------------------------------

  let leaving = false;

  /** Ask `what` of the sandbox until its answer is news; then show the page as it stands. */
  async function follow(what, query, isNews) {
    while (!leaving) {
      let told = null;
      try {
        const answer = await fetch(`/_sandbox/client/${what}?${new URLSearchParams(query)}`);
        if (answer.status === 404) return;
        told = await answer.json();
      } catch {
        await new Promise((resume) => setTimeout(resume, 3000));
        continue;
      }
      if (leaving) return;
      if (isNews(told)) show(told);
    }
  }

  function show(told) {
    leaving = true;
    const here = new URL(facts.here, location.href);
    if (told.outcome) here.searchParams.set("result", told.outcome);
    if (told.cause) here.searchParams.set("cause", told.cause);
    location.replace(here);
  }

  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload(); // an old screen from the browser's memory
  });

  tell("shown");
  watchLeaving();
  prepareSheets();
  sendOnce();
  const pad = document.querySelector("#pad");
  if (pad) preparePad(pad);
  if (facts.tradeState === "NOTPAY" && facts.screen !== "dead") {
    const query = { prepay_id: facts.prepayId, since: facts.since };
    follow("result", query, (told) => told.outcome || told.trade_state !== facts.tradeState);
  }
  if (facts.package) follow("transfer-result", { package: facts.package }, (told) => told.err_msg);
})();
