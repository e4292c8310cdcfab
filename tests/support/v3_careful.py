"""A merchant's backend that believes no notification of V3 that it must not believe."""

from typing import Any

from aiohttp import web

from tests.support.merchant import Received
from tests.support.v3 import V3Merchant


class Careful:
    """A merchant that verifies, opens and compares as the documents ask for, and remembers what it has seen."""

    def __init__(self, v3: V3Merchant, total: int = 101) -> None:
        self.v3, self.total = v3, total
        self.nonces: set[str] = set()
        self.used = {"OTHER": "0"}
        self.booked: list[str] = []

    def answer(self, received: Received) -> web.Response:
        try:
            told = self.v3.open(received)
            assert len(received.body) < 64 * 1024
            nonce = received.headers["Wechatpay-Nonce"]
            assert nonce not in self.nonces
            self.compare(told)
            self.nonces.add(nonce)
        except Exception as error:  # whatever is wrong with it
            return web.json_response({"code": "FAIL", "message": type(error).__name__}, status=401)
        self.booked.append(told["out_trade_no"])
        return web.Response(status=204)

    def compare(self, told: dict[str, Any]) -> None:
        assert (told["mchid"], told["appid"]) == (self.v3.mch_id, self.v3.appid)
        assert told["amount"]["total"] == self.total
        assert not told["out_trade_no"].startswith("UNKNOWN")
        assert self.used.setdefault(told["transaction_id"], told["out_trade_no"]) == told["out_trade_no"]
