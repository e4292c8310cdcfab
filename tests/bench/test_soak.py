"""The soak: what counts as a loss, and a short one."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.soak import main
from bench.soaking import books, sales
from bench.soaking.books import Attempt, Books, Line, Notification
from bench.soaking.comparison import compare
from bench.soaking.receivers import Manner, Receipt
from bench.soaking.sales import Fault, Sale, Shop, Trouble, Unanswered, Written

SHOP = Shop("1900000109", "wx8888888888888888", "a key", "A1", "a private key", Manner.FAILING)
AT = datetime(2026, 12, 1, tzinfo=UTC)
TOLD, TOLD_OF_REFUND = "http://shop/ORDER001", "http://shop/ORDER001R0"


class World:
    """An order over 10 yuan that was paid, and a refund of 4; the shop took each message at the second attempt."""

    def __init__(self) -> None:
        self.refund = sales.Refund("ORDER001R0", 400, TOLD_OF_REFUND, "")
        self.sale = Sale(SHOP, "v2", "ORDER001", 1000, TOLD, placed=True, paid=True, refunds=[self.refund])
        self.written = Written([self.sale])
        self.books = Books(
            [books.Order(SHOP.mch_id, "ORDER001", "REFUND", 1000)],
            [books.Refund(SHOP.mch_id, "ORDER001", "ORDER001R0", 400, "SUCCESS")],
            [told("refund", TOLD_OF_REFUND, "ORDER001R0"), told("payment", TOLD)],
            [
                Line("refund_arrived", "transit", "payer", 400, "", 0, "ORDER001", "ORDER001R0"),
                Line("refund", "Basic", "transit", 400, "Basic", 596, "ORDER001", "ORDER001R0"),
                Line("fee_returned", "wechat", "Basic", 2, "Basic", 996, "ORDER001", "ORDER001R0"),
                Line("fee", "Basic", "wechat", 6, "Basic", 994, "ORDER001"),
                Line("payment", "payer", "Basic", 1000, "Basic", 1000, "ORDER001"),
            ],
        )
        self.received = {url: [Receipt(10.0, well=False), Receipt(25.0, well=True)] for url in (TOLD, TOLD_OF_REFUND)}
        self.troubles: list[Trouble] = []

    @property
    def payment(self) -> Notification:
        """What is told of it."""
        return self.books.notifications[1]

    def found(self) -> set[Fault]:
        return {one.fault for one in compare(self.written, {SHOP: self.books}, self.received, self.troubles)}


def told(kind: str, url: str, out_refund_no: str = "") -> Notification:
    attempts = [Attempt(1, AT, "http_status"), Attempt(2, AT + timedelta(seconds=15), "ok")]
    return Notification(SHOP.mch_id, kind, kind, url, "delivered", attempts, "ORDER001", out_refund_no)


def test_nothing_is_found_where_all_is_as_it_was_acknowledged() -> None:
    assert World().found() == set()


def order_lost(world: World) -> None:
    world.books.orders.clear()


def order_of_another_amount(world: World) -> None:
    world.books.orders[0].total_fee = 999


def payment_lost(world: World) -> None:
    world.sale.refunds.clear()
    world.books.orders[0].trade_state = "NOTPAY"


def order_twice(world: World) -> None:
    world.books.orders.append(world.books.orders[0])


def order_out_of_nothing(world: World) -> None:
    world.written.sales.clear()


def closed_too(world: World) -> None:
    world.sale.closed = True


def refund_lost(world: World) -> None:
    world.books.refunds.clear()


def refund_pending(world: World) -> None:
    world.books.refunds[0].refund_status = "PROCESSING"


def refund_refused(world: World) -> None:
    world.refund.code = "NOTENOUGH"


def refunded_too_much(world: World) -> None:
    world.books.refunds[0].refund_fee = 1001


def paid_twice(world: World) -> None:
    world.books.ledger.insert(0, Line("payment", "payer", "Basic", 1000, "Basic", 1596, "ORDER001"))


def balance_overwritten(world: World) -> None:
    world.books.ledger[1].balance = 600


def refund_untold(world: World) -> None:
    del world.books.notifications[0]


def told_of_nothing(world: World) -> None:
    world.received["http://shop/ORDER002"] = [Receipt(10.0, well=True)]


def never_told(world: World) -> None:
    world.payment.state, world.payment.attempts[:] = "pending", []


def given_up(world: World) -> None:
    world.payment.state = "given_up"


def delivered_to_nobody(world: World) -> None:
    world.received.clear()


def sent_again(world: World) -> None:
    world.received[TOLD].append(Receipt(26.0, well=True))


def taken_again(world: World) -> None:
    sent_again(world)
    world.payment.attempts.append(Attempt(3, AT + timedelta(seconds=60), "ok_again"))


def sent_early(world: World) -> None:
    world.payment.attempts[1].at = AT + timedelta(seconds=14)


def of_another(world: World) -> None:
    world.books.orders[0].mch_id = "1900000110"


def mute(world: World) -> None:
    world.written.unanswered.append(Unanswered(10.0, 11.0, "/pay/orderquery: SYSTEMERROR"))


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (order_lost, Fault.ORDER_LOST),
        (order_of_another_amount, Fault.ORDER_OTHERWISE),
        (payment_lost, Fault.ORDER_OTHERWISE),
        (order_twice, Fault.ORDER_INVENTED),
        (order_out_of_nothing, Fault.ORDER_INVENTED),
        (closed_too, Fault.PAID_AND_CLOSED),
        (refund_lost, Fault.REFUND_LOST),
        (refund_pending, Fault.REFUND_OTHERWISE),
        (refund_refused, Fault.REFUND_INVENTED),
        (refunded_too_much, Fault.REFUNDED_TOO_MUCH),
        (paid_twice, Fault.MONEY_WRONG),
        (balance_overwritten, Fault.MONEY_WRONG),
        (refund_untold, Fault.NOT_OWED),
        (told_of_nothing, Fault.NOT_OWED),
        (never_told, Fault.STILL_OWED),
        (given_up, Fault.NOT_DELIVERED),
        (delivered_to_nobody, Fault.NEVER_CAME),
        (sent_again, Fault.TOLD_TWICE),
        (taken_again, Fault.TOLD_TWICE),
        (sent_early, Fault.TOO_EARLY),
        (of_another, Fault.SEES_ANOTHER),
        (mute, Fault.UNANSWERED),
    ],
)
def test_what_must_not_be_is_found(spoil: Callable[[World], None], fault: Fault) -> None:
    world = World()
    spoil(world)
    assert fault in world.found()


@pytest.mark.parametrize("spoil", [sent_again, taken_again, sent_early, mute])
def test_what_a_trouble_explains_is_no_fault(spoil: Callable[[World], None]) -> None:
    world = World()
    world.troubles.append(Trouble("kill", 9.0, 27.0))
    spoil(world)
    assert world.found() == set()


def test_a_trouble_explains_nothing_that_came_long_before_or_after_it() -> None:
    world = World()
    world.troubles += [Trouble("kill", 1.0, 2.0), Trouble("kill", 60.0, 61.0)]
    sent_again(world)
    assert world.found() == {Fault.TOLD_TWICE}


def test_an_act_that_got_no_answer_may_have_been_done_or_not() -> None:
    world = World()
    world.sale.paid, world.sale.unclear = False, {"pay"}
    world.refund.code = None
    assert world.sale.states == {"NOTPAY", "CLOSED", "SUCCESS"}
    world.sale.paid = True
    assert world.sale.states == {"SUCCESS", "REFUND"}


@pytest.mark.slow
def test_a_sandbox_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    often = ["--minutes", "0.05", "--rate", "10", "--calm", "0.8", "--seed", "7"]
    once = ["--processes", "1", "--database", "sqlite", "--trouble", "kill", "--out", str(report)]
    ended = CliRunner().invoke(main, [*often, *once])
    told = json.loads(report.read_text())
    assert (ended.exit_code, told["findings"], {one["name"] for one in told["troubles"]}) == (0, [], {"kill"})
    assert min(told["orders"], told["paid"], told["delivered"]) > 0
