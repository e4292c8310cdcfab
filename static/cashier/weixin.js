/*! The WeChat client for a merchant's own page, in any browser: include <SANDBOX>/_sandbox/client/weixin.js and the page's
    WeixinJSBridge.invoke("getBrandWCPayRequest"), wx.chooseWXPay or wx.requestPayment opens the sandbox's cashier,
    requestMerchantTransfer its page on which a transfer is confirmed.
    Inside WeChat, and where the page has the real thing already, it changes nothing. No dependencies. */
(function () {
  "use strict";

  if (/MicroMessenger/i.test(navigator.userAgent)) return;
  var script = document.currentScript;
  var sandbox = new URL(script.src).origin;
  var OK = "ok", CANCEL = "cancel", FAIL = "fail";
  var WIDE_ONLY = "clamp(0px, (100vw - 480px) * 9999, SIZE)"; // a media query, where only style properties may be set
  var busy = false;

  // -- the client --------------------------------------------------------------------------------------------------------

  function call(path, body) {
    var how = body ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : {};
    how.credentials = "omit";
    return fetch(sandbox + "/_sandbox/client/" + path, how).then(function (answer) {
      return answer.json().then(function (told) {
        if (told.error) throw new Error(told.error.message);
        return told;
      });
    });
  }

  /** Ask for a payment; resolves with {kind: ok | cancel | fail, err_code, err_desc} once the payer is done. */
  function pay(api, params) {
    var body = Object.assign({}, params, { api: api, url: location.href });
    return alone(function () {
      return call("jsapi", body).then(function (told) {
        if (told.errCode !== null) return ended(told);
        return new Cashier(told.cashier_url, payment(told, body)).closed;
      });
    });
  }

  /** Ask the person to confirm a transfer; resolves likewise. */
  function receive(params) {
    return alone(function () {
      return call("transfer", params).then(function (told) {
        if (told.err_msg !== null) return answered(told);
        return new Cashier(told.confirm_url, confirmation(params)).closed;
      });
    });
  }

  /** One page at a time, over the merchant's. */
  function alone(open) {
    if (busy) return Promise.resolve({ kind: FAIL, err_desc: "a cashier is already open" });
    busy = true;
    return open()
      .catch(function (error) {
        console.error("[wxpay-sandbox] " + error.message + " (does the page's Content-Security-Policy allow " + sandbox + "?)");
        return { kind: FAIL, err_code: "-1", err_desc: String(error.message) };
      })
      .then(function (result) {
        busy = false;
        return result;
      });
  }

  function ended(told) {
    if (told.explanation) console.warn("[wxpay-sandbox] " + told.errStr + " " + told.explanation);
    if (told.errCode === 0) return { kind: OK };
    if (told.errCode === -2) return { kind: CANCEL };
    return { kind: FAIL, err_code: "-1", err_desc: told.errStr };
  }

  function answered(told) {
    if (told.explanation) console.warn("[wxpay-sandbox] " + told.err_desc + " " + told.explanation);
    return { kind: told.err_msg.split(":")[1], err_desc: told.err_desc };
  }

  // -- what a cashier asks: how it stands (`look`, which resolves with true to look again), and to leave ---------------------

  function payment(told, body) {
    var prepay_id = new URL(told.cashier_url).pathname.split("/").pop(), since = told.since;
    return {
      look: function (cashier) {
        return call("result?prepay_id=" + encodeURIComponent(prepay_id) + "&since=" + since).then(function (told) {
          since = told.since;
          if (told.errCode !== null) cashier.latest = ended(told);
          if (told.errCode === -2) cashier.finish();
          else return told.trade_state === "NOTPAY";
        });
      },
      leave: function () { return call("jsapi", Object.assign({}, body, { outcome: "cancel" })); }
    };
  }

  function confirmation(params) {
    return {
      look: function (cashier) {
        return call("transfer-result?package=" + encodeURIComponent(params.package)).then(function (told) {
          if (told.err_msg) cashier.latest = answered(told);
          return !told.err_msg;
        });
      },
      leave: function () { return call("transfer", Object.assign({}, params, { outcome: "cancel" })); }
    };
  }

  // -- the cashier, over the page ------------------------------------------------------------------------------------------

  /** `closed` resolves when the payer has left: by 完成, by ×, or because it was decided elsewhere. */
  function Cashier(address, asked) {
    var self = this;
    this.asked = asked;
    this.latest = null;
    this.open = true;
    this.closed = new Promise(function (resolve) { self.resolve = resolve; });
    this.onMessage = function (event) { self.heard(event); };
    this.draw(sandbox + new URL(address).pathname);
    window.addEventListener("message", this.onMessage);
    this.follow();
  }

  Cashier.prototype.draw = function (address) {
    var self = this;
    var frame = styled("iframe", {
      border: "0", width: "min(390px, 100vw)", height: "min(844px, 100vh)", background: "#fff", colorScheme: "normal",
      borderRadius: WIDE_ONLY.replace("SIZE", "24px"), boxShadow: "0 24px 60px rgba(0,0,0,.35)"
    });
    frame.src = address;
    frame.title = "微信支付";
    var close = styled("button", {
      position: "absolute", top: "8px", right: "8px", width: WIDE_ONLY.replace("SIZE", "44px"), height: "44px", border: "0",
      padding: "0", overflow: "hidden", borderRadius: "50%", background: "rgba(0,0,0,.6)", color: "#fff",
      font: "24px/1 system-ui, sans-serif", cursor: "pointer"
    });
    close.type = "button";
    close.textContent = "×";
    close.setAttribute("aria-label", "取消支付 / Cancel");
    close.addEventListener("click", function () { self.giveUp(); });
    this.frame = frame;
    this.before = document.activeElement;
    this.overlay = styled("div", {
      position: "fixed", inset: "0", zIndex: "2147483647", display: "flex", alignItems: "center",
      justifyContent: "center", background: "rgba(0,0,0,.5)"
    });
    this.overlay.setAttribute("role", "dialog");
    this.overlay.setAttribute("aria-modal", "true");
    this.overlay.setAttribute("aria-label", "微信支付");
    this.overlay.append(frame, close);
    document.body.append(this.overlay);
    frame.focus();
  };

  /** Set one by one: a page's Content-Security-Policy may forbid style attributes. */
  function styled(tag, styles) {
    var element = document.createElement(tag);
    Object.keys(styles).forEach(function (name) { element.style[name] = styles[name]; });
    return element;
  }

  /** Learn what the payer did, wherever it was done. */
  Cashier.prototype.follow = function () {
    var self = this;
    if (!this.open) return Promise.resolve();
    return this.asked.look(this)
      .then(function (again) {
        if (again) return self.follow();
      })
      .catch(function () {
        return new Promise(function (resume) { setTimeout(resume, 3000); }).then(function () { return self.follow(); });
      });
  };

  Cashier.prototype.heard = function (event) {
    if (event.source !== this.frame.contentWindow || !event.data || event.data.source !== "wxpay-sandbox") return;
    var kinds = { success: OK, cancel: CANCEL, error: FAIL };
    var kind = kinds[event.data.outcome];
    if (kind) this.latest = { kind: kind, err_desc: event.data.err_str || "" };
    if (kind === FAIL) this.latest.err_code = "-1";
    if (event.data.type === "done") this.finish();
  };

  /** The page's own ×: the payer leaves without the cashier's question. */
  Cashier.prototype.giveUp = function () {
    var self = this;
    if (this.latest) return this.finish();
    this.asked.leave().catch(function () {}).then(function () {
      self.finish();
    });
  };

  Cashier.prototype.finish = function () {
    if (!this.open) return;
    this.open = false;
    window.removeEventListener("message", this.onMessage);
    this.overlay.remove();
    if (this.before && this.before.focus) this.before.focus();
    this.resolve(this.latest || { kind: CANCEL });
  };

  // -- WeixinJSBridge --------------------------------------------------------------------------------------------------------

  function invoke(name, params, callback) {
    var tell = callback || function () {};
    if (name === "preVerifyJSAPI") return tell({ err_msg: "preVerifyJSAPI:ok" });
    if (name === "requestMerchantTransfer") return void transferred(params || {}, tell, "err_msg");
    if (name !== "getBrandWCPayRequest") return tell({ err_msg: "system:function_not_exist" });
    if (!params) return tell({ err_msg: "get_brand_wcpay_request:fail_invalid_data" });
    pay(name, params).then(function (result) {
      var told = { err_msg: "get_brand_wcpay_request:" + result.kind };
      if (result.kind === FAIL) Object.assign(told, { err_code: result.err_code, err_desc: result.err_desc });
      tell(told);
    });
  }

  /** How the bridge and wx tell of a transfer: under `name` what became of it, and why nothing did. */
  function transferred(params, tell, name) {
    return receive(params).then(function (result) {
      var told = {};
      told[name] = "requestMerchantTransfer:" + result.kind;
      if (result.err_desc) told.err_desc = result.err_desc;
      tell(told, result.kind);
    });
  }

  function nothing() {}

  if (!window.WeixinJSBridge) {
    window.WeixinJSBridge = { invoke: invoke, call: nothing, on: nothing, log: nothing, sandbox: true };
    var ready = function () {
      var event = document.createEvent("Event");
      event.initEvent("WeixinJSBridgeReady", true, false);
      document.dispatchEvent(event);
    };
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ready);
    else setTimeout(ready, 0);
  }

  // -- wx: the JS-SDK and the mini program's call ----------------------------------------------------------------------------

  var config = { appId: script.dataset.appid };

  function answerTo(options, kind, told) {
    var handler = { ok: options.success, cancel: options.cancel, fail: options.fail }[kind];
    if (handler) handler(told);
    if (options.complete) options.complete(told);
  }

  /** The call spells it `timestamp`; the field that is signed is timeStamp. */
  function chooseWXPay(options) {
    var params = {
      appId: options.appId || config.appId, timeStamp: String(options.timestamp || options.timeStamp || ""),
      nonceStr: options.nonceStr, package: options.package, signType: options.signType || "SHA1", paySign: options.paySign
    };
    pay("chooseWXPay", params).then(function (result) {
      if (result.kind === FAIL) console.warn("[wxpay-sandbox] " + result.err_desc);
      answerTo(options, result.kind, { errMsg: "chooseWXPay:" + result.kind });
    });
  }

  function requestPayment(options) {
    var params = {
      appId: options.appId || config.appId, timeStamp: options.timeStamp, nonceStr: options.nonceStr,
      package: options.package, signType: options.signType, paySign: options.paySign
    };
    var said = new Promise(function (resolve, reject) {
      pay("requestPayment", params).then(function (result) {
        if (result.kind === OK) {
          var good = { errMsg: "requestPayment:ok" };
          answerTo(options, OK, good);
          return resolve(good);
        }
        var why = result.kind === CANCEL ? "cancel" : result.err_desc;
        var bad = { errMsg: "requestPayment:fail " + why };
        if (result.kind === FAIL) Object.assign(bad, { err_code: result.err_code, err_desc: result.err_desc });
        answerTo(options, FAIL, bad);
        reject(bad);
      });
    });
    if (options.success || options.fail || options.complete) return void said.catch(nothing);
    return said;
  }

  function requestMerchantTransfer(options) {
    var params = { mchId: options.mchId, appId: options.appId || config.appId, package: options.package, openId: options.openId };
    transferred(params, function (told, kind) {
      if (kind === OK) return answerTo(options, OK, told);
      if (kind === CANCEL) told.errMsg = "requestMerchantTransfer:fail cancel";
      answerTo(options, FAIL, told);
    }, "errMsg");
  }

  var wx = (window.wx = window.wx || {});
  var ours = {
    config: function (given) { Object.assign(config, given); },
    ready: function (callback) { setTimeout(callback, 0); },
    error: nothing,
    checkJsApi: function (options) {
      var known = {};
      (options.jsApiList || []).forEach(function (name) { known[name] = typeof wx[name] === "function"; });
      answerTo(options, OK, { checkResult: known, errMsg: "checkJsApi:ok" });
    },
    chooseWXPay: chooseWXPay,
    requestPayment: requestPayment,
    requestMerchantTransfer: requestMerchantTransfer
  };
  Object.keys(ours).forEach(function (name) { if (!wx[name]) wx[name] = ours[name]; });
})();
