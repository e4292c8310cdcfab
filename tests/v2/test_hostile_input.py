"""What nobody should send: each answered at once, in WeChat's words, and the next order is taken."""

import asyncio
import gzip
import io
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest

from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant
from tests.support.words import UNKNOWN, missing

PATHS = ["/pay/unifiedorder", "/pay/orderquery", "/pay/closeorder"]
MALFORMED, NOT_UTF8, EMPTY, NOT_POST = "XML格式错误", "编码格式错误", "post数据为空", "请使用post方法"
UNKNOWN_A = UNKNOWN
NO_APPID = missing("appid", "公众账号ID")

Send = Callable[..., Awaitable[str]]


@pytest.fixture
def send(shopkeeper: Merchant) -> Send:
    """Sends bytes; gives the return_msg of WeChat's refusal."""

    async def send_it(
        body: bytes | str | io.BytesIO, method: str = "POST", path: str = PATHS[0], **headers: str
    ) -> str:
        raw = body.encode() if isinstance(body, str) else body
        began = time.monotonic()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with shopkeeper.session.request(method, path, data=raw, headers=named) as response:
            text = await response.text("utf-8")
        assert time.monotonic() - began < 10.0  # generous: a loaded machine is no finding
        assert response.status == 200
        assert response.headers["Content-Type"] == "text/plain"
        start, end = (
            "<xml><return_code><![CDATA[FAIL]]></return_code>\n<return_msg><![CDATA[",
            "]]></return_msg>\n</xml>",
        )
        assert text.startswith(start), text
        assert text.endswith(end), text
        return text.removeprefix(start).removesuffix(end)

    return send_it


async def well(merchant: Merchant) -> None:
    answer = await merchant.query("NOBODY")
    assert answer["err_code"] == "ORDERNOTEXIST"


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE xml [<!ENTITY l0 "ha">'
    + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    + "]><xml><body>&l9;</body></xml>"
)


@pytest.mark.parametrize(
    ("body", "return_msg"),
    [
        ("<!DOCTYPE xml><xml></xml>", MALFORMED),
        ('<!DOCTYPE xml [<!ENTITY x "y">]><xml><a>&x;</a></xml>', MALFORMED),
        ('<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/passwd">]><xml><a>&x;</a></xml>', MALFORMED),
        ('<!DOCTYPE xml [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]><xml></xml>', MALFORMED),
        ('<!DOCTYPE xml SYSTEM "http://127.0.0.1:9/x.dtd"><xml></xml>', MALFORMED),
        (LAUGHS, MALFORMED),
        ("<xml><a>&x;</a></xml>", MALFORMED),
        ("<xml><a>&nbsp;</a></xml>", MALFORMED),
        (
            '<xml xmlns:xi="http://www.w3.org/2001/XInclude"><a><xi:include href="/etc/passwd"/></a></xml>',
            MALFORMED,
        ),
        ("<xml><a><b>1</b></a></xml>", MALFORMED),
        ("<xml><xml><a>1</a></xml></xml>", MALFORMED),
        ("<xml><a>1</a><a>2</a></xml>", MALFORMED),
        ("<xml><a/><a/></xml>", MALFORMED),
        ("<xml>text</xml>", MALFORMED),
        ("<xml><a>1</a>text</xml>", MALFORMED),
        ("<xml><a>1</a><![CDATA[text]]></xml>", MALFORMED),
        ("<xml></xml><xml></xml>", MALFORMED),
        ("<xml></xml>trailing", MALFORMED),
        ("leading<xml></xml>", MALFORMED),
        ("\n<?xml version='1.0'?><xml></xml>", MALFORMED),
        ("<xml>", MALFORMED),
        ("<xml><a>1</xml>", MALFORMED),
        ("<xml><a>1</b></xml>", MALFORMED),
        ("<xml><a>1 & 2</a></xml>", MALFORMED),
        ("<xml><a>1 < 2</a></xml>", MALFORMED),
        ("<xml><a><![CDATA[1</a></xml>", MALFORMED),
        ("<xml><a>]]></a></xml>", MALFORMED),
        ("<xml><a>\x00</a></xml>", MALFORMED),
        ("\x00", MALFORMED),
        ("<xml><a>\x08</a></xml>", MALFORMED),
        ("<xml><a>&#0;</a></xml>", MALFORMED),
        ("<xml><a>&#xD800;</a></xml>", MALFORMED),
        ("<xml><a>\uffff</a></xml>", MALFORMED),
        ("<xml><1a>1</1a></xml>", MALFORMED),
        ("<xml><a x='1' x='2'/></xml>", MALFORMED),
        ('{"appid": "wx8888888888888888"}', MALFORMED),
        ("appid=wx8888888888888888&mch_id=1900000109", MALFORMED),
        ("<" * 5000, MALFORMED),
        ("<a>" * 20000, MALFORMED),
        ("<a>" * 8000 + "</a>" * 8000, MALFORMED),
        ("\ufeff", MALFORMED),
        ("<?xml version='1.0' encoding='GBK'?><xml></xml>", NOT_UTF8),
        ('<?xml version="1.0" encoding="iso-8859-1"?><xml></xml>', NOT_UTF8),
        ("\ufeff<?xml version='1.0' encoding='GBK'?><xml></xml>", NOT_UTF8),
        ("<?xml version='1.0' encoding='UTF-16'?><xml></xml>", NOT_UTF8),
        ("<?xml version='1.0' encoding='nonsense'?><xml></xml>", NOT_UTF8),
        ("<xml><body>茶</body></xml>".encode("gbk"), NOT_UTF8),
        ("<xml><body>é</body></xml>".encode("latin-1"), NOT_UTF8),
        ("<xml></xml>".encode("utf-16"), NOT_UTF8),
        ("<?xml version='1.0' encoding='UTF-16'?><xml></xml>".encode("utf-16"), NOT_UTF8),
        ("<xml></xml>".encode("utf-32"), NOT_UTF8),
        (b"<xml><a>\xff</a></xml>", NOT_UTF8),
        (b"<xml><a>\xed\xa0\x80</a></xml>", NOT_UTF8),
        (b"<xml><a>\xc0\xaf</a></xml>", NOT_UTF8),
        (b"<xml><a>\xe8\x8c</a></xml>", NOT_UTF8),
        ("", EMPTY),
        (" \r\n\t ", EMPTY),
        ("<xml><a>1</a></xml>", UNKNOWN_A),
        ("<xml><a x='1'>1</a></xml>", UNKNOWN_A),
        ("<xml></xml>", NO_APPID),
        ("<xml/>", NO_APPID),
    ],
)
async def test_a_hostile_body_is_answered_in_wechats_words(
    shopkeeper: Merchant, send: Send, body: str | bytes, return_msg: str
) -> None:
    assert await send(body) == return_msg
    await well(shopkeeper)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
async def test_any_method_but_post_is_told_so(send: Send, path: str, method: str) -> None:
    assert await send("<xml></xml>", method, path) == NOT_POST


@pytest.mark.parametrize("path", PATHS)
async def test_a_get_with_the_fields_in_its_query_is_told_so(send: Send, path: str) -> None:
    assert await send(b"", "GET", f"{path}?out_trade_no=ORDER001") == NOT_POST


@pytest.mark.parametrize("path", PATHS)
async def test_a_body_of_ten_megabytes_is_refused(shopkeeper: Merchant, send: Send, path: str) -> None:
    body = io.BytesIO(b"<xml><body>" + b"x" * 10 * 1024 * 1024 + b"</body></xml>")
    assert await send(body, path=path) == MALFORMED
    await well(shopkeeper)


async def test_a_body_of_ten_megabytes_without_a_length_is_refused(shopkeeper: Merchant) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"<xml><body>"
        for _ in range(160):
            yield b"x" * 65536

    async with shopkeeper.session.post(PATHS[0], data=chunks()) as response:
        assert response.status == 200
        assert MALFORMED in await response.text("utf-8")
    await well(shopkeeper)


async def test_a_body_just_within_the_limit_is_read(send: Send) -> None:
    frame = "<xml><detail></detail></xml>"
    assert await send(f"<xml><detail>{'x' * (65536 - len(frame))}</detail></xml>") == NO_APPID
    assert await send(f"<xml><detail>{'x' * (65537 - len(frame))}</detail></xml>") == MALFORMED


async def test_a_small_body_that_unpacks_into_a_large_one_is_refused(shopkeeper: Merchant, send: Send) -> None:
    bomb = gzip.compress(b"<xml><body>" + b"x" * 20 * 1024 * 1024 + b"</body></xml>")
    assert len(bomb) < 65536
    assert await send(bomb, Content_Encoding="gzip") == MALFORMED
    await well(shopkeeper)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_body_that_is_not_packed_as_it_says_is_refused(shopkeeper: Merchant, send: Send, encoding: str) -> None:
    assert await send(b"<xml></xml>", Content_Encoding=encoding, Connection="close") == MALFORMED
    await well(shopkeeper)


async def test_a_packed_body_is_read(send: Send) -> None:
    assert await send(gzip.compress(b"<xml><a>1</a></xml>"), Content_Encoding="gzip") == UNKNOWN_A
    assert await send(zlib.compress(b"<xml><a>1</a></xml>"), Content_Encoding="deflate") == UNKNOWN_A


async def test_ten_thousand_fields_are_refused(send: Send) -> None:
    body = "<xml>" + "".join(f"<f{n}/>" for n in range(7000)) + "</xml>"
    assert await send(body) == UNKNOWN


async def test_a_caller_that_goes_away_hurts_nobody(shopkeeper: Merchant) -> None:
    url = shopkeeper.session._base_url
    assert url is not None
    for sent in (b"POST /pay/unifiedorder HTTP/1.1\r\n", b"POST /pay/unifiedorder HTTP/1.1\r\nHost: x\r\n"
                 b"Content-Length: 1000\r\n\r\n<xml>"):  # fmt: skip
        _, writer = await asyncio.open_connection(url.host, url.port)
        writer.write(sent)
        await writer.drain()
        writer.close()
        await writer.wait_closed()
    await well(shopkeeper)


async def test_a_request_that_is_no_http_hurts_nobody(shopkeeper: Merchant) -> None:
    url = shopkeeper.session._base_url
    assert url is not None
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 is TLS\r\n\r\n")
    await writer.drain()
    assert b"400" in (await reader.read(100)).split(b"\r\n")[0]
    writer.close()
    await writer.wait_closed()
    await well(shopkeeper)


# -- strange but right -------------------------------------------------------------------------------------------------

TEXTS = [
    "]]>",
    "]]]]>>",
    "<![CDATA[x]]>",
    "<script>alert(1)</script>",
    "&amp; & &lt;",
    "🍵 emoji 👩‍👩‍👧",
    "' OR 1=1 --",
    "{{ 7 * 7 }} {% raw %}",
    "  两端的空白  ",
    "两行\n一个\t制表符",
    "\u202eright to left",
    "\u0085\u2028",
    "%00%0a&key=1",
]


@pytest.mark.parametrize("text", TEXTS)
async def test_a_strange_text_comes_back_as_it_was(
    merchant: Merchant, control: Control, inbox: Inbox, text: str
) -> None:
    from xml.etree import ElementTree

    from tests.support.merchant import document

    def read(message: str) -> dict[str, str]:
        return {element.tag: element.text or "" for element in ElementTree.fromstring(message)}

    assert (await merchant.order("ORDER001", body=text, attach=text))["result_code"] == "SUCCESS"
    assert (await merchant.order("ORDER001", body=text, attach=text))["result_code"] == "SUCCESS"
    order = await control.order("ORDER001")
    assert (order["body"], order["attach"]) == (text, text)
    await control.pay("ORDER001")
    await control.wait("ORDER001", "notified")
    told = read(inbox.received[0].body)
    assert told["attach"] == text
    assert merchant.verifies(told)
    queried = read(await merchant.post("/pay/orderquery", document(merchant.signed(out_trade_no="ORDER001"))))
    assert queried["attach"] == text
    assert merchant.verifies(queried)


async def test_a_body_with_a_byte_order_mark_a_declaration_and_attributes_is_taken(
    merchant: Merchant, session: aiohttp.ClientSession
) -> None:
    fields = merchant.signed(out_trade_no="ORDER001")
    elements = "\n".join(f"<{name} type='string'><![CDATA[{value}]]></{name}>" for name, value in fields.items())
    body = f"\ufeff<?xml version='1.0' encoding='UTF-8'?>\n<!-- mine -->\n<root>\n{elements}\n</root>\n"
    assert "ORDERNOTEXIST" in await merchant.post("/pay/orderquery", body.encode())
