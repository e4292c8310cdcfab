"""What people and programs are shown of a V3 exchange: what was signed, and what was sealed."""

from tests.support.control import Control
from tests.support.merchant import Inbox
from tests.support.v3 import V3Merchant, verify


async def test_a_timeline_carries_what_was_signed(v3: V3Merchant, shared_control: Control, inbox: Inbox) -> None:
    await v3.place("SIGNED|001")
    await v3.call("GET", "/v3/pay/transactions/out-trade-no/SIGNED%7C001?mchid=1900000109")
    await shared_control.pay("SIGNED|001")
    await shared_control.wait("SIGNED|001", "notified")

    lines = [one for one in await shared_control.timeline("SIGNED|001") if one["kind"] in ("api", "notification")]

    assert len(lines) == 3
    assert "SIGNED%7C001?mchid=" in lines[1]["request"]["signed"]["text"]
    for call in lines[:2]:
        signed = call["request"]["signed"]
        verify(signed["text"].encode(), signed["signature"], v3.shown["certificate"])
        signed = call["reply"]["signed"]
        verify(signed["text"].encode(), signed["signature"], v3.keys[signed["serial_no"]])
    signed = lines[2]["request"]["signed"]
    verify(signed["text"].encode(), signed["signature"], v3.keys[signed["serial_no"]])
    assert signed["text"].endswith(inbox.received[0].body + "\n")


async def test_a_notification_is_shown_decrypted_beside_the_raw(v3: V3Merchant, shared_control: Control) -> None:
    await v3.place("OPENED0001")
    await shared_control.pay("OPENED0001")
    await shared_control.wait("OPENED0001", "notified")
    attempt = (await shared_control.timeline("OPENED0001"))[-1]

    shown = await shared_control.get(f"/journal/{attempt['id']}")

    assert shown["request"]["opened"]["amount.total"] == "101"
    async with shared_control.session.get(f"/console/calls/{attempt['id']}", params={"lang": "en"}) as page:
        text = await page.text()
    assert "Decrypted" in text
    assert "amount.total" in text
    assert "What the signature covers" in text
