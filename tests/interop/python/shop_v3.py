"""A merchant's backend on wechatpayv3, as its documentation shows it."""

import gzip
import hashlib
import json
import os
import sys
import time
import uuid
from collections import defaultdict
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from wechatpayv3 import WeChatPay, WeChatPayType

FILES = Path(os.environ["WXPAY_FILES"])
PUBLIC_KEY = os.environ["SHOP_MODE"] == "public-key"
PRODUCTS = {
    "JSAPI": WeChatPayType.JSAPI,
    "APP": WeChatPayType.APP,
    "H5": WeChatPayType.H5,
    "NATIVE": WeChatPayType.NATIVE,
}
Json = dict[str, Any]


class Refused(Exception):
    """WeChat Pay did not do it; the library gives its answer back as it gives any other."""


class Merchant:
    """What `merchant export` gave, and a client of wechatpayv3 made of it."""

    def __init__(self, files: str, *, partner: bool) -> None:
        folder = FILES / files
        settings = dict(line.split("=", 1) for line in (folder / "settings.env").read_text().splitlines())
        self.files, self.appid, self.mchid = files, settings["WXPAY_APPID"], settings["WXPAY_MCH_ID"]
        known: Json = {"cert_dir": str(folder / "platform")}
        if PUBLIC_KEY:
            known = {
                "public_key": (folder / "pub_key.pem").read_text(),
                "public_key_id": settings["WXPAY_PUB_KEY_ID"],
            }
        self.pay = WeChatPay(
            wechatpay_type=WeChatPayType.NATIVE,
            mchid=self.mchid,
            private_key=(folder / "apiclient_key.pem").read_text(),
            cert_serial_no=settings["WXPAY_SERIAL_NO"],
            appid=self.appid,
            apiv3_key=settings["WXPAY_API_V3_KEY"],
            partner_mode=partner,
            **known,
        )
        self.platform = folder / "platform"


@cache
def merchant(files: str, *, partner: bool) -> Merchant:
    return Merchant(files, partner=partner)


def successful(answer: tuple[int, str]) -> Json:
    """Raises Refused. A message without a body is an empty object."""
    status, text = answer
    if status not in (200, 204):
        raise Refused(f"{status} {text}")
    return dict(json.loads(text)) if text else {}


class Shop:
    """What the shop does; each act takes a merchant and what was asked of the shop."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.received: dict[str, list[Json]] = defaultdict(list)

    def order(self, shop: Merchant, asked: Json) -> Json:
        partner = "sub_mchid" in asked
        terms: Json = {}
        if asked["trade_type"] == "JSAPI":
            terms["payer"] = {"sp_openid" if partner else "openid": asked["openid"]}
        if asked["trade_type"] == "H5":
            terms["scene_info"] = {"payer_client_ip": "123.12.12.123", "h5_info": {"type": "Wap"}}
        placed = successful(
            shop.pay.pay(
                description="龙井茶",
                out_trade_no=asked["out_trade_no"],
                amount={"total": int(asked["total"]), "currency": "CNY"},
                notify_url=f"{self.url}/notify/{'partner' if partner else 'payment'}/{shop.files}",
                sub_mchid=asked.get("sub_mchid"),
                pay_type=PRODUCTS[asked["trade_type"]],
                **terms,
            )
        )
        make = {"JSAPI": self._for_page, "APP": self._for_app}.get(asked["trade_type"])
        return {**placed, "client": make(shop, placed["prepay_id"]) if make else None}

    @staticmethod
    def _for_page(shop: Merchant, prepay_id: str) -> Json:
        signed = {"appId": shop.appid, "timeStamp": str(int(time.time())), "nonceStr": uuid.uuid4().hex}
        signed["package"] = f"prepay_id={prepay_id}"
        return {**signed, "signType": "RSA", "paySign": shop.pay.sign(list(signed.values()))}

    @staticmethod
    def _for_app(shop: Merchant, prepay_id: str) -> Json:
        signed = {"appid": shop.appid, "timestamp": str(int(time.time())), "noncestr": uuid.uuid4().hex}
        signed["prepayid"] = prepay_id
        signature = shop.pay.sign(list(signed.values()))
        return {**signed, "partnerid": shop.mchid, "package": "Sign=WXPay", "sign": signature}

    def query(self, shop: Merchant, asked: Json) -> Json:
        named = {name: asked.get(name) for name in ("out_trade_no", "transaction_id", "sub_mchid")}
        return successful(shop.pay.query(**named))

    def close(self, shop: Merchant, asked: Json) -> Json:
        return successful(shop.pay.close(asked["out_trade_no"], sub_mchid=asked.get("sub_mchid")))

    def refund(self, shop: Merchant, asked: Json) -> Json:
        return successful(
            shop.pay.refund(
                out_refund_no=asked["out_refund_no"],
                amount={"refund": int(asked["refund"]), "total": int(asked["total"]), "currency": "CNY"},
                out_trade_no=asked["out_trade_no"],
                notify_url=f"{self.url}/notify/refund/{shop.files}",
                sub_mchid=asked.get("sub_mchid"),
            )
        )

    def refund_query(self, shop: Merchant, asked: Json) -> Json:
        return successful(shop.pay.query_refund(asked["out_refund_no"], sub_mchid=asked.get("sub_mchid")))

    def abnormal_refund(self, shop: Merchant, asked: Json) -> Json:
        secrets = {name: asked[name] for name in ("bank_account", "real_name")}
        return successful(
            shop.pay.abnormal_refund(
                asked["refund_id"], asked["out_refund_no"], "USER_BANK_CARD", bank_type="ICBC_DEBIT", **secrets
            )
        )

    def bill(self, shop: Merchant, asked: Json) -> Json:
        apply = shop.pay.trade_bill if asked["kind"] == "tradebill" else shop.pay.fundflow_bill
        where = successful(apply(asked["bill_date"]))
        status, packed = shop.pay.download_bill(where["download_url"])
        if status != 200:
            raise Refused(f"{status} {packed!r}")
        text = gzip.decompress(packed)
        if hashlib.sha1(text).hexdigest() != where["hash_value"]:
            raise Refused("the bill is not what its hash says")
        return {"text": text.decode()}

    def certificates(self, shop: Merchant, asked: Json) -> Json:
        """The library keeps them in a folder, by their serial numbers."""
        return {"serials": [file.stem for file in shop.platform.glob("*.pem")]}

    def micropay(self, shop: Merchant, asked: Json) -> Json:
        return successful(
            shop.pay.pay(
                description="龙井茶",
                out_trade_no=asked["out_trade_no"],
                amount={"total": int(asked["total"]), "currency": "CNY"},
                payer={"auth_code": asked["auth_code"]},
                scene_info={"store_info": {"out_id": "1"}},
                pay_type=WeChatPayType.CODEPAY,
            )
        )

    def reverse(self, shop: Merchant, asked: Json) -> Json:
        return successful(shop.pay.codepay_reverse(asked["out_trade_no"]))

    def combined_order(self, shop: Merchant, asked: Json) -> Json:
        subs = [
            {
                "mchid": shop.mchid,
                "attach": "茶",
                "amount": {"total_amount": int(asked["total"]), "currency": "CNY"},
                "out_trade_no": number,
                "description": "龙井茶",
            }
            for number in asked["sub_orders"].split(",")
        ]
        return successful(
            shop.pay.combine_pay(
                asked["out_trade_no"],
                subs,
                scene_info={"payer_client_ip": "123.12.12.123"},
                notify_url=f"{self.url}/notify/combined/{shop.files}",
                pay_type=WeChatPayType.NATIVE,
            )
        )

    def combined_query(self, shop: Merchant, asked: Json) -> Json:
        return successful(shop.pay.combine_query(asked["out_trade_no"]))

    def combined_close(self, shop: Merchant, asked: Json) -> Json:
        subs = [{"mchid": shop.mchid, "out_trade_no": number} for number in asked["sub_orders"].split(",")]
        return successful(shop.pay.combine_close(asked["out_trade_no"], subs))

    def notified(self, kind: str, files: str, headers: Json, body: bytes) -> None:
        """Raises Refused when it is not WeChat Pay that speaks."""
        told = merchant(files, partner=kind == "partner").pay.callback(headers, body)
        if not told:
            raise Refused("not WeChat Pay")
        self.received[kind].append(told["resource"])


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
        try:
            act = getattr(self.shop, self.path[1:].replace("-", "_"))
            shop = merchant(asked["files"], partner="sub_mchid" in asked)
            self._answer(200, json.dumps(act(shop, asked)))
        except Exception as refused:  # the library raises nothing narrower
            self._answer(502, json.dumps({"error": f"{refused!r}"}))

    def _notified(self, body: bytes) -> None:
        _, _, kind, files = self.path.split("/")
        try:
            self.shop.notified(kind, files, dict(self.headers), body)
            self._answer(200, json.dumps({"code": "SUCCESS", "message": "成功"}))
        except Exception as refused:
            print(repr(refused), file=sys.stderr)
            self._answer(401, json.dumps({"code": "FAIL", "message": "失败"}))

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
