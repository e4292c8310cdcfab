"use strict";

/* The page's own part: it shows, asks and hands over. Whether an order is paid, only the shop's server says. */
(() => {
  const words = JSON.parse(document.body.dataset.words);
  const byId = (id) => document.getElementById(id);

  /* What changes: asked for every second, fetched anew when its ETag is another one. */
  async function poll() {
    const live = byId("live");
    try {
      const answer = await fetch(live.dataset.live, { cache: "no-store" });
      if (!answer.ok) throw new Error(answer.statusText);
      if (answer.headers.get("ETag") !== live.dataset.etag) await renew();
      byId("offline").hidden = true;
    } catch {
      byId("offline").hidden = false;
    }
    setTimeout(poll, 1000);
  }

  async function renew() {
    const answer = await fetch(location.pathname, { cache: "no-store" });
    if (!answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    byId("live").replaceWith(page.getElementById("live"));
    document.title = page.title;
    byId("notice")?.remove();
  }

  function say(text, link) {
    const result = byId("result");
    result.textContent = text;
    if (link) result.append(" ", link);
    result.hidden = false;
  }

  const told = (text) => `${words.result}: ${text} (${words.result_unsure})`;

  const ask = (path) => fetch(path, { method: "POST", headers: { Accept: "application/json" } });

  /* JSAPI: as WeChat's documents write it, with the wait for a bridge that is not there yet. */
  function whenBridgeIsReady(go) {
    if (typeof WeixinJSBridge !== "undefined") return go();
    const absent = setTimeout(() => say(words.jsapi_absent), 3000);
    const ready = () => {
      clearTimeout(absent);
      byId("result").hidden = true;
      go();
    };
    document.addEventListener("WeixinJSBridgeReady", ready, { once: true });
  }

  function payInWeChat(button) {
    button.disabled = true;
    whenBridgeIsReady(() => {
      WeixinJSBridge.invoke("getBrandWCPayRequest", JSON.parse(button.dataset.params), (res) => {
        button.disabled = false;
        say(told([res.err_msg, res.err_desc].filter(Boolean).join(" ")));
        ask(button.dataset.check).catch(() => say(words.not_sent));
      });
    });
  }

  /* APP: what the merchant's mobile app does with the seven parameters. */
  async function openWeChat(button) {
    button.disabled = true;
    try {
      const answer = await fetch(button.dataset.wechat, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: button.dataset.params,
      });
      showPayResp(await answer.json(), button.dataset.check);
    } catch {
      say(words.not_sent);
    }
    button.disabled = false;
  }

  function showPayResp(resp, check) {
    if (typeof resp.errCode === "number") {
      say(told(["errCode", resp.errCode, resp.errStr, resp.cause].filter((part) => part || part === 0).join(" ")));
      if (resp.errCode === 0) ask(check).catch(() => say(words.not_sent));
    } else if (resp.cashier_url) {
      openCashier(resp.cashier_url);
    } else {
      say(told(resp.error?.message ?? JSON.stringify(resp)));
    }
  }

  function openCashier(address) {
    const url = new URL(address);
    if (!["http:", "https:"].includes(url.protocol)) throw new Error("not a web page");
    if (window.open(url, "wechat", "popup,width=400,height=780")) return say(words.app_wait);
    const link = Object.assign(document.createElement("a"), { href: url.href, target: "wechat" });
    link.textContent = words.app_blocked;
    say("", link);
  }

  async function copy(button) {
    await navigator.clipboard.writeText(button.dataset.copy);
    const before = button.textContent;
    button.textContent = words.copied;
    setTimeout(() => { button.textContent = before; }, 1200);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.id === "jsapi") payInWeChat(button);
    if (button?.id === "app") openWeChat(button);
    if (button?.dataset.copy && button.textContent !== words.copied) copy(button);
  });
  document.addEventListener("submit", (event) => {
    if ("confirm" in event.target.dataset && !confirm(words.cancel_sure)) event.preventDefault();
  });
  if (byId("live")) setTimeout(poll, 1000);
})();
