"""Whatever is sent to APIv3 is answered by it: no body, no query and no path makes the sandbox fail."""

import json
import random
from typing import Any
from urllib.parse import quote

import pytest

from sandbox.v3.endpoint import ENDPOINTS
from tests.support.control import Control
from tests.support.v3 import PAY, V3Merchant

pytestmark = pytest.mark.slow
SEEDS = range(3)
EACH = 40
ODD: list[Any] = [
    *(None, True, 0, -1, 1.5, 1e300, 2**70, "", "x" * 300, "茶" * 50, "\ud800", "\U0001f375", "\x00", "a\nb"),
    *([], {}, [[]], [None], {"": {}}, {"a": 1}, "NaN", "2020-02-30T00:00:00+08:00", "9999-12-31T23:59:59-12:00"),
]
NAMES = (
    *("appid", "mchid", "sp_mchid", "sub_mchid", "out_trade_no", "description", "notify_url", "amount", "total"),
    *("payer", "openid", "scene_info", "store_info", "detail", "goods_detail", "limit_pay", "time_expire", "attach"),
    *("settle_info", "subsidy_info", "subsidy_detail", "identity", "support_fapiao", "transaction_id", "reason", "/~"),
)


def anything(dice: random.Random, depth: int = 0) -> Any:
    """A JSON value of names that are known and values that are odd."""
    if depth > 3 or dice.random() < 0.4:
        return dice.choice(ODD)
    if dice.random() < 0.2:
        return [anything(dice, depth + 1) for _ in range(dice.randrange(3))]
    return {name: anything(dice, depth + 1) for name in dice.sample(NAMES, dice.randrange(8))}


def mangled(dice: random.Random, body: bytes) -> bytes:
    """The same, now and then with some bytes changed or lost."""
    if not body or dice.random() < 0.7:
        return body
    at = dice.randrange(len(body))
    return body[:at] + bytes(dice.randrange(256) for _ in range(dice.randrange(4))) + body[at + dice.randrange(4) :]


@pytest.mark.parametrize(
    "body", [b'{"a": "\\ud800"}', b'{"\\udc00": 1}', b'{"a": ' + b"1" * 5000 + b"}", b'{"a":' * 900 + b"1" + b"}" * 900]
)
async def test_nor_does_what_is_signed_wrongly_or_looked_at(
    v3: V3Merchant, shared_control: Control, body: bytes
) -> None:
    answer = await v3.call(
        "POST", f"{PAY}/native", body, authorization=lambda header: header.replace('nonce_str="', 'nonce_str="0')
    )

    assert (answer.status, answer.json["message"]) == (401, "签名错误")
    call = (await shared_control.get("/journal", limit="1"))["items"][0]
    assert (await shared_control.get(f"/journal/{call['id']}"))["facts"]["fault"] == "v3_sign_wrong"


@pytest.mark.parametrize("seed", SEEDS)
async def test_nothing_that_is_sent_makes_it_fail(v3: V3Merchant, seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(EACH):
        endpoint = dice.choice(ENDPOINTS)
        said = anything(dice)
        if isinstance(said, dict) and dice.random() < 0.5:
            said = {**v3.terms("HOSTILE001"), **said}
        path = endpoint.path.replace("{out_trade_no}", quote(dice.choice(["A" * 8, "茶", "\0", "%", "a/b"]), safe=""))
        path = path.replace("{transaction_id}", dice.choice(["1" * 28, "x"]))
        body = mangled(dice, json.dumps(said).encode()) if endpoint.method == "POST" else b""
        query = dice.choice(["", f"?mchid={v3.mch_id}", "?mchid=%ff", "?mchid=1&mchid=2", "?=&&a"])

        answer = await v3.call(endpoint.method, path + query, body)

        assert answer.status < 500, (seed, endpoint.path, query, body, answer)
        if answer.body:
            assert isinstance(answer.json, dict)
