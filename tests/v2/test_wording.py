"""Every sentence that V2 can say is said: one call for each entry of the table of errors."""

import pytest

from sandbox.core import errors, sharing_errors
from sandbox.core.errors import PaymentError
from sandbox.core.merchants import Wording
from sandbox.v2.envelope import MessageEmpty, MessageMalformed, MessageNotUtf8
from sandbox.v2.errors import WORDING, BusinessFailure
from tests.support.control import Control
from tests.support.merchant import Merchant
from tests.v2 import provoking as by
from tests.v2.conftest import Open

WAYS: dict[type[PaymentError], by.Provoke] = {
    MessageEmpty: by.sent(b""),
    MessageNotUtf8: by.sent(b"\xff"),
    MessageMalformed: by.sent(b"<"),
    errors.MerchantUnknown: by.ordered(mch_id="1111111111"),
    errors.AppNotPaired: by.ordered(appid="wxother"),
    errors.SubAppNotPaired: by.by_provider(sub_mch_id="1900000201", sub_appid="wxother"),
    errors.SubMerchantMissing: by.by_provider(),
    errors.SubMerchantForbidden: by.ordered(sub_mch_id="1900000201"),
    errors.SubMerchantNotAuthorized: by.by_provider(sub_mch_id="1900000299"),
    errors.SubMerchantNotGranting: by.by_provider(sub_mch_id="1900000202"),
    errors.ExpiryTooSoon: by.ordered(time_expire="20200101000000"),
    errors.ProductPending: by.with_product("pending"),
    errors.ProductNotOpened: by.with_product("not_opened"),
    errors.MerchantRestricted: by.with_product("restricted"),
    errors.OpenidInvalid: by.ordered(trade_type="JSAPI", openid="nobody"),
    errors.OrderChanged: by.again_with_another_amount,
    errors.OrderPaid: by.again_when_paid,
    errors.OrderClosed: by.again_when_closed,
    errors.PaymentFailed: by.again_when_failed_for_good,
    errors.OrderExpired: by.again_when_expired,
    errors.OrderNotFound: by.queried,
    errors.TransactionUnknown: by.refunding(100, transaction_id="4200000000201001010000000000"),
    errors.TransactionIdMalformed: by.queried_by_a_malformed_transaction_id,
    errors.OrderRefunded: by.refunding(100, 1),
    errors.RefundFeeInvalid: by.refunding(60, 41),
    errors.RefundMismatch: by.refunding(50, total_fee="99"),
    errors.RefundCurrencyDiffers: by.refunding(50, refund_fee_type="USD"),
    errors.RefundElsewhere: by.refunded_under_a_number_of_another,
    errors.RefundTooLate: by.refunded_after_a_year,
    errors.TooManyRefunds: by.refunding(*([1] * 51)),
    errors.BalanceShort: by.refunded_from_an_empty_account,
    errors.RefundNotFound: by.refund_queried,
    errors.OrderNotReady: by.refunded_while_the_payer_types,
    errors.OrderReversed: by.refunded_when_reversed,
    errors.AuthCodeUnknown: by.charged_with_a_made_up_code,
    errors.AuthCodeExpired: by.charging("ORDER001", late=60),
    errors.AuthCodeUsed: by.charging("ORDER001", "ORDER002"),
    errors.PasswordNeeded: by.charging("ORDER001", total_fee="100001"),
    errors.PaymentCancelled: by.charged_again_when_cancelled,
    errors.PaymentRefused: by.charging("ORDER001", prepared={"payer": {"outcome": "error", "reason": "risk"}}),
    errors.PayerShort: by.charged_with_an_empty_wallet,
    errors.BankFailed: by.charging("ORDER001", prepared={"payer": {"outcome": "error", "reason": "bank-refused"}}),
    errors.CreditForbidden: by.charging(
        "ORDER001", limit_pay="no_credit", prepared={"payer": {"bank_type": "CMB_CREDIT"}}
    ),
    errors.OrderNumberUsed: by.charged_for_another_order,
    errors.NotMicropay: by.reversed_though_native,
    errors.ReversalRefunded: by.reversed_after_a_refund,
    errors.ReversalTooLate: by.reversed_after_a_week,
}


ELSEWHERE = {errors.CertificateOfAnother, errors.NumberBurnt, errors.PartOfCombined, sharing_errors.RefundOverUnsplit}
"""Said over TLS (ingress/test_client_certificates.py); brought about by V3 (v2/test_from_v3.py, v3/test_sharing.py)."""


@pytest.mark.parametrize(
    "error", [error for error in WORDING if error not in ELSEWHERE], ids=lambda error: error.__name__
)
async def test_each_error_is_said_in_wechats_words(
    merchant: Merchant, control: Control, open_merchant: Open, error: type[PaymentError]
) -> None:
    answer = await WAYS[error](merchant, control, open_merchant)
    expected = WORDING[error]
    if isinstance(expected, BusinessFailure):
        assert answer["return_code"] == "SUCCESS"
        assert answer["result_code"] == "FAIL"
        assert (answer["err_code"], answer["err_code_des"]) == (expected.err_code, expected.err_code_des)
    else:
        assert answer == {"return_code": "FAIL", "return_msg": expected.said(Wording.TODAY)}
