"""A share is told of to its receiver: whose listener hears of it, in whose lists it stands, what it is no proof of."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from tests.support.control import Control, started
from tests.support.merchant import Inbox
from tests.support.patience import PATIENCE
from tests.support.v3_sharing import Sharer, refusing

# -- listeners ---------------------------------------------------------------------------------------------------------


class Stream:
    """What a listener that carries notifications is sent."""

    def __init__(self, control: Control, response: aiohttp.ClientResponse) -> None:
        self._control, self._response = control, response

    async def next(self) -> tuple[str, Any]:
        """The next event; what is to be carried is taken, as a merchant would."""
        name = ""
        async with asyncio.timeout(PATIENCE):
            async for raw in self._response.content:
                field, _, value = raw.decode().strip().partition(": ")
                if field == "event":
                    name = value
                elif field == "data":
                    break
        data = json.loads(value)
        if name == "forward":
            await self._control.call("POST", f"/forwards/{data['id']}", {"status": 204}, 204)
        return name, data


@asynccontextmanager
async def listening(control: Control, mch_id: str) -> AsyncIterator[Stream]:
    query = {"mch_id": mch_id, "forward_to": f"http://{mch_id}.example/"}
    async with control.session.get("/_sandbox/listen", params=query) as response:
        stream = Stream(control, response)
        assert (await stream.next())[0] == "hello"
        yield stream


async def test_the_receivers_listener_carries_it_and_not_the_sharers(sharer: Sharer, inbox: Inbox) -> None:
    control = sharer.control
    transaction_id = await sharer.paid("HEARD01")
    await control.wait("HEARD01", "notified")
    received = len(inbox.received)
    async with listening(control, sharer.v3.mch_id) as own, listening(control, sharer.receiver) as receivers:
        await sharer.share(transaction_id, "PHEARD1")
        carried = await started(control.advance(5))

        assert (await receivers.next())[0] == "forward"
        assert (await receivers.next())[1]["kind"] == "notification"
        await carried
        await sharer.unsplit(transaction_id)
        heard = [await own.next(), await own.next()]

    assert [(name, data["kind"]) for name, data in heard] == [("line", "api"), ("line", "api")]
    assert len(inbox.received) == received
    attempt = (await control.order("HEARD01"))["notifications"][-1]["attempts"][0]
    assert attempt["verdict"] == "ok"


async def test_it_stands_in_the_list_of_who_is_told(sharer: Sharer) -> None:
    transaction_id = await sharer.paid("LISTED01")
    await sharer.share(transaction_id, "PLISTED1")
    await sharer.control.advance(5)

    (listed,) = (await sharer.control.get("/notifications", mch_id=sharer.receiver))["items"]

    assert (listed["kind"], listed["receiver"], listed["mch_id"]) == ("sharing", sharer.receiver, sharer.v3.mch_id)
    owned = await sharer.control.get("/notifications", mch_id=sharer.v3.mch_id, out_trade_no="LISTED01")
    assert [one["kind"] for one in owned["items"]] == ["sharing", "payment"]


# -- beside the order's payment ----------------------------------------------------------------------------------------


async def test_a_share_that_is_taken_proves_nothing_of_a_forged_payment(sharer: Sharer, inbox: Inbox) -> None:
    """The merchant refuses every payment's notification, so that it refuses a forged one tells nothing."""
    control = sharer.control
    inbox.reply = refusing("transaction")
    transaction_id = await sharer.paid("PROOF01")
    await sharer.share(transaction_id, "PPROOF1")
    await control.advance(5)
    await control.post(f"/orders/{control.mch_id}/PROOF01/notify", {"fault": "wrong-sign"})

    told = (await control.order("PROOF01"))["notifications"]

    assert [(one["kind"], one["attempts"][-1]["verdict"]) for one in told] == [
        ("payment", "http_status"),
        ("sharing", "ok"),
        ("payment", "cannot_tell"),
    ]


async def test_what_a_deleted_receiver_is_still_owed_is_given_up(sharer: Sharer, inbox: Inbox) -> None:
    control = sharer.control
    inbox.reply = refusing("profitsharing")
    transaction_id = await sharer.paid("GONE01")
    await sharer.share(transaction_id, "PGONE1")
    await control.advance(5)
    await control.call("DELETE", f"/merchants/{sharer.receiver}", None, 204)

    await control.advance(15)

    told = (await control.order("GONE01"))["notifications"][-1]
    assert (told["kind"], told["state"], told.get("next_at")) == ("sharing", "given_up", None)
    assert len(told["attempts"]) == 1
