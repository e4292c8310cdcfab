"""Valid definitions of scenarios, made up by hypothesis."""

from typing import Any

from hypothesis import strategies as st

from sandbox.core.causes import Cause
from sandbox.core.orders import TradeType
from sandbox.core.plans import AnswerFault, BillFault, CouponType, MessageFault, TransferFailReason
from sandbox.core.share_acts import ShareFailReason
from sandbox.words.err_codes import ERR_CODES

Definition = dict[str, Any]

texts = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=20)
values = st.text("abc*?中0-", min_size=1, max_size=10)
spans = st.sampled_from(["0s", "200ms", "3s", "10m", "6h", "1d", "2.5s", 3])
nths = st.sampled_from([1, "1-3", "4-", "odd", "even", "1,3", "2, even"])
names = st.sampled_from(["total_fee", "attach", "new_field"])
fields = st.dictionaries(names, values, min_size=1, max_size=2)
removed = st.lists(st.sampled_from(["attach", "time_end"]), max_size=2)


def keys(**optional: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=optional)


def one_or_several(part: Any) -> Any:
    return part | st.lists(part, max_size=3)


spoken = texts | st.fixed_dictionaries({"zh": texts, "en": texts})
whens = keys(
    mch_id=values,
    sub_mch_id=values,
    appid=values,
    trade_type=one_or_several(st.sampled_from([one.value for one in TradeType])),
    out_trade_no=values,
    total_fee=st.sampled_from([101, "100-200", "500-", "1,5,7-9"]),
    attach=values,
    path=one_or_several(values),
    header=st.dictionaries(st.sampled_from(["X-Case", "User-Agent"]), values, max_size=2),
    nth=nths,
    chance=st.fixed_dictionaries({"probability": st.floats(0, 1)}, optional={"seed": values}),
    applied=st.booleans(),
)
coupons = st.fixed_dictionaries(
    {"fee": st.integers(1, 999_999_999)},
    optional={"type": st.sampled_from([one.value for one in CouponType]), "id": st.integers(1, 10**9)},
)
timings = [{}, {"after": "3s"}, {"at": "closeorder"}, {"at": "expiry", "after": "-1s"}, {"at": "placed"}]
succeeding = keys(outcome=st.just("success"), bank_type=st.just("CMB_DEBIT"), coupons=st.lists(coupons, max_size=2))
failing = st.fixed_dictionaries(
    {"outcome": st.just("error")},
    optional={"reason": st.sampled_from([one.value for one in Cause]), "final": st.booleans()},
)
acts = st.tuples(succeeding | failing | st.just({"outcome": "cancel"}), st.sampled_from(timings)).map(
    lambda pair: {**pair[0], **pair[1]}
)
failures = st.sampled_from(sorted(ERR_CODES)) | st.fixed_dictionaries({"return_msg": st.just("系统繁忙")})
effects = (
    st.fixed_dictionaries({"fail": failures})
    | st.fixed_dictionaries({"fault": st.sampled_from([one.value for one in AnswerFault]), "seconds": st.just("2s")})
    | st.fixed_dictionaries({"set": fields, "remove": removed})
    | st.just({"until": "notified"})
)
whiches = keys(
    call=st.sampled_from(["unifiedorder", "orderquery", "closeorder", "*"]), nth=nths, performed=st.booleans()
)
calls = st.tuples(effects, whiches).map(lambda pair: {**pair[0], **pair[1]})
notifications = keys(
    after=spans,
    copies=st.integers(1, 100),
    every=spans,
    fault=st.sampled_from([one.value for one in MessageFault]),
    set=fields,
    remove=removed,
)


refunds = keys(
    outcome=st.sampled_from(["success", "change", "close"]),
    after=spans,
    nth=nths,
    notify=st.just("none") | one_or_several(notifications),
)


transfers = keys(
    reason=st.sampled_from([one.value for one in TransferFailReason]),
    after=spans,
    notify=st.just("none") | one_or_several(notifications),
)

shares = st.fixed_dictionaries(
    {"fail_reason": st.sampled_from([one.value for one in ShareFailReason])},
    optional={"account": st.sampled_from(["", "1900000201"]), "nth": nths},
)


def definitions() -> st.SearchStrategy[Definition]:
    return keys(
        title=spoken,
        description=spoken,
        good_merchant=spoken,
        how_to_see=spoken,
        group=st.just("mine"),
        when=whens,
        payer=one_or_several(acts),
        api=one_or_several(calls),
        refund=one_or_several(refunds),
        transfer=transfers,
        share=one_or_several(shares),
        bill=st.sampled_from([one.value for one in BillFault]),
        notify=st.just("none") | one_or_several(notifications),
    )
