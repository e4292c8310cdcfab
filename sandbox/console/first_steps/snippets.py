"""Settings per language that point an unmodified library at the sandbox. The key comes from the environment."""

from collections.abc import Mapping

from sandbox.console.first_steps.snippet import Snippet
from sandbox.console.first_steps.snippets_v3 import SNIPPETS_V3
from sandbox.words import console as words

SNIPPETS_V2 = {
    "python": Snippet(
        words.WITH_WECHATPY,
        """
import os
from wechatpy.pay import WeChatPay

WeChatPay.API_BASE_URL = "{base}/"   # base URL

pay = WeChatPay(appid="{appid}", mch_id="{mch_id}", api_key=os.environ["WXPAY_API_KEY"])
order = pay.order.create(
    trade_type="APP", body="Hello", total_fee=1,
    notify_url="http://127.0.0.1:8000/notify", out_trade_no="ORDER00001",
)
""",
    ),
    "node": Snippet(
        words.WITH_NOTHING,
        """
import { createHash, randomBytes } from 'node:crypto';

const base = '{base}';               // instead of https://api.mch.weixin.qq.com
const fields = {
  appid: '{appid}', mch_id: '{mch_id}', nonce_str: randomBytes(16).toString('hex'),
  body: 'Hello', out_trade_no: 'ORDER00001', total_fee: '1', spbill_create_ip: '127.0.0.1',
  notify_url: 'http://127.0.0.1:3000/notify', trade_type: 'APP',
};
const text = Object.keys(fields).sort().map((name) => `${name}=${fields[name]}`).join('&');
fields.sign = createHash('md5').update(`${text}&key=${process.env.WXPAY_API_KEY}`).digest('hex').toUpperCase();
const xml = Object.entries(fields).map(([name, value]) => `<${name}>${value}</${name}>`).join('');
const answer = await fetch(base + '/pay/unifiedorder', { method: 'POST', body: `<xml>${xml}</xml>` });
console.log(await answer.text());
""",
    ),
    "go": Snippet(
        words.WITH_GOPAY,
        """
client := wechat.NewClient("{appid}", "{mch_id}", os.Getenv("WXPAY_API_KEY"), true)
client.BaseURL = "{base}/"           // base URL
""",
    ),
    "java": Snippet(
        words.WITH_WXJAVA,
        """
WxPayConfig config = new WxPayConfig();
config.setPayBaseUrl("{base}");      // base URL
config.setAppId("{appid}");
config.setMchId("{mch_id}");
config.setMchKey(System.getenv("WXPAY_API_KEY"));
WxPayService service = new WxPayServiceImpl();
service.setConfig(config);
""",
    ),
    "php": Snippet(
        words.WITH_EASYWECHAT,
        """
$app = new EasyWeChat\\Pay\\Application([
    'mch_id'        => '{mch_id}',
    'v2_secret_key' => getenv('WXPAY_API_KEY'),
    'http'          => ['base_uri' => '{base}/'],   // base URL
]);
$app->getClient()->post('pay/unifiedorder', ['xml' => ['appid' => '{appid}', /* ... */]]);
""",
    ),
    "dotnet": Snippet(
        words.WITH_SKIT,
        """
var client = new WechatTenpayClient(new WechatTenpayClientOptions
{
    Endpoint = "{base}",             // base URL
    AppId = "{appid}",
    MerchantId = "{mch_id}",
    MerchantSecret = Environment.GetEnvironmentVariable("WXPAY_API_KEY"),
});
""",
    ),
}
"""By the names of `runtimes.RUNTIMES`; curl has a whole signed call instead."""

SNIPPETS: Mapping[str, Mapping[str, Snippet]] = {"v2": SNIPPETS_V2, "v3": SNIPPETS_V3}
"""By the names of faces, then of languages."""

RUNS = {("v3", "curl"): "sh order.sh"}
"""What starts a program where a face needs more than `Runtime.run` has: a signed call is no one line."""
