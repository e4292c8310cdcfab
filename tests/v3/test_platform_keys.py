"""WeChat Pay's own keys over V3: fetched, rotated in the middle of a run, told apart; sensitive fields under them."""

import asyncio
import base64
import json
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sandbox.server import Server
from tests.support.control import Control
from tests.support.merchant import Inbox
from tests.support.patience import PATIENCE
from tests.support.v3 import PAY, V3Merchant, hidden, revealed

CERTIFICATES = "/v3/certificates"
ECHO = "/v3/security/echo"


def _key(merchant: V3Merchant) -> str:
    return str(merchant.shown["private_key"])


@pytest.fixture
async def own(shared_control: Control, inbox: Inbox) -> V3Merchant:
    """A merchant of the test's own: its keys are turned over."""
    inbox.answer(204, "")
    made = await shared_control.post("/merchants", {}, 201)
    return await V3Merchant.of(Control(shared_control.session, made["mch_id"]), inbox.url)


def rotation(own: V3Merchant) -> str:
    return f"/merchants/{own.mch_id}/platform-certificates"


def opened(own: V3Merchant, item: Any) -> str:
    """A certificate of the answer's, unsealed."""
    sealed, key = item["encrypt_certificate"], str(own.shown["api_v3_key"]).encode()
    raw = base64.b64decode(sealed["ciphertext"])
    return AESGCM(key).decrypt(sealed["nonce"].encode(), raw, sealed["associated_data"].encode()).decode()


# -- certificates ------------------------------------------------------------------------------------------------------


async def test_the_certificate_comes_sealed_and_signed_by_itself(v3: V3Merchant) -> None:
    answer = await v3.get(CERTIFICATES)
    (item,) = answer.json["data"]
    assert (answer.status, answer.signed, answer.number) == (200, True, "0")
    assert opened(v3, item) == v3.shown["platform_certificate"]
    assert answer.headers["Wechatpay-Serial"] == item["serial_no"] == v3.shown["platform_serial_no"]
    assert list(item) == ["effective_time", "encrypt_certificate", "expire_time", "serial_no"]
    assert list(item["encrypt_certificate"]) == ["algorithm", "associated_data", "ciphertext", "nonce"]
    certificate = x509.load_pem_x509_certificate(opened(v3, item).encode())
    assert f"{certificate.serial_number:040X}" == item["serial_no"]
    assert item["effective_time"].endswith("+08:00")


@pytest.mark.parametrize(("wanted", "status"), [("RSA", 200), ("ALL", 200), ("SM2", 404), ("MD5", 400)])
async def test_certificates_are_asked_for_by_algorithm(v3: V3Merchant, wanted: str, status: int) -> None:
    assert (await v3.get(CERTIFICATES, algorithm_type=wanted)).status == status


@pytest.mark.parametrize("lacking", ["User-Agent", "Accept"])
async def test_a_program_without_a_name_is_turned_away_before_it_is_asked_who_it_is(
    v3: V3Merchant, lacking: str
) -> None:
    answer = await v3.call("GET", CERTIFICATES, headers={lacking: ""}, authorization=lambda header: "")
    assert (answer.status, answer.signed) == (400, False)
    assert answer.json == {"code": "INVALID_REQUEST", "message": "Http头缺少Accept或User-Agent"}


async def test_who_has_the_public_key_alone_finds_no_certificate(own: V3Merchant, shared_control: Control) -> None:
    await shared_control.call("PATCH", f"/merchants/{own.mch_id}", {"platform_identity": "public_key"})
    answer = await own.get(CERTIFICATES)
    assert (answer.status, answer.json["code"], answer.signed) == (404, "RESOURCE_NOT_EXISTS", True)
    assert answer.json["message"].startswith("无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥。")
    assert answer.headers["Wechatpay-Serial"] == own.shown["platform_public_key_id"]


# -- who signs ---------------------------------------------------------------------------------------------------------


async def test_a_rotation_in_the_middle_of_a_run(own: V3Merchant, shared_control: Control, inbox: Inbox) -> None:
    old = own.shown["platform_serial_no"]
    await own.place("ROTATED001")
    new = (await shared_control.post(rotation(own), None, 201))["serial_no"]
    answer = await own.get(CERTIFICATES)
    assert answer.headers["Wechatpay-Serial"] == old
    assert {item["serial_no"] for item in answer.json["data"]} == {old, new}
    own.keys |= {item["serial_no"]: opened(own, item) for item in answer.json["data"]}

    await shared_control.post(f"{rotation(own)}/{new}/sign")
    assert (await own.query("ROTATED001")).headers["Wechatpay-Serial"] == new
    await Control(shared_control.session, own.mch_id).pay("ROTATED001")
    await Control(shared_control.session, own.mch_id).wait("ROTATED001", "notified")
    assert own.open(inbox.received[0])["out_trade_no"] == "ROTATED001"
    assert inbox.received[0].headers["Wechatpay-Serial"] == new

    await shared_control.post(f"{rotation(own)}/{old}/expire")
    assert [item["serial_no"] for item in (await own.get(CERTIFICATES)).json["data"]] == [new]


@pytest.mark.parametrize("mode", ["platform_public_key_id", "platform_serial_no"])
async def test_what_a_call_asks_for_signs_its_answer_and_what_is_told_of_its_order(
    own: V3Merchant, shared_control: Control, inbox: Inbox, mode: str
) -> None:
    await shared_control.call("PATCH", f"/merchants/{own.mch_id}", {"separate_platform_keys": True})
    control = Control(shared_control.session, own.mch_id)
    own = await V3Merchant.of(control, inbox.url)
    own.serial = str(own.shown[mode])
    answer = await own.place("MODE000001")
    assert (answer.status, answer.headers["Wechatpay-Serial"]) == (200, own.serial)
    await control.pay("MODE000001")
    await control.wait("MODE000001", "notified")
    assert inbox.received[0].headers["Wechatpay-Serial"] == own.serial
    assert own.open(inbox.received[0])["trade_state"] == "SUCCESS"


# -- sensitive fields --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["platform_public_key_id", "platform_serial_no"])
async def test_what_was_encrypted_comes_back_encrypted_for_the_merchant(v3: V3Merchant, mode: str) -> None:
    serial = str(v3.shown[mode])
    body = {"echo_message": "茶", "encrypted_echo_message": hidden("龙井茶", v3.keys[serial])}
    answer = await v3.call("POST", ECHO, body, {"Wechatpay-Serial": serial})
    assert (answer.status, answer.headers["Wechatpay-Serial"]) == (200, serial)
    assert list(answer.json) == ["echo_message", "encrypted_echo_message"]
    assert (answer.json["echo_message"], revealed(answer.json["encrypted_echo_message"], _key(v3))) == ("茶", "龙井茶")


async def test_a_call_is_shown_with_its_sensitive_fields_opened(own: V3Merchant, shared_control: Control) -> None:
    serial = str(own.shown["platform_serial_no"])
    body = {"echo_message": "茶", "encrypted_echo_message": hidden("龙井茶", own.keys[serial])}
    await own.call("POST", ECHO, body, {"Wechatpay-Serial": serial})
    (call,) = (await shared_control.get("/journal", mch_id=own.mch_id))["items"]
    shown = (await shared_control.get(f"/journal/{call['id']}"))["request"]
    assert shown["opened"] == {"encrypted_echo_message": "龙井茶"}


@pytest.mark.parametrize("mode", ["platform_public_key_id", "platform_serial_no"])
async def test_an_echo_is_told_of_where_the_call_says_so(
    v3: V3Merchant, shared_control: Control, inbox: Inbox, mode: str
) -> None:
    serial = str(v3.shown[mode])
    body = {
        "notify_url": inbox.url,
        "echo_message": "茶",
        "encrypted_echo_message": hidden("龙井茶", v3.keys[serial]),
    }
    assert (await v3.call("POST", ECHO, body, {"Wechatpay-Serial": serial})).status == 200
    await asyncio.wait_for(inbox.arrived.wait(), PATIENCE)
    received = inbox.received[0]
    told, envelope = v3.open(received), json.loads(received.body)
    assert (received.headers["Wechatpay-Serial"], envelope["event_type"]) == (serial, "SECURITY_ECHO.SUCCESS")
    assert envelope["resource"]["original_type"] == envelope["resource"]["associated_data"] == "security"
    assert (told["echo_message"], revealed(told["encrypt_echo_message"], _key(v3))) == (
        "茶",
        "龙井茶",
    )


async def test_an_echo_that_fails_is_told_of_nowhere(v3: V3Merchant, inbox: Inbox, shared_server: Server) -> None:
    body = {"notify_url": inbox.url, "echo_message": "茶"}
    assert (await v3.call("POST", ECHO, body)).json["message"] == NO_SERIAL
    await shared_server.parts.courier.stop()
    assert inbox.received == []


NO_SERIAL = "HTTP header缺少微信支付平台证书序列号(Wechatpay-Serial)"
SERIAL_WRONG = "平台证书序列号Wechatpay-Serial错误"
UNOPENED = "平台私钥解密失败"


async def refused(v3: V3Merchant, control: Control, serial: str, sealed: str) -> tuple[int, str, str]:
    """The status, code and message of the answer; the fault is the journal's."""
    body = {"echo_message": "茶", "encrypted_echo_message": sealed}
    answer = await v3.call("POST", ECHO, body, {"Wechatpay-Serial": serial} if serial else {})
    assert answer.json["code"] == "PARAM_ERROR"
    call = (await control.get("/journal", mch_id=v3.mch_id, limit="1"))["items"][0]
    return answer.status, answer.json["message"], call["explanation"]


async def test_each_way_in_which_a_field_cannot_be_opened_is_told(own: V3Merchant, shared_control: Control) -> None:
    await shared_control.call("PATCH", f"/merchants/{own.mch_id}", {"separate_platform_keys": True})
    own = await V3Merchant.of(Control(shared_control.session, own.mch_id))
    key, certificate = str(own.shown["platform_public_key_id"]), str(own.shown["platform_serial_no"])
    right = hidden("茶", own.keys[key])
    for serial, sealed, message, explained in (
        ("", right, NO_SERIAL, "Wechatpay-Serial"),
        ("PUB_KEY_ID_01", right, SERIAL_WRONG, "PUB_KEY_ID_01"),
        (str(own.shown["serial_no"]), right, SERIAL_WRONG, "商户自己的"),
        (certificate, right, UNOPENED, "另一个微信支付密钥"),
        (key, hidden("茶", own.keys[key], hashes.SHA256), UNOPENED, "SHA-1"),
        (key, hidden("茶", str(own.shown["certificate"])), UNOPENED, "SHA-1"),
        (key, "龙井茶", UNOPENED, "Base64"),
    ):
        told = await refused(own, shared_control, serial, sealed)
        assert told[:2] == (400, message), serial
        assert explained in told[2]


async def test_a_payers_identity_is_opened_wherever_it_stands(v3: V3Merchant) -> None:
    serial = str(v3.shown["platform_public_key_id"])
    sealed = hidden("张三", v3.keys[serial])
    person = {"type": "IDCARD", "number": sealed, "name": sealed}
    placed = await v3.call(
        "POST",
        f"{PAY}/native",
        v3.terms("IDENTITY01", payer={"identity": person}),
        {"Wechatpay-Serial": serial},
    )
    assert placed.status == 200, json.dumps(placed.json, ensure_ascii=False)
    again = {"type": "IDCARD", "number": hidden("张三", v3.keys[serial]), "name": sealed}
    another = {**again, "number": hidden("李四", v3.keys[serial])}
    for person_then, status in ((again, 200), (another, 400)):
        terms = v3.terms("IDENTITY01", payer={"identity": person_then})
        repeated = await v3.call("POST", f"{PAY}/native", terms, {"Wechatpay-Serial": serial})
        assert repeated.status == status, "the person is compared, not how it is sealed"
    unnamed = await v3.call("POST", f"{PAY}/native", v3.terms("IDENTITY02", payer={"identity": person}))
    assert (unnamed.status, unnamed.json["message"]) == (400, NO_SERIAL)
