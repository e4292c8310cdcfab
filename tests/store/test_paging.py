"""Lists are looked through in parts: whatever is asked is found in the end, and each thing once."""

from datetime import datetime

import pytest

from sandbox.core.notifications import Notification, NotificationKind
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import TradeType
from sandbox.core.ports.queries import OrderFilter
from sandbox.core.sharing import Sharing, SharingNews
from sandbox.core.transfers import Transfer, TransferTerms
from sandbox.store import Store, paging, searching
from tests.store.helpers import MCH_ID, NOON, ORIGIN, call, call_about, keep, order

OPENID = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page looks through three rows, and a text that names more than two names many."""
    monkeypatch.setattr(paging, "LOOKED", 3)
    monkeypatch.setattr(searching, "FEW", 2)


async def parts(store: Store, chosen: OrderFilter, limit: int = 2) -> list[list[str]]:
    """The numbers of a list, page by page to its end."""
    found, cursor = [], None
    while True:
        page = await store.read(lambda tx, at=cursor: tx.orders.page(chosen, at, limit))  # type: ignore[misc]
        found.append([row.order.key.out_trade_no for row in page.items])
        if (cursor := page.next) is None:
            return found


async def test_a_rare_order_is_met_part_by_part(store: Store) -> None:
    await keep(store, order("RARE01", trade_type=TradeType.APP), *[order(f"OTHER{each}") for each in range(7)])
    assert await parts(store, OrderFilter(trade_type="APP")) == [[], [], ["RARE01"]]
    assert await parts(store, OrderFilter(trade_type="APP", mch_id=MCH_ID, trade_state="NOTPAY")) == [
        [],
        [],
        ["RARE01"],
    ]


async def test_what_an_index_gives_needs_no_parts(store: Store) -> None:
    paid = order("PAID01").close(NOON)
    await keep(store, paid, *[order(f"OTHER{each}") for each in range(7)])
    assert await parts(store, OrderFilter(trade_state="CLOSED")) == [["PAID01"]]
    assert await parts(store, OrderFilter(mch_id=MCH_ID, trade_state="CLOSED")) == [["PAID01"]]
    assert await parts(store, OrderFilter(out_trade_no="PAID01")) == [["PAID01"]]


@pytest.mark.parametrize("search", ["SOUGHT", "wxSOUGHT", "碧螺", OPENID[:12]])
async def test_a_text_finds_the_oldest_by_the_beginning_of_what_names_it(store: Store, search: str) -> None:
    sought = order("SOUGHT1", trade_type=TradeType.JSAPI, body="碧螺春", openid=OPENID)
    await keep(store, sought, *[order(f"OTHER{each}") for each in range(7)])
    assert await parts(store, OrderFilter(search=search)) == [["SOUGHT1"]]


async def test_words_within_a_body_are_looked_for_among_the_newest(store: Store) -> None:
    await keep(store, order("OLD01", body="明前龙井"), *[order(f"OTHER{each}", body="茶杯") for each in range(3)])
    assert await parts(store, OrderFilter(search="龙井")) == [[]]
    await keep(store, order("NEW01", body="雨前龙井"))
    assert await parts(store, OrderFilter(search="龙井")) == [["NEW01"]]


async def test_a_text_that_names_many_meets_each_once(store: Store) -> None:
    await keep(store, *[order(f"{name}{each}") for each in range(5) for name in ("MANY", "OTHER")])
    found = await parts(store, OrderFilter(search="MANY"))
    assert [number for part in found for number in part] == [f"MANY{each}" for each in (4, 3, 2, 1, 0)]


def transfer(number: str) -> Transfer:
    terms = TransferTerms(
        out_bill_no=number,
        appid="wx8888888888888888",
        openid=f"o{number}",
        transfer_amount=30,
        transfer_remark="新会员开通有礼",
        transfer_scene_id="1000",
    )
    return Transfer(
        mch_id=MCH_ID,
        origin=ORIGIN,
        terms=terms,
        transfer_bill_no=f"1330{number}",
        package_info=f"p{number}",
        created_at=NOON,
        updated_at=NOON,
        due_at=NOON,
    )


@pytest.mark.parametrize("search", ["SOUGHT", "1330SOUGHT", "oSOUGHT"])
async def test_the_oldest_transfer_is_found_by_its_numbers_and_by_who_receives_it(store: Store, search: str) -> None:
    for number in ("SOUGHT1", *(f"OTHER{each}" for each in range(7))):
        await store.write(lambda tx, number=number: tx.transfers.add(transfer(number)))  # type: ignore[misc]
    page = await store.read(lambda tx: tx.transfers.page("", "", None, 2, search))
    assert [[one.terms.out_bill_no for one in page.items], page.next] == [["SOUGHT1"], None]


def sharing(number: str, order: str, ended_at: datetime | None = NOON) -> Sharing:
    return Sharing(
        key=OrderKey(MCH_ID, order),
        origin=ORIGIN,
        transaction_id="4200",
        out_order_no=number,
        order_id=f"3008{number}",
        shares=(),
        unfreezes=False,
        created_at=NOON,
        due_at=None if ended_at else NOON,
        ended_at=ended_at,
    )


@pytest.mark.parametrize(
    ("state", "search"),
    [("", "SOUGHT"), ("", "3008SOUGHT"), ("", "OLDEST"), ("PROCESSING", ""), ("FINISHED", "OLDEST")],
)
async def test_the_oldest_sharing_is_found_by_its_numbers_and_while_it_is_processed(
    store: Store, state: str, search: str
) -> None:
    sought = sharing("SOUGHT1", "OLDEST", None if state == "PROCESSING" else NOON)
    for one in (sought, *(sharing(f"OTHER{each}", f"ORDER{each}") for each in range(7))):
        await store.write(lambda tx, one=one: tx.sharings.add(one))  # type: ignore[misc]
    page = await store.read(lambda tx: tx.sharings.page("", state, None, 2, search))
    assert [[one.out_order_no for one in page.items], page.next] == [["SOUGHT1"], None]


def notification(number: str, mch_id: str, receiver: str = "") -> Notification:
    news = SharingNews(mch_id=receiver, order_id="3008", out_order_no=number, amount=30, description="分给供应商")
    return Notification(
        id=number,
        kind=NotificationKind.SHARING if receiver else NotificationKind.REFUND,
        key=OrderKey(mch_id, "ORDER001"),
        origin=ORIGIN,
        url="http://127.0.0.1/notify",
        nonce_str="",
        created_at=NOON,
        next_at=NOON,
        sharing=news if receiver else None,
    )


async def test_what_a_receiver_was_told_stands_in_its_list_beside_its_own_however_old(store: Store) -> None:
    of = {"TOLD1": ("1", "2"), "OWN1": ("2", ""), "BOTH1": ("2", "2"), "TOLD2": ("1", "2"), "TOLD3": ("1", "3")}
    others = {f"OTHER{each}": ("1", "") for each in range(7)}
    for number, whose in {**of, **others}.items():
        await store.write(lambda tx, one=notification(number, *whose): tx.owe(one))  # type: ignore[misc]

    async def listed(state: str = "") -> list[str]:
        found: list[str] = []
        cursor: str | None = None
        while True:
            page = await store.read(lambda tx, at=cursor: tx.notifications.page("2", "", state, at, 2))  # type: ignore[misc]
            found += [one.id for one in page.items]
            if (cursor := page.next) is None:
                return found

    assert await listed() == await listed("pending") == ["TOLD2", "BOTH1", "OWN1", "TOLD1"]


@pytest.mark.parametrize("key", [OrderKey(MCH_ID, "ORDER001"), OrderKey(MCH_ID, "", "", "BILL001")], ids=str)
async def test_a_timeline_reads_alike_from_both_ends(store: Store, key: OrderKey) -> None:
    for minute in range(7):
        await store.write(lambda tx, at=minute: tx.record(call_about(key, at)))  # type: ignore[misc]
        await store.write(lambda tx: tx.record(call("ORDER002")))
    whole = [entry.id for entry in await store.read(lambda tx: tx.journal.timeline(key))]
    behind: list[int] = []
    before: list[int] = []
    for forth, seen in ((True, behind), (False, before)):
        cursor: str | None = None
        while True:
            page = await store.read(
                lambda tx, at=cursor, forth=forth: (  # type: ignore[misc]
                    tx.journal.timeline_after(key, at, 3) if forth else tx.journal.timeline_before(key, at, 3)
                )
            )
            numbers = [entry.id for entry in page.items]
            seen[:] = [*seen, *numbers] if forth else [*numbers, *seen]
            if (cursor := page.next) is None:
                break
    assert whole == behind == before
    assert len(whole) == 7
