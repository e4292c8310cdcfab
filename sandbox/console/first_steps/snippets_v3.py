"""Settings per language for libraries of APIv3. The keys come from the environment, as `merchant export` writes it.

Those that say by `Wechatpay-Serial` whose signature they want verify by WeChat Pay's public key; the others by the
platform certificate, with which it signs otherwise. None downloads certificates first.
"""

from sandbox.console.first_steps.snippet import Snippet
from sandbox.words import connecting as words

SNIPPETS_V3 = {
    "python": Snippet(
        words.WITH_WECHATPAYV3,
        """
import os
from pathlib import Path
from wechatpayv3 import WeChatPay, WeChatPayType

files = Path(os.environ["WXPAY_FILES"])
pay = WeChatPay(
    wechatpay_type=WeChatPayType.NATIVE, mchid="{mch_id}", appid="{appid}",
    private_key=(files / "apiclient_key.pem").read_text(),
    cert_serial_no=os.environ["WXPAY_SERIAL_NO"],
    apiv3_key=os.environ["WXPAY_API_V3_KEY"],
    public_key=(files / "pub_key.pem").read_text(),
    public_key_id=os.environ["WXPAY_PUB_KEY_ID"],
    notify_url="http://127.0.0.1:8000/notify",
)
status, answer = pay.pay(description="Hello", out_trade_no="ORDER00001", amount={"total": 1})
print(status, answer)
""",
        hard_coded=True,
        whole="examples/apiv3/python/first.py",
    ),
    "node": Snippet(
        words.WITH_AXIOS_PLUGIN,
        """
const { readFileSync } = require('fs');
const { Wechatpay, Rsa } = require('wechatpay-axios-plugin');

const { WXPAY_FILES, WXPAY_SERIAL_NO, WXPAY_PLATFORM_SERIAL_NO } = process.env;
const file = (name) => readFileSync(`${WXPAY_FILES}/${name}`);
const wxpay = new Wechatpay({
  baseURL: '{base}',                 // base URL
  mchid: '{mch_id}', serial: WXPAY_SERIAL_NO,
  privateKey: Rsa.from(file('apiclient_key.pem'), Rsa.KEY_TYPE_PRIVATE),
  certs: { [WXPAY_PLATFORM_SERIAL_NO]: Rsa.from(file('platform_cert.pem'), Rsa.KEY_TYPE_PUBLIC) },
});
wxpay.v3.pay.transactions.native.post({
  appid: '{appid}', mchid: '{mch_id}', description: 'Hello', out_trade_no: 'ORDER00001',
  notify_url: 'http://127.0.0.1:3000/notify', amount: { total: 1 },
}).then(({ data }) => console.log(data.code_url));
""",
    ),
    "go": Snippet(
        words.WITH_WECHATPAY_GO,
        """
files := os.Getenv("WXPAY_FILES")
key, _ := utils.LoadPrivateKeyWithPath(files + "/apiclient_key.pem")
publicKey, _ := utils.LoadPublicKeyWithPath(files + "/pub_key.pem")
client, err := core.NewClient(ctx, option.WithWechatPayPublicKeyAuthCipher(
	"{mch_id}", os.Getenv("WXPAY_SERIAL_NO"), key, os.Getenv("WXPAY_PUB_KEY_ID"), publicKey))
orders := native.NativeApiService{Client: client}
placed, _, err := orders.Prepay(ctx, native.PrepayRequest{
	Appid: core.String("{appid}"), Mchid: core.String("{mch_id}"),
	Description: core.String("Hello"), OutTradeNo: core.String("ORDER00001"),
	NotifyUrl: core.String("http://127.0.0.1:8000/notify"),
	Amount:    &native.Amount{Total: core.Int64(1)},
})
""",
        hard_coded=True,
        whole="examples/apiv3/go/main.go",
    ),
    "java": Snippet(
        words.WITH_WECHATPAY_JAVA,
        """
String files = System.getenv("WXPAY_FILES");
Config config = new RSAPublicKeyConfig.Builder()
    .merchantId("{mch_id}")
    .privateKeyFromPath(files + "/apiclient_key.pem")
    .merchantSerialNumber(System.getenv("WXPAY_SERIAL_NO"))
    .publicKeyFromPath(files + "/pub_key.pem")
    .publicKeyId(System.getenv("WXPAY_PUB_KEY_ID"))
    .apiV3Key(System.getenv("WXPAY_API_V3_KEY"))
    .build();
NativePayService orders = new NativePayService.Builder().config(config).build();
""",
        hard_coded=True,
        whole="examples/apiv3/java/src/main/java/First.java",
    ),
    "php": Snippet(
        words.WITH_WECHATPAY_PHP,
        """
use WeChatPay\\Builder;
use WeChatPay\\Crypto\\Rsa;

$files = 'file://' . getenv('WXPAY_FILES');
$pay = Builder::factory([
    'base_uri'   => '{base}/',       // base URL
    'mchid'      => '{mch_id}',
    'serial'     => getenv('WXPAY_SERIAL_NO'),
    'privateKey' => Rsa::from("$files/apiclient_key.pem", Rsa::KEY_TYPE_PRIVATE),
    'certs'      => [
        getenv('WXPAY_PLATFORM_SERIAL_NO') => Rsa::from("$files/platform_cert.pem", Rsa::KEY_TYPE_PUBLIC),
    ],
]);
$answer = $pay->chain('v3/pay/transactions/native')->post(['json' => [
    'appid' => '{appid}', 'mchid' => '{mch_id}', 'description' => 'Hello', 'out_trade_no' => 'ORDER00001',
    'notify_url' => 'http://127.0.0.1:8000/notify', 'amount' => ['total' => 1],
]]);
""",
    ),
    "dotnet": Snippet(
        words.WITH_SKIT_V3,
        """
var files = Environment.GetEnvironmentVariable("WXPAY_FILES");
var client = WechatTenpayClientBuilder.Create(new WechatTenpayClientOptions
{
    Endpoint = "{base}/v3",          // base URL
    MerchantId = "{mch_id}",
    MerchantV3Secret = Environment.GetEnvironmentVariable("WXPAY_API_V3_KEY"),
    MerchantCertificateSerialNumber = Environment.GetEnvironmentVariable("WXPAY_SERIAL_NO"),
    MerchantCertificatePrivateKey = File.ReadAllText($"{files}/apiclient_key.pem"),
}).Build();
""",
    ),
}
"""By the names of `runtimes.RUNTIMES`; curl has a whole signed call instead."""
