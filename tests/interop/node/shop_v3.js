// A merchant's backend on the V3 part of wechatpay-axios-plugin, as its README shows it.
const { createHash, X509Certificate } = require('crypto');
const { readFileSync } = require('fs');
const http = require('http');
const path = require('path');
const {
  Wechatpay, Formatter, Rsa, Aes: { AesGcm },
} = require('wechatpay-axios-plugin');

const { WXPAY_FILES: FILES, SHOP_MODE: mode } = process.env;
const CNY = 'CNY';
const description = '龙井茶';
const merchants = {};
const received = {};
let url;

/** What `merchant export` gave, and a client of the library made of it, once. */
function merchant(files) {
  if (!merchants[files]) {
    const file = (name) => readFileSync(path.join(FILES, files, name));
    const lines = file('settings.env').toString().split('\n').map((line) => line.split('='));
    const settings = Object.fromEntries(lines.map(([name, ...value]) => [name, value.join('=')]));
    const { WXPAY_MCH_ID: mchid, WXPAY_APPID: appid, WXPAY_API_V3_KEY: apiV3Key } = settings;
    const [id, key] = mode === 'public-key'
      ? [settings.WXPAY_PUB_KEY_ID, 'pub_key.pem'] : [settings.WXPAY_PLATFORM_SERIAL_NO, 'platform_cert.pem'];
    const privateKey = Rsa.from(file('apiclient_key.pem'), Rsa.KEY_TYPE_PRIVATE);
    const certs = { [id]: Rsa.from(file(key), Rsa.KEY_TYPE_PUBLIC) };
    const wxpay = new Wechatpay({
      mchid, serial: settings.WXPAY_SERIAL_NO, privateKey, certs,
    });
    merchants[files] = {
      files, mchid, appid, apiV3Key, privateKey, certs, id, wxpay,
    };
  }
  return merchants[files];
}

/** What an app or a page needs to ask its payer for the money. */
const clientParameters = {
  APP({ appid, mchid, privateKey }, prepayid) {
    const params = {
      appid, partnerid: mchid, prepayid, package: 'Sign=WXPay', timestamp: `${Formatter.timestamp()}`, noncestr: Formatter.nonce(),
    };
    const message = Formatter.joinedByLineFeed(appid, params.timestamp, params.noncestr, prepayid);
    return { ...params, sign: Rsa.sign(message, privateKey) };
  },
  JSAPI({ appid, privateKey }, prepayId) {
    const params = {
      appId: appid, timeStamp: `${Formatter.timestamp()}`, nonceStr: Formatter.nonce(), package: `prepay_id=${prepayId}`, signType: 'RSA',
    };
    const message = Formatter.joinedByLineFeed(appid, params.timeStamp, params.nonceStr, params.package);
    return { ...params, paySign: Rsa.sign(message, privateKey) };
  },
};

/** What the shop does; each act takes a merchant and what was asked of the shop. */
const acts = {
  async order(shop, asked) {
    const type = asked.trade_type;
    const { sub_mchid } = asked;
    const { mchid, appid } = shop;
    const { transactions } = sub_mchid ? shop.wxpay.v3.pay.partner : shop.wxpay.v3.pay;
    const { data } = await transactions[type.toLowerCase()].post({
      ...(sub_mchid ? { sp_appid: appid, sp_mchid: mchid, sub_mchid } : { appid, mchid }),
      description,
      out_trade_no: asked.out_trade_no,
      notify_url: `${url}/notify/${sub_mchid ? 'partner' : 'payment'}/${shop.files}`,
      amount: { total: Number(asked.total), currency: CNY },
      ...(type === 'JSAPI' && { payer: { [sub_mchid ? 'sp_openid' : 'openid']: asked.openid } }),
      ...(type === 'H5' && { scene_info: { payer_client_ip: '123.12.12.123', h5_info: { type: 'Wap' } } }),
    });
    const make = clientParameters[type];
    return { ...data, client: make ? make(shop, data.prepay_id) : null };
  },
  async query(shop, { out_trade_no, transaction_id, sub_mchid }) {
    const { mchid } = shop;
    const { transactions } = sub_mchid ? shop.wxpay.v3.pay.partner : shop.wxpay.v3.pay;
    const params = sub_mchid ? { sp_mchid: mchid, sub_mchid } : { mchid };
    const { data } = transaction_id
      ? await transactions.id._transaction_id_.get({ params, transaction_id })
      : await transactions.outTradeNo._out_trade_no_.get({ params, out_trade_no });
    return data;
  },
  async close(shop, { out_trade_no, sub_mchid }) {
    const { mchid } = shop;
    const { transactions } = sub_mchid ? shop.wxpay.v3.pay.partner : shop.wxpay.v3.pay;
    const body = sub_mchid ? { sp_mchid: mchid, sub_mchid } : { mchid };
    const { status } = await transactions.outTradeNo._out_trade_no_.close.post(body, { out_trade_no });
    return { status };
  },
  async refund({ wxpay, files }, asked) {
    const { data } = await wxpay.v3.refund.domestic.refunds.post({
      ...(asked.sub_mchid && { sub_mchid: asked.sub_mchid }),
      out_trade_no: asked.out_trade_no,
      out_refund_no: asked.out_refund_no,
      notify_url: `${url}/notify/refund/${files}`,
      amount: { refund: Number(asked.refund), total: Number(asked.total), currency: CNY },
    });
    return data;
  },
  async 'refund-query'({ wxpay }, { out_refund_no, sub_mchid }) {
    const params = sub_mchid ? { sub_mchid } : {};
    const { data } = await wxpay.v3.refund.domestic.refunds._out_refund_no_.get({ params, out_refund_no });
    return data;
  },
  async 'abnormal-refund'({ wxpay, certs, id }, asked) {
    const { data } = await wxpay.v3.refund.domestic.refunds._refund_id_.applyAbnormalRefund.post({
      out_refund_no: asked.out_refund_no,
      type: 'USER_BANK_CARD',
      bank_type: 'ICBC_DEBIT',
      bank_account: Rsa.encrypt(asked.bank_account, certs[id]),
      real_name: Rsa.encrypt(asked.real_name, certs[id]),
    }, { refund_id: asked.refund_id, headers: { 'Wechatpay-Serial': id } });
    return data;
  },
  async echo({
    wxpay, certs, id, privateKey,
  }, { message }) {
    const { data } = await wxpay.v3.security.echo.post(
      { echo_message: message, encrypted_echo_message: Rsa.encrypt(message, certs[id]) },
      { headers: { 'Wechatpay-Serial': id } },
    );
    return { message: Rsa.decrypt(data.encrypted_echo_message, privateKey) };
  },
  async bill({ wxpay }, { kind, bill_date }) {
    const { data: where } = await wxpay.v3.bill[kind].get({ params: { bill_date } });
    const params = Object.fromEntries(new URL(where.download_url).searchParams);
    const { data } = await wxpay.v3.billdownload.file.get({ params, responseType: 'arraybuffer' });
    if (createHash('sha1').update(data).digest('hex') !== where.hash_value) {
      throw new Error('the bill is not what its hash says');
    }
    return { text: data.toString() };
  },
  async certificates({ wxpay, apiV3Key }) {
    const { data: { data } } = await wxpay.v3.certificates.get();
    return {
      serials: data.map(({ encrypt_certificate: { ciphertext, nonce, associated_data } }) => {
        const certificate = new X509Certificate(AesGcm.decrypt(ciphertext, apiV3Key, nonce, associated_data));
        return certificate.serialNumber;
      }),
    };
  },
  async micropay({ wxpay, appid, mchid }, asked) {
    const { data } = await wxpay.v3.pay.transactions.codepay.post({
      appid,
      mchid,
      description,
      out_trade_no: asked.out_trade_no,
      amount: { total: Number(asked.total), currency: CNY },
      payer: { auth_code: asked.auth_code },
      scene_info: { store_info: { out_id: '1' } },
    });
    return data;
  },
  async reverse({ wxpay, appid, mchid }, { out_trade_no }) {
    const { data } = await wxpay.v3.pay.transactions.outTradeNo._out_trade_no_.reverse
      .post({ appid, mchid }, { out_trade_no });
    return data;
  },
  async 'combined-order'({
    wxpay, appid, mchid, files,
  }, asked) {
    const { data } = await wxpay.v3.combineTransactions.native.post({
      combine_appid: appid,
      combine_mchid: mchid,
      combine_out_trade_no: asked.out_trade_no,
      notify_url: `${url}/notify/combined/${files}`,
      sub_orders: asked.sub_orders.split(',').map((out_trade_no) => ({
        mchid, attach: '茶', description, out_trade_no, amount: { total_amount: Number(asked.total), currency: CNY },
      })),
    });
    return data;
  },
  async 'combined-query'({ wxpay }, { out_trade_no: combine_out_trade_no }) {
    const { data } = await wxpay.v3.combineTransactions.outTradeNo._combine_out_trade_no_.get({ combine_out_trade_no });
    return data;
  },
  async 'combined-close'({ wxpay, appid, mchid }, asked) {
    const { status } = await wxpay.v3.combineTransactions.outTradeNo._combine_out_trade_no_.close.post({
      combine_appid: appid,
      sub_orders: asked.sub_orders.split(',').map((out_trade_no) => ({ mchid, out_trade_no })),
    }, { combine_out_trade_no: asked.out_trade_no });
    return { status };
  },
};

/** What a notification says; throws when it is not WeChat Pay that speaks. */
function heard({ certs, apiV3Key }, headers, body) {
  const header = (name) => headers[`wechatpay-${name}`];
  if (Math.abs(Formatter.timestamp() - header('timestamp')) > 300) { throw new Error('stale'); }
  const message = Formatter.response(header('timestamp'), header('nonce'), body);
  const key = certs[header('serial')];
  if (!key || !Rsa.verify(message, header('signature'), key)) { throw new Error('wrong signature'); }
  const { ciphertext, nonce, associated_data } = JSON.parse(body).resource;
  return JSON.parse(AesGcm.decrypt(ciphertext, apiV3Key, nonce, associated_data));
}

function take(kind, files, headers, body) {
  try {
    const told = heard(merchant(files), headers, body);
    (received[kind] = received[kind] || []).push(told);
    return [200, { code: 'SUCCESS', message: '成功' }];
  } catch (refused) {
    console.error(refused);
    return [401, { code: 'FAIL', message: '失败' }];
  }
}

async function act(name, asked) {
  try {
    return [200, await acts[name](merchant(asked.files), asked)];
  } catch (refused) {
    const said = refused.response && refused.response.data;
    return [502, { error: `${refused} ${said ? JSON.stringify(said) : ''}` }];
  }
}

const server = http.createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) { chunks.push(chunk); }
  const body = Buffer.concat(chunks).toString();
  const [, name, kind, files] = request.url.split('/');
  const known = { notify: () => take(kind, files, request.headers, body), received: () => [200, received] };
  const [status, answer] = known[name] ? known[name]() : await act(name, JSON.parse(body));
  response.writeHead(status).end(JSON.stringify(answer));
});

server.listen(0, '127.0.0.1', () => {
  url = `http://127.0.0.1:${server.address().port}`;
  console.log(`shop ready at ${url}`);
});
