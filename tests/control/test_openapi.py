"""/_sandbox/openapi.json: it describes every route, its answers are those that come, and schemathesis agrees."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from jsonschema import Draft202012Validator, ValidationError

from sandbox.core.merchants import Secret
from sandbox.server import Server
from sandbox.web.guesses import Guesses
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant
from tests.support.v3 import V3Merchant
from tests.support.v3_sharing import Sharer
from tests.support.v3_transfers import transfer

HERE = Path(__file__).parent
TOKEN = "correct-horse-battery-staple"
SCHEMATHESIS_SECONDS = 600.0
MCH_ID, APPID, OPENID = "1900000109", "wx8888888888888888", "oSandboxPayer000000000000001"
ONE = {"mch_id": MCH_ID}
ORDER = {"mch_id": MCH_ID, "out_trade_no": "ORDER001"}
IOS_URL = (
    f"weixin://app/{APPID}/pay/?nonceStr=n&package=Sign%3DWXPay&partnerId={MCH_ID}&prepayId=wx0&timeStamp=1&sign=S"
)


@pytest.fixture
def settings() -> dict[str, object]:
    """The same ids in each run: schemathesis goes on with what it is answered."""
    return {"seed": 1}


@pytest.fixture
async def document(control: Control) -> dict[str, Any]:
    answer: dict[str, Any] = await control.get("/openapi.json")
    return answer


def operations(document: dict[str, Any]) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Method, path and description of each call, by its name."""
    return {
        described["operationId"]: (method.upper(), path, described)
        for path, methods in document["paths"].items()
        for method, described in methods.items()
    }


# -- the document ------------------------------------------------------------------------------------------------------


async def test_every_route_is_described(server: Server, document: dict[str, Any]) -> None:
    assert server.listeners.runner is not None
    routes = {
        (route.method, route.resource.canonical)
        for route in server.listeners.runner.app.router.routes()
        if route.resource and route.resource.canonical.startswith("/_sandbox/") and route.method != "HEAD"
    }
    assert routes == {(method, path) for method, path, _ in operations(document).values()}
    assert ("POST", "/_sandbox/client/app") in routes


async def test_every_call_and_every_shape_says_what_it_is(document: dict[str, Any]) -> None:
    for name, (_, _, described) in operations(document).items():
        assert described["summary"].endswith("."), name
    for name, schema in document["components"]["schemas"].items():
        assert name.isalnum(), name  # two shapes of one name would be written with their modules
        assert schema.get("description") or "enum" in schema, name


async def test_rules_are_described_in_the_words_in_which_they_are_told(document: dict[str, Any]) -> None:
    _, _, pay = operations(document)["pay"]
    told = pay["responses"]["409"]["description"]
    assert "`order_paid`: The order is paid; it can be neither paid again nor closed." in told


async def test_forms_are_checked_and_described_from_one_declaration(document: dict[str, Any]) -> None:
    merchant = document["components"]["schemas"]["MerchantBody"]["properties"]["api_key"]["anyOf"][0]
    assert merchant == {"type": "string", "pattern": "^[!-~]{32}$", "description": "32 printable ASCII characters."}


async def test_without_a_token_none_is_asked_for(document: dict[str, Any]) -> None:
    assert document["security"] == [{}, {"adminToken": []}]


async def test_the_index_leads_to_the_document(control: Control, session: aiohttp.ClientSession) -> None:
    index = await control.get("/")
    async with session.get(index["openapi"]) as response:
        assert (await response.json())["openapi"] == "3.1.0"


# -- real answers ------------------------------------------------------------------------------------------------------


class Client:
    """Calls operations by their names, as a generated client would, and checks each answer against the document."""

    def __init__(self, session: aiohttp.ClientSession, document: dict[str, Any]) -> None:
        self.session = session
        self.document = document
        self.operations = operations(document)
        self.called: set[str] = set()

    async def call(self, name: str, names: dict[str, str] | None = None, body: object = None, /, **query: str) -> Any:
        method, path, described = self.operations[name]
        self.called.add(name)
        url = path.format(**(names or {}))
        async with self.session.request(method, url, json=body, params=query) as response:
            success = min(described["responses"])
            assert str(response.status) == success, await response.text()
            content = described["responses"][success].get("content", {})
            assert response.status == 204 or response.content_type in content, response.content_type
            if response.content_type != "application/json":
                return None
            answer = await response.json()
            self.validate(content["application/json"].get("schema", {}), answer)
            return answer

    async def carry(self, name: str) -> None:
        """The answer to a notification that nobody waits for, which a listener would give."""
        method, path, _ = self.operations[name]
        self.called.add(name)
        async with self.session.request(method, path.format(id="1"), json={"failure": "refused"}) as response:
            self.validate({"$ref": "#/components/schemas/Error"}, await response.json())

    def validate(self, schema: dict[str, Any], answer: object) -> None:
        whole = {**schema, "components": self.document["components"]}
        Draft202012Validator(whole).validate(answer)


async def walk_through_the_accounts(client: Client) -> None:
    await client.call("get_merchant", ONE)
    await client.call("get_pkcs12", ONE)
    made = await client.call("open_merchant", None, {"service_provider": True})
    other = {"mch_id": made["mch_id"]}
    subs = [{"sub_mch_id": "1900000999", "sub_appids": ["wxsub"]}]
    await client.call("change_merchant", other, {"sub_merchants": subs, "products": {"NATIVE": "pending"}})
    await client.call("list_merchants", limit="1")
    old = (await client.call("list_platform_certificates", other))["items"][0]
    new = await client.call("issue_platform_certificate", other)
    await client.call("sign_with_platform_certificate", {**other, "serial_no": new["serial_no"]})
    await client.call("expire_platform_certificate", {**other, "serial_no": old["serial_no"]})
    await client.call("close_merchant", other)
    await client.call("add_app", None, {"appid": "wxnew", "kind": "mini_program"})
    await client.call("get_app", {"appid": APPID})
    await client.call("change_app", {"appid": APPID}, {"name": "Shop"})
    await client.call("remove_app", {"appid": "wxnew"})
    await client.call("list_apps")
    await client.call("add_payer", None, {"balance_fen": 100})
    await client.call("list_payers")
    await client.call("get_payer", {"openid": OPENID})
    phone = {"logged_in": True, "device": "iPhone", "cards": [{"bank_type": "LQT"}]}
    await client.call("change_payer", {"openid": OPENID}, phone)
    await look_after_certificates(client)
    await client.call("list_merchant_changes", ONE)
    await client.call("list_app_changes", {"appid": APPID})
    await client.call("list_payer_changes", {"openid": OPENID})


async def look_after_certificates(client: Client) -> None:
    one = ONE | {"serial_no": (await client.call("issue_certificate", ONE, {"days": 30}))["serial_no"]}
    for name in ("certificate", "certificate_pem", "certificate_key", "certificate_pkcs12"):
        await client.call(f"get_{name}", one)
    for act in ("revoke", "restore", "expire"):
        await client.call(f"{act}_certificate", one)
    await client.call("list_certificates", ONE)


async def apply_a_scenario(client: Client) -> None:
    twice = {"name": "twice"}
    await client.call("get_scenario_schema")
    await client.call("put_scenario", twice, {"payer": {"bank_type": "CMB_DEBIT"}, "notify": {"copies": 2}})
    await client.call("apply_scenario", twice, {**ONE, "next": True})
    await client.call("get_scenario", twice)
    await client.call("list_scenarios")


async def end_it(client: Client) -> None:
    await client.call("end_scenario", {"name": "twice"}, ONE)
    await client.call("delete_scenario", {"name": "twice"})


async def pay_an_order(client: Client, merchant: Merchant, inbox: Inbox) -> str:
    """An order that is paid at the second attempt, and told at the fourth; its prepay_id."""
    inbox.answer(500, "\ufffd")
    prepay_id = (await merchant.order("ORDER001", trade_type="JSAPI", openid=OPENID))["prepay_id"]
    await merchant.order("ORDER002")
    await client.call("pay", ORDER, {"outcome": "error", "reason": "balance"})
    await client.call("get_result", prepay_id=prepay_id, timeout="0")
    await client.call("pay", ORDER)
    await client.call("set_clock", None, {"advance": 15})
    await client.call("get_clock", mch_id=MCH_ID)
    await client.call("notify", ORDER, {})
    await client.call("comment", ORDER, {"stars": 5, "text": "好茶"})
    inbox.answer(200)
    notification = next(one for one in (await client.call("list_notifications"))["items"] if "once" not in one)
    await client.call("retry", {"id": notification["id"]})
    await client.call("get_notification", {"id": notification["id"]})
    await client.call("wait", **ORDER, **{"for": "notified"})
    await client.call("get_order", ORDER)
    await client.call("list_orders")
    return prepay_id


async def pay_by_code(client: Client, merchant: Merchant) -> None:
    """A payment by code that waits for the password."""
    auth_code = (await client.call("make_auth_code", {"openid": OPENID}))["auth_code"]
    await merchant.micropay("ORDER003", auth_code, 100_001)
    await client.call("password", {"mch_id": MCH_ID, "out_trade_no": "ORDER003"}, {"outcome": "cancel"})


async def refund_it(client: Client, merchant: Merchant) -> None:
    """A refund of the order that was paid."""
    await merchant.refund("ORDER001", "REFUND001", 60)
    names = {"mch_id": MCH_ID, "out_refund_no": "REFUND001"}
    await client.call("get_refund", names)
    await client.call("end_refund", names, {"outcome": "success"})
    await client.call("list_refunds", mch_id=MCH_ID)
    await client.call("get_ledger", ONE)
    await client.call("get_order", ORDER)


async def transfer_money(client: Client, control: Control) -> None:
    """A transfer that its person confirms, and one that is decided over."""
    await client.call("change_merchant", ONE, {"balance_fen": 1000})
    v3 = await V3Merchant.of(control)
    asked = {"mchId": MCH_ID, "appId": v3.appid, "package": (await transfer(v3, "BILL001")).json["package_info"]}
    await client.call("request_transfer", None, {**asked, "outcome": "confirm"})
    await client.call("get_transfer_result", package=asked["package"], timeout="0")
    await transfer(v3, "BILL002")
    names = {"mch_id": MCH_ID, "out_bill_no": "BILL002"}
    await client.call("decide_transfer", names, {"outcome": "fail", "fail_reason": "TRANSFER_RISK"})
    await client.call("get_transfer", names)
    await client.call("get_transfer_timeline", names)
    await client.call("list_transfers", mch_id=MCH_ID)


async def share_it(client: Client, control: Control) -> None:
    """A sharing of an order, by V3."""
    sharer = Sharer(await V3Merchant.of(control), control, "1900000201")
    await sharer.add()
    await sharer.share(await sharer.paid("SHARED001"), "SHARING001")
    names = {"mch_id": MCH_ID, "out_order_no": "SHARING001"}
    await client.call("get_sharing", names)
    await client.call("end_sharing", names)
    await client.call("list_sharings", mch_id=MCH_ID)


async def read_what_happened(client: Client) -> None:
    await client.call("get_story", ORDER)
    await client.call("tell_story", ORDER)
    timeline = await client.call("get_timeline", ORDER)
    kinds = {item["kind"]: item for item in timeline["items"]}
    assert set(kinds) == {"api", "payer", "wechat", "notification", "scenario", "clock"}
    await client.call("list_calls")
    for kind in ("api", "notification"):
        await client.call("get_call", {"id": kinds[kind]["id"]})
        await client.call("get_curl", {"id": kinds[kind]["id"]})
    await client.call("get_har", path="/pay/unifiedorder")
    wanted = {"path": "/pay/unifiedorder", "fields": {"total_fee": {"matches": "1.."}}}
    await client.call("verify_calls", None, {"in_order": [wanted, {"path": "/pay/closeorder"}]})
    await client.call("wait_for_calls", None, {**wanted, "count": 2})
    await client.call("repeat_order", ORDER)


async def ask_about_signatures(client: Client) -> None:
    message = await client.call("sign_fields", None, {"fields": {"mch_id": MCH_ID, "total_fee": 1}})
    await client.call("verify_message", None, {"message": message["xml"]})
    wrong = message["xml"].replace(message["sign"], "0" * 32)
    for body in (message["xml"], wrong, "<xml>"):
        await client.call("ask_doctor", None, {"body": body})


async def debug(client: Client, prepay_id: str) -> None:
    """What the debugging tool does."""
    apis = (await client.call("list_apis"))["items"]
    fields = {one["name"]: one["example"] for one in apis[0]["fields"] if "example" in one}
    call = {"path": apis[0]["path"], "fields": fields}
    await client.call("send_call", None, call)
    await client.call("send_call", None, {**call, "sign": "wrong"})
    await client.call("write_program", None, {**call, "language": "php"})
    second = await client.call("sign_second", None, {"prepay_id": prepay_id, "channel": "jsapi"})
    await client.call("invoke_client", None, {"channel": "jsapi", "fields": second["fields"]})
    await client.call("build_notice", None, {"url": "http://127.0.0.1:9/"})
    refund = await client.call("build_notice", None, {"kind": "refund"})
    await client.call("open_notice", None, {"message": refund["body"]})


async def test_the_answers_are_as_described(
    session: aiohttp.ClientSession, document: dict[str, Any], control: Control, merchant: Merchant, inbox: Inbox
) -> None:
    client = Client(session, document)
    for name in ("get_index", "get_openapi", "get_health", "get_ca", "get_metrics", "get_script", "events", "listen"):
        await client.call(name)
    await walk_through_the_accounts(client)
    await apply_a_scenario(client)
    prepay_id = await pay_an_order(client, merchant, inbox)
    await pay_by_code(client, merchant)
    await refund_it(client, merchant)
    await transfer_money(client, control)
    await read_what_happened(client)
    await end_it(client)
    await ask_about_signatures(client)
    await debug(client, prepay_id)
    await client.call("invoke_app", None, {"appid": APPID, "timestamp": 1412000000})
    await client.call("invoke_jsapi", None, {"package": f"prepay_id={prepay_id}", "outcome": "success"})
    await client.call("invoke_ios", None, {"url": IOS_URL})
    await client.call("scan_native", None, {"code_url": "weixin://wxpay/bizpayurl?product_id=1"})
    await share_it(client, Control(session))
    await client.call("reset", None, {})
    await client.carry("answer_forward")
    assert client.called == set(client.operations)


async def test_errors_are_as_described(
    session: aiohttp.ClientSession, document: dict[str, Any], control: Control, merchant: Merchant
) -> None:
    client = Client(session, document)
    refused = {"$ref": "#/components/schemas/Error"}
    client.validate(refused, await control.get("/orders", 400, limit="many"))
    client.validate(refused, await control.call("PUT", "/scenarios/mine", {"payer": {"outcome": "win"}}, 400))
    with pytest.raises(ValidationError):
        client.validate(refused, {"error": "limit"})
    await merchant.order("ORDER001")
    wait = await control.post("/journal/wait", {"out_trade_no": "ORDER002", "timeout": 0}, 408)
    assert wait["error"]["near_misses"]
    client.validate({"$ref": "#/components/schemas/NotCalled"}, wait)


# -- schemathesis ------------------------------------------------------------------------------------------------------


async def schemathesis(server: Server, folder: Path, *arguments: str, **dictionaries: list[str]) -> None:
    """Run it against a sandbox; raises AssertionError with its report when it finds something."""
    known = [f"{name} = {{ values = {json.dumps(values)} }}" for name, values in dictionaries.items()]
    config = (HERE / "schemathesis.toml").read_text(encoding="utf-8")
    (folder / "schemathesis.toml").write_text("\n".join([config, "[dictionaries]", *known]), encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "schemathesis.cli",
        "run",
        f"{server.url}/_sandbox/openapi.json",
        "--no-color",
        *arguments,
        cwd=folder,
        env={**os.environ, "SCHEMATHESIS_HOOKS": str(HERE / "schemathesis_hooks.py")},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(SCHEMATHESIS_SECONDS):
            report, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()
    assert process.returncode == 0, report.decode()


@pytest.fixture
async def holdings(merchant: Merchant, control: Control) -> dict[str, list[str]]:
    """A sandbox that holds something, and the names under which it does."""
    orders = [f"ORDER{number:03}" for number in range(20)]
    answers = [await merchant.order(name, trade_type=("NATIVE", "APP")[len(name) % 2]) for name in orders]
    for name in orders[:3]:
        await control.pay(name)
    return {
        "merchants": [MCH_ID],
        "apps": [APPID],
        "scenarios": [one["name"] for one in (await control.get("/scenarios"))["items"]],
        "orders": orders,
        "prepay_ids": [answer["prepay_id"] for answer in answers],
        "notifications": [one["id"] for one in (await control.get("/notifications"))["items"]],
    }


# What deletes what the others need comes apart from them.
_DELETING = ("reset", "close_merchant")


@pytest.mark.slow
@pytest.mark.sqlite_only("minutes of fuzzing, about what is asked")
async def test_schemathesis_finds_nothing(server: Server, tmp_path: Path, holdings: dict[str, list[str]]) -> None:
    excluded = [f"--exclude-operation-id={name}" for name in _DELETING]
    await schemathesis(server, tmp_path, "--max-examples=6", *excluded, **holdings)


@pytest.mark.slow
@pytest.mark.sqlite_only("minutes of fuzzing, about what is asked")
async def test_schemathesis_finds_nothing_in_what_deletes(
    server: Server, tmp_path: Path, holdings: dict[str, list[str]]
) -> None:
    included = [f"--include-operation-id={name}" for name in _DELETING]
    await schemathesis(server, tmp_path, "--max-examples=20", *included, **holdings)


class TestWithToken:
    """A sandbox that asks for its token."""

    @pytest.fixture
    def settings(self) -> dict[str, object]:
        return {"admin_token": Secret(TOKEN), "seed": 1}

    @pytest.fixture
    async def session(self, server: Server) -> Any:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with aiohttp.ClientSession(server.url, headers=headers) as opened:
            yield opened

    async def test_the_document_asks_for_the_token_too(self, document: dict[str, Any]) -> None:
        assert document["security"] == [{"adminToken": []}]
        open_to_all = {name for name, (_, _, one) in operations(document).items() if one.get("security") == []}
        transfers = {"request_transfer", "get_transfer_result"}
        client = {"invoke_app", "invoke_jsapi", "invoke_ios", "scan_native", "get_result", "get_script"} | transfers
        assert open_to_all == {"get_health", "get_ca"} | client

    @pytest.mark.slow
    @pytest.mark.sqlite_only("minutes of fuzzing, about what is asked")
    async def test_schemathesis_finds_no_call_that_forgets_the_token(
        self, server: Server, tmp_path: Path, holdings: dict[str, list[str]]
    ) -> None:
        server._access._guesses = Guesses(pause=lambda seconds: asyncio.sleep(0))  # it guesses at every call
        bearer = f"--header=Authorization: Bearer {TOKEN}"
        arguments = ("--checks=ignored_auth", "--phases=fuzzing", "--max-examples=1", "--mode=positive")
        await schemathesis(server, tmp_path, bearer, *arguments, **holdings)
