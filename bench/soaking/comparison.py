"""Compares what shops remember with the books, and both with what they received. Decides only; asks nobody."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from bench.soaking import telling
from bench.soaking.books import Books, Line, Notification, Order, Refund
from bench.soaking.receivers import Receipt
from bench.soaking.sales import Fault, Finding, Sale, Shop, Trouble, Written
from sandbox.core.ledger import DEFAULT_RATE, OWN, fee

PAID = ("SUCCESS", "REFUND")


def compare(
    written: Written,
    books: Mapping[Shop, Books],
    received: Mapping[str, Sequence[Receipt]],
    troubles: Sequence[Trouble],
) -> list[Finding]:
    """All that must not be; nothing where all that was acknowledged is there, once, and all that was owed was told."""
    sales = defaultdict[Shop, list[Sale]](list)
    for sale in written.sales:
        sales[sale.shop].append(sale)
    found = list(written.findings)
    found += [
        Finding(Fault.UNANSWERED, call.what)
        for call in written.unanswered
        if not any(one.meets(call.began, call.ended) for one in troubles)
    ]
    for shop, theirs in books.items():
        for rule in (_strangers, _orders, _refunds, _too_much, _owed, _money):
            found += [Finding(fault, f"{shop.mch_id} {about}") for fault, about in rule(sales[shop], shop, theirs)]
        for notification in theirs.notifications:
            told = telling.judged(notification, shop.manner, received.get(notification.url, ()), troubles)
            found += [Finding(fault, f"{shop.mch_id} {notification.id} {about}") for fault, about in told]
    known = {one.url for theirs in books.values() for one in theirs.notifications}
    return found + [Finding(Fault.NOT_OWED, f"{url} was told of it") for url in sorted(received.keys() - known)]


Found = Iterator[tuple[Fault, str]]


def _strangers(_: Sequence[Sale], shop: Shop, books: Books) -> Found:
    named: Iterable[Order | Refund | Notification] = chain(books.orders, books.refunds, books.notifications)
    for one in named:
        if one.mch_id != shop.mch_id:
            yield Fault.SEES_ANOTHER, f"{one.mch_id} {one.out_trade_no}"


def _orders(sales: Sequence[Sale], _: Shop, books: Books) -> Found:
    numbers = {sale.out_trade_no for sale in sales}
    for number, times in Counter(one.out_trade_no for one in books.orders).items():
        if times > 1 or number not in numbers:
            yield Fault.ORDER_INVENTED, f"{number}, {times} times"
    known = {one.out_trade_no: one for one in books.orders}
    for sale in sales:
        if sale.paid and sale.closed:
            yield Fault.PAID_AND_CLOSED, sale.out_trade_no
        if order := known.get(sale.out_trade_no):
            if order.total_fee != sale.total_fee or order.trade_state not in sale.states:
                yield Fault.ORDER_OTHERWISE, f"{order}, not {sale.total_fee} fen and {' or '.join(sale.states)}"
        elif sale.placed:
            yield Fault.ORDER_LOST, sale.out_trade_no


def _refunds(sales: Sequence[Sale], _shop: Shop, books: Books) -> Found:
    asked = {one.out_refund_no: (one, sale.out_trade_no) for sale in sales for one in sale.refunds}
    known = {one.out_refund_no for one in books.refunds}
    for number, (refund, _) in asked.items():
        if refund.code == "" and number not in known:
            yield Fault.REFUND_LOST, number
    for one in books.refunds:
        if one.out_refund_no not in asked or asked[one.out_refund_no][0].code:
            yield Fault.REFUND_INVENTED, f"{one}"
            continue
        refund, out_trade_no = asked[one.out_refund_no]
        if (one.out_trade_no, one.refund_fee, one.refund_status) != (out_trade_no, refund.fen, "SUCCESS"):
            yield Fault.REFUND_OTHERWISE, f"{one}, not {refund.fen} fen of {out_trade_no}"


def _too_much(_sales: Sequence[Sale], _: Shop, books: Books) -> Found:
    paid, given_back = _paid(books), Counter[str]()
    for one in books.refunds:
        given_back[one.out_trade_no] += one.refund_fee
    for number, fen in given_back.items():
        if fen > paid.get(number, 0):
            yield Fault.REFUNDED_TOO_MUCH, f"{number}: {fen} fen of {paid.get(number, 0)}"


def _owed(_sales: Sequence[Sale], _: Shop, books: Books) -> Found:
    """One notification for each payment, and one for each refund."""
    owed = Counter((one.kind, one.out_trade_no, one.out_refund_no) for one in books.notifications)
    must = Counter(("payment", number, "") for number in _paid(books))
    must += Counter(("refund", one.out_trade_no, one.out_refund_no) for one in books.refunds)
    for one in owed.keys() | must.keys():
        if owed[one] != must[one]:
            yield Fault.NOT_OWED, f"{one}: {owed[one]} notifications, not {must[one]}"


def _money(_sales: Sequence[Sale], _: Shop, books: Books) -> Found:
    paid = _paid(books)
    moves = Counter((one.movement, one.out_trade_no, one.out_refund_no, one.fen) for one in books.ledger)
    expected = Counter(("payment", number, "", fen) for number, fen in paid.items())
    expected += Counter(("fee", number, "", fee(fen, DEFAULT_RATE)) for number, fen in paid.items())
    for one in books.refunds:
        for movement in ("refund", "refund_arrived"):
            expected[movement, one.out_trade_no, one.out_refund_no, one.refund_fee] += 1
    for move in moves.keys() | expected.keys():
        if move[0] != "fee_returned" and moves[move] != expected[move]:
            yield Fault.MONEY_WRONG, f"{move}: {moves[move]} lines, not {expected[move]}"
    for one in books.refunds:
        paid[one.out_trade_no] = paid.get(one.out_trade_no, 0) - one.refund_fee
    balance, wrong = _balance(books.ledger)
    if wrong:
        yield Fault.MONEY_WRONG, wrong
    kept = sum(fen - fee(fen, DEFAULT_RATE) for fen in paid.values())
    if balance != kept:
        yield Fault.MONEY_WRONG, f"{balance} fen are in the account, not {kept}"


def _paid(books: Books) -> dict[str, int]:
    """What was paid for each order, in fen."""
    return {one.out_trade_no: one.total_fee for one in books.orders if one.trade_state in PAID}


def _balance(ledger: Sequence[Line]) -> tuple[int, str]:
    """What lies in the account in the end, and the first line whose balance does not follow from the one before."""
    balance = 0
    for line in reversed(ledger):
        if line.account in OWN:
            balance += line.fen if line.target == line.account else -line.fen
            if line.balance != balance:
                return line.balance, f"{line}: {balance} fen would be in the account"
    return balance, ""
