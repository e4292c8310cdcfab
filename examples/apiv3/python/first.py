"""A first order of APIv3 with wechatpayv3: placed, paid, notified, queried, refunded. pip install wechatpayv3"""

import json
import os
import queue
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from wechatpayv3 import WeChatPay, WeChatPayType

PORT = int(os.environ.get("SHOP_PORT", "8691"))
SHOP = f"http://127.0.0.1:{PORT}"
FILES = Path(os.environ["WXPAY_FILES"])
# Gets WeChat Pay's certificate (/v3/certificates) first, and verifies every answer with it.
pay = WeChatPay(
    wechatpay_type=WeChatPayType.NATIVE,
    mchid=os.environ["WXPAY_MCH_ID"],
    private_key=(FILES / "apiclient_key.pem").read_text(),
    cert_serial_no=os.environ["WXPAY_SERIAL_NO"],
    apiv3_key=os.environ["WXPAY_API_V3_KEY"],
    appid=os.environ["WXPAY_APPID"],
    notify_url=f"{SHOP}/notify",
)
told: queue.Queue[str] = queue.Queue()


class Shop(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        said = pay.callback(self.headers, body.decode())  # None where it is not WeChat Pay's
        self.send_response(204 if said else 401)
        self.end_headers()
        if said:
            told.put(said["resource"].get("trade_state") or said["resource"]["refund_status"])

    def log_message(self, *_: object) -> None:
        """Silent."""


threading.Thread(target=HTTPServer(("127.0.0.1", PORT), Shop).serve_forever, daemon=True).start()

number = f"FIRST{int(time.time())}"
_, answer = pay.pay(description="A cup of tea", out_trade_no=number, amount={"total": 100})
print("placed:", number, json.loads(answer)["code_url"])
print("pay it in another terminal: wxpay-sandbox pay", number, flush=True)
print("notified:", told.get())

_, answer = pay.query(out_trade_no=number)
print("queried:", json.loads(answer)["trade_state"], json.loads(answer)["transaction_id"])

_, answer = pay.refund(
    out_trade_no=number,
    out_refund_no=f"R{number}",
    amount={"refund": 100, "total": 100, "currency": "CNY"},
    notify_url=f"{SHOP}/refunded",
)
print("refund asked for:", json.loads(answer)["status"])
print("it arrives after a minute of sandbox time: wxpay-sandbox clock +1m", flush=True)
print("refunded:", told.get())
