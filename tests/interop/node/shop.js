// A merchant's backend on wechatpay-axios-plugin, as its README shows it.
const { readFileSync } = require('fs');
const http = require('http');
const path = require('path');
const {
  Wechatpay, Transformer, Hash, Formatter, Aes: { AesEcb },
} = require('wechatpay-axios-plugin');

const {
  WXPAY_MCH_ID: mchid, WXPAY_APPID: appid, WXPAY_API_KEY: apiKey, WXPAY_SERIAL_NO: serial,
  WXPAY_PUB_KEY_ID: publicKeyId, WXPAY_FILES: files,
} = process.env;
const file = (name) => readFileSync(path.join(files, name));

function wechat(key) {
  return new Wechatpay({
    mchid,
    serial,
    privateKey: file('apiclient_key.pem'),
    certs: { [publicKeyId]: file('pub_key.pem') },
    secret: key || apiKey,
    merchant: { cert: file('apiclient_cert.pem'), key: file('apiclient_key.pem') },
  });
}

const secret = Hash.keyObjectFrom(apiKey);
const received = { payments: [], refunds: [] };
let url;

/** What an app or a page needs to ask its payer for the money. */
const clientParameters = {
  APP(prepayId) {
    const params = {
      appid,
      partnerid: mchid,
      prepayid: prepayId,
      package: 'Sign=WXPay',
      timestamp: `${Formatter.timestamp()}`,
      noncestr: Formatter.nonce(),
    };
    return { ...params, sign: Hash.sign(Hash.ALGO_MD5, params, secret) };
  },
  JSAPI(prepayId) {
    const params = {
      appId: appid,
      timeStamp: `${Formatter.timestamp()}`,
      nonceStr: Formatter.nonce(),
      package: `prepay_id=${prepayId}`,
      signType: Hash.ALGO_HMAC_SHA256,
    };
    return { ...params, paySign: Hash.sign(params.signType, params, secret) };
  },
};

/** What the shop does; each act takes a client of the library and what was asked of the shop. */
const acts = {
  async order(wxpay, asked) {
    const { data } = await wxpay.v2.pay.unifiedorder({
      appid,
      mch_id: mchid,
      body: '龙井茶',
      out_trade_no: asked.out_trade_no,
      total_fee: asked.total_fee,
      spbill_create_ip: '123.12.12.123',
      notify_url: `${url}/notify/payment`,
      trade_type: asked.trade_type,
      ...(asked.trade_type === 'NATIVE' && { product_id: '88888' }),
      // The page signs with the type that the order was signed with.
      ...(asked.trade_type === 'JSAPI' && { openid: asked.openid, sign_type: Hash.ALGO_HMAC_SHA256 }),
      ...(asked.trade_type === 'MWEB' && {
        scene_info: JSON.stringify({ h5_info: { type: 'Wap', wap_url: 'https://shop.example', wap_name: '茶' } }),
      }),
    });
    const make = clientParameters[asked.trade_type];
    return { ...data, client: make ? make(data.prepay_id) : null };
  },
  async query(wxpay, { out_trade_no }) {
    return (await wxpay.v2.pay.orderquery({ appid, mch_id: mchid, out_trade_no })).data;
  },
  async close(wxpay, { out_trade_no }) {
    return (await wxpay.v2.pay.closeorder({ appid, mch_id: mchid, out_trade_no })).data;
  },
  async refund(wxpay, asked) {
    const { data } = await wxpay.v2.secapi.pay.refund({
      appid,
      mch_id: mchid,
      out_trade_no: asked.out_trade_no,
      out_refund_no: asked.out_refund_no,
      total_fee: asked.total_fee,
      refund_fee: asked.refund_fee,
      notify_url: `${url}/notify/refund`,
    }, { security: true });
    return data;
  },
  async 'refund-query'(wxpay, { out_refund_no }) {
    const { data } = await wxpay.v2.pay.refundquery({ appid, mch_id: mchid, out_refund_no });
    return { refund_id: data.refund_id_0, refund_status: data.refund_status_0 };
  },
  async bill(wxpay, { bill_date }) {
    // The answer is a table, not XML: it has to go past the library's reader (its changelog: 特殊接口需给特殊 transformResponse).
    const { data } = await wxpay.v2.pay.downloadbill(
      { appid, mch_id: mchid, bill_date, bill_type: 'ALL' },
      { transformResponse: [] },
    );
    if (data.startsWith('<')) { throw new Error(JSON.stringify(Transformer.toObject(data))); }
    return { text: data };
  },
  async micropay(wxpay, asked) {
    const { data } = await wxpay.v2.pay.micropay({
      appid,
      mch_id: mchid,
      body: '龙井茶',
      out_trade_no: asked.out_trade_no,
      total_fee: asked.total_fee,
      spbill_create_ip: '123.12.12.123',
      auth_code: asked.auth_code,
    });
    return data;
  },
  async reverse(wxpay, { out_trade_no }) {
    return (await wxpay.v2.secapi.pay.reverse({ appid, mch_id: mchid, out_trade_no }, { security: true })).data;
  },
};

/** Throws when it is not WeChat Pay that speaks. */
const notified = {
  payment(xml) {
    const message = Transformer.toObject(xml);
    const type = message.sign.length === 64 ? Hash.ALGO_HMAC_SHA256 : Hash.ALGO_MD5;
    if (!Hash.equals(Hash.sign(type, message, secret), message.sign)) {
      throw new Error('wrong sign');
    }
    received.payments.push(message);
  },
  refund(xml) {
    const message = Transformer.toObject(xml);
    received.refunds.push(Transformer.toObject(AesEcb.decrypt(message.req_info, Hash.md5(secret))));
  },
};

function take(kind, xml) {
  try {
    notified[kind](xml);
    return Transformer.toXml({ return_code: 'SUCCESS', return_msg: 'OK' });
  } catch (refused) {
    console.error(refused);
    return Transformer.toXml({ return_code: 'FAIL', return_msg: 'no' });
  }
}

async function act(name, asked) {
  try {
    return [200, await acts[name](wechat(asked.key), asked)];
  } catch (refused) {
    const said = refused.response && refused.response.data;
    return [502, { error: said ? JSON.stringify(said) : `${refused}` }];
  }
}

const server = http.createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) { chunks.push(chunk); }
  const body = Buffer.concat(chunks).toString();
  const [, name, kind] = request.url.split('/');
  if (name === 'notify') {
    response.end(take(kind, body));
  } else {
    const [status, answer] = name === 'received' ? [200, received] : await act(name, JSON.parse(body));
    response.writeHead(status).end(JSON.stringify(answer));
  }
});

server.listen(0, '127.0.0.1', () => {
  url = `http://127.0.0.1:${server.address().port}`;
  console.log(`shop ready at ${url}`);
});
