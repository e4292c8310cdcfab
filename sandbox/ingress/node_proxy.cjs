'use strict';
// Leads Node's https and fetch by HTTPS_PROXY. `wxpay-sandbox exec` loads it (NODE_OPTIONS); Node from 22.21 and 24.5 on
// does this itself (NODE_USE_ENV_PROXY), and then nothing happens here.
const [major, minor] = process.versions.node.split('.').map(Number);
const proxy = process.env.HTTPS_PROXY;
const itself = major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 21);

if (proxy && !itself) {
  const http = require('node:http');
  const https = require('node:https');
  const tls = require('node:tls');
  const direct = (process.env.NO_PROXY || '').split(',').map((name) => name.trim().replace(/^\*?\./, '')).filter(Boolean);
  const isDirect = (host) => direct.some((name) => host === name || host.endsWith(`.${name}`));

  // A tunnel to host:port; done(error, socket).
  const tunnel = (host, port, done) => {
    const { hostname, port: proxyPort } = new URL(proxy);
    const path = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    const request = http.request({ host: hostname, port: proxyPort, method: 'CONNECT', path, headers: { host: path }, agent: false });
    request.once('connect', (answer, socket) => {
      if (answer.statusCode === 200) return done(null, socket);
      socket.destroy();
      return done(new Error(`The proxy ${proxy} answered CONNECT ${path} with ${answer.statusCode}`));
    });
    request.once('error', done);
    request.end();
  };

  // https: every agent, those with a client certificate too. An agent may hand out its socket later (oncreate).
  const connect = https.Agent.prototype.createConnection;
  https.Agent.prototype.createConnection = function createConnection(options, oncreate) {
    const host = options.host || options.hostname || 'localhost';
    if (typeof oncreate !== 'function' || options.socket || options.socketPath || isDirect(host)) {
      return connect.call(this, options, oncreate);
    }
    tunnel(host, options.port || 443, (error, socket) => {
      if (error) return oncreate(error);
      return oncreate(null, connect.call(this, { ...options, socket, host, servername: options.servername || host }));
    });
    return undefined;
  };

  // fetch: undici looks its dispatcher up under this symbol; mentioning Headers loads it.
  const symbol = Symbol.for('undici.globalDispatcher.1');
  const Agent = globalThis.Headers && globalThis[symbol] && globalThis[symbol].constructor;
  if (Agent) {
    const tunnelled = new Agent({
      connect: ({ hostname, port, servername }, done) => tunnel(hostname, port || 443, (error, socket) => {
        if (error) return done(error, null);
        const secured = tls.connect({ socket, servername: servername || hostname, ALPNProtocols: ['http/1.1'] });
        return secured.once('secureConnect', () => done(null, secured)).once('error', (problem) => done(problem, null));
      }),
    });
    globalThis[symbol] = new (class extends Agent {
      dispatch(options, handler) {
        const { protocol, hostname } = new URL(options.origin);
        return protocol === 'https:' && !isDirect(hostname) ? tunnelled.dispatch(options, handler) : super.dispatch(options, handler);
      }
    })();
  }
}
