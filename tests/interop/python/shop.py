"""A merchant's backend on wechatpy, as its documentation shows it."""

import json
import os
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from wechatpy.exceptions import WeChatPayException
from wechatpy.pay import WeChatPay

FILES = Path(os.environ["WXPAY_FILES"])
Json = dict[str, Any]


def wechat(key: str = "", *, sandbox: bool = False) -> WeChatPay:
    """`sandbox` is WeChat's own, to which the library switches by itself."""
    return WeChatPay(
        os.environ["WXPAY_APPID"],
        key or os.environ["WXPAY_API_KEY"],
        os.environ["WXPAY_MCH_ID"],
        mch_cert=str(FILES / "apiclient_cert.pem"),
        mch_key=str(FILES / "apiclient_key.pem"),
        sandbox=sandbox,
    )


class Shop:
    """What the shop does; each act takes a client of wechatpy and what was asked of the shop."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.received: dict[str, list[Json]] = {"payments": [], "refunds": []}

    def order(self, pay: WeChatPay, asked: Json) -> Json:
        made = pay.order.create(
            asked["trade_type"],
            "龙井茶",
            int(asked["total_fee"]),
            f"{self.url}/notify/payment",
            out_trade_no=asked["out_trade_no"],
            client_ip="123.12.12.123",
            user_id=asked.get("openid"),
            product_id="88888",
            scene_info={"h5_info": {"type": "Wap", "wap_url": "https://shop.example", "wap_name": "茶"}},
        )
        parameters = {"APP": pay.order.get_appapi_params, "JSAPI": pay.jsapi.get_jsapi_params}
        make = parameters.get(asked["trade_type"])
        return {**made, "client": make(made["prepay_id"]) if make else None}

    def query(self, pay: WeChatPay, asked: Json) -> Json:
        return dict(pay.order.query(out_trade_no=asked["out_trade_no"]))

    def close(self, pay: WeChatPay, asked: Json) -> Json:
        return dict(pay.order.close(asked["out_trade_no"]))

    def refund(self, pay: WeChatPay, asked: Json) -> Json:
        applied = pay.refund.apply(
            int(asked["total_fee"]),
            int(asked["refund_fee"]),
            asked["out_refund_no"],
            out_trade_no=asked["out_trade_no"],
            notify_url=f"{self.url}/notify/refund",
        )
        return dict(applied)

    def refund_query(self, pay: WeChatPay, asked: Json) -> Json:
        found = pay.refund.query(out_refund_no=asked["out_refund_no"])
        return {"refund_id": found["refund_id_0"], "refund_status": found["refund_status_0"]}

    def bill(self, pay: WeChatPay, asked: Json) -> Json:
        return {"text": pay.tools.download_bill(asked["bill_date"])}

    def micropay(self, pay: WeChatPay, asked: Json) -> Json:
        paid = pay.micropay.create(
            "龙井茶",
            int(asked["total_fee"]),
            asked["auth_code"],
            client_ip="123.12.12.123",
            out_trade_no=asked["out_trade_no"],
        )
        return dict(paid)

    def reverse(self, pay: WeChatPay, asked: Json) -> Json:
        return dict(pay.order.reverse(out_trade_no=asked["out_trade_no"]))

    def payment_notified(self, xml: bytes) -> None:
        """Raises InvalidSignatureException."""
        self.received["payments"].append(dict(wechat().parse_payment_result(xml)))

    def refund_notified(self, xml: bytes) -> None:
        self.received["refunds"].append(dict(wechat().parse_refund_notify_result(xml)))


class Door(BaseHTTPRequestHandler):
    """Customers, staff and WeChat Pay knock here."""

    shop: Shop

    def do_GET(self) -> None:
        self._answer(200, json.dumps(self.shop.received))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.startswith("/notify/"):
            self._notified(body)
        else:
            self._asked(json.loads(body))

    def _asked(self, asked: Json) -> None:
        act: Callable[[WeChatPay, Json], Json] = getattr(self.shop, self.path[1:].replace("-", "_"))
        try:
            pay = wechat(asked.get("key", ""), sandbox="sandbox" in asked)
            self._answer(200, json.dumps(act(pay, asked)))
        except WeChatPayException as refused:
            self._answer(502, json.dumps({"error": f"{refused.errcode} {refused.errmsg} {refused.return_msg}"}))

    def _notified(self, xml: bytes) -> None:
        take = self.shop.payment_notified if self.path == "/notify/payment" else self.shop.refund_notified
        try:
            take(xml)
            word = "SUCCESS"
        except Exception as refused:
            print(repr(refused), file=sys.stderr)
            word = "FAIL"
        self._answer(200, f"<xml><return_code><![CDATA[{word}]]></return_code></xml>")

    def _answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    Door.shop = Shop(f"http://127.0.0.1:{server.server_port}")
    print(f"shop ready at {Door.shop.url}", flush=True)
    server.serve_forever()
