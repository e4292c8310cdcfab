"""What becomes of the shares of an order's money, as the merchant sees it in the query of its sharing."""

from tests.scenarios.observing import observes
from tests.support.control import Control
from tests.support.merchant import Inbox
from tests.support.v3 import V3Merchant
from tests.support.v3_sharing import Sharer


@observes("sharing-receiver-fails")
async def test_the_receivers_share_is_closed_and_the_money_unfrozen(
    scenario: str, control: Control, inbox: Inbox
) -> None:
    inbox.answer(204, "")
    opened = await control.post("/merchants", {"name": "茶叶供应商", "sharing_notify_url": inbox.url}, 201)
    sharer = Sharer(await V3Merchant.of(control, "https://shop.example/notify"), control, opened["mch_id"])
    await sharer.add()
    transaction_id = await sharer.paid("FAILS01", attach=f"scenario:{scenario}")
    before = await sharer.balances()

    accepted = await sharer.share(transaction_id, "PFAILS1")
    ended = await sharer.ended(transaction_id, "PFAILS1")

    assert (accepted.status, accepted.json["state"]) == (200, "PROCESSING")
    share = ended["receivers"][0]
    assert (ended["state"], share["result"], share["fail_reason"]) == ("FINISHED", "CLOSED", "ACCOUNT_ABNORMAL")
    assert await sharer.balances() == (before[0] + 1000, before[1])
    for lang, why in (("zh", "分账接收账户异常；"), ("en", "the receiver's account is abnormal;")):
        told = (await control.get(f"/orders/{control.mch_id}/FAILS01/timeline", lang=lang))["items"]
        (summary,) = [one["summary"] for one in told if one.get("name") == "share_closed"]
        assert why in summary
    assert inbox.received == [], "the receiver has got nothing, and is not told"
