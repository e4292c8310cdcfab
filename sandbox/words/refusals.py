"""What WeChat Pay's rules forbid, as a sentence for people; the faces of the API have WeChat's own words."""

from sandbox.core import errors, sharing_errors, transfer_errors
from sandbox.core.errors import PaymentError
from sandbox.core.text import Lang, Text

SOUGHT = Text("{what}：{sought}。", "{what}: {sought}.")

REFUSALS: dict[type[PaymentError], Text] = {
    errors.MerchantUnknown: Text("没有这个商户。", "There is no such merchant."),
    errors.AccountTaken: Text(
        "这个号码已经有了，换一个，或留空。", "That number is taken; choose another one, or leave it empty."
    ),
    errors.AppUnknown: Text("没有这个应用。", "There is no such app."),
    errors.AppPaired: Text(
        "还有商户与这个应用关联，先解除关联。", "Merchants are paired with this app; unpair them first."
    ),
    errors.ProductNotOpened: Text("商户没有开通这种支付方式。", "The merchant has not opened this product."),
    errors.ProductPending: Text("这种支付方式正在开通中。", "This product is still being opened."),
    errors.MerchantRestricted: Text("商户的收款被风控限制。", "Risk control restricts this merchant."),
    errors.NumberBurnt: Text(
        "这个单号在下单之前被关闭过，已经作废。", "This number was closed before any order had it, and is burnt."
    ),
    errors.PartOfCombined: Text(
        "这是合单的子单，只能随合单一起支付、关闭和通知。",
        "It is a sub-order of a combined order: it is paid, closed and notified of with that one only.",
    ),
    errors.SubOrdersDiffer: Text("子单与合单下单时的不一致。", "These are not the sub-orders of the combined order."),
    errors.OpenidInvalid: Text("openid 无效，或属于另一个 appid。", "The openid is invalid or another appid's."),
    errors.OrderNotFound: Text("没有这个订单。", "There is no such order."),
    errors.OrderPaid: Text("订单已经付过了。", "The order is paid already."),
    errors.OrderClosed: Text("订单已关闭，不能再付。", "The order is closed; it cannot be paid."),
    errors.OrderExpired: Text("订单已过期，不能再付。", "The order has expired; it cannot be paid."),
    errors.PrepayExpired: Text(
        "prepay_id 已过期，要由商户重新下单。", "The prepay_id has expired; the merchant must order again."
    ),
    errors.PaymentFailed: Text("支付已失败，订单不能再付。", "The payment failed for good; the order cannot be paid."),
    errors.ScenarioUnknown: Text("没有这个场景。", "There is no such scenario."),
    errors.ScenarioBuiltIn: Text(
        "内置场景不能改，另取一个名字。", "A built-in scenario cannot be changed; take another name."
    ),
    errors.OrderUnpaid: Text("订单未支付，没有通知可发。", "The order is not paid; nothing is owed."),
    errors.FaultForeign: Text("这笔订单的接口版本没有这种故障。", "The order's version of the API has no such fault."),
    errors.RefundNotFound: Text("没有这笔退款。", "There is no such refund."),
    errors.RefundEnded: Text("这笔退款已经有了结果。", "This refund has ended already."),
    transfer_errors.TransferNotFound: Text("没有这笔转账。", "There is no such transfer."),
    transfer_errors.TransferEnded: Text(
        "这笔转账已经确认、撤销或有了结果。", "This transfer is confirmed, cancelled or has ended already."
    ),
    errors.BalanceShort: Text("商户余额不足。", "The merchant's balance is too low."),
    errors.OrderRefunded: Text("订单已全额退款。", "The order is refunded whole."),
    errors.RefundFeeInvalid: Text("退款金额超过可退金额。", "More would be refunded than is left."),
    sharing_errors.RefundOverUnsplit: Text(
        "订单还没有分完账，退款超过了待分账的钱：先解冻剩余资金。",
        "The order is not shared to the end, and less than this is frozen of it: unfreeze the rest first.",
    ),
    sharing_errors.SharingUnmarked: Text("这不是要分账的订单。", "This order was not placed to be shared."),
    sharing_errors.SharingTooEarly: Text(
        "支付不到一分钟，还不能分账。", "It was paid less than a minute ago, and cannot be shared yet."
    ),
    sharing_errors.SharingEnded: Text("没有待分账的钱了。", "Nothing of it is frozen any more."),
    sharing_errors.SharingNotFound: Text("没有这笔分账。", "There is no such sharing."),
    sharing_errors.SharingFinished: Text("这笔分账已经完成。", "This sharing is carried out already."),
    errors.RefundTooLate: Text("付款已超过一年，不能退款。", "The payment is more than a year old."),
    errors.TooManyRefunds: Text("一个订单最多退款 50 次。", "An order can be refunded in 50 parts at the most."),
    errors.OrderNotRepeatable: Text(
        "这笔订单的接口版本没有可以再下一单的调用。", "The order's version of the API has no call that places it again."
    ),
    errors.OrderReversed: Text("订单已撤销。", "The order was reversed."),
    errors.OrderNotReady: Text("付款人正在输入密码。", "The payer is still typing the password."),
    errors.PayerUnknown: Text("没有这个付款人。", "There is no such payer."),
    errors.PhoneCannotPay: Text(
        "付款人的微信已退出登录，或版本低于 5.0，出示不了付款码。",
        "WeChat on the payer's phone is logged out, or older than 5.0: it shows no payment code.",
    ),
    errors.PasswordNotAsked: Text("这个订单没有在等密码。", "This order waits for no password."),
    errors.NeverNotified: Text("付款码支付没有通知。", "Nobody is notified of a payment by code."),
    errors.NotificationUnknown: Text("没有这条通知。", "There is no such notification."),
    errors.CreditForbidden: Text(
        "订单禁用信用卡（limit_pay=no_credit）。", "No credit cards for this order (limit_pay=no_credit)."
    ),
    errors.CertificateUnknown: Text("商户没有这张证书。", "The merchant has no such certificate."),
    errors.CertificateEnded: Text("证书已作废或已过期。", "The certificate is revoked or expired already."),
    errors.CertificateNotRevoked: Text("证书没有作废。", "The certificate is not revoked."),
    errors.CertificateTooLate: Text(
        "证书已过期，或作废已超过 7 天，不能恢复。",
        "The certificate has ended, or was revoked more than seven days ago, and can no longer be restored.",
    ),
    errors.CertificatesEnough: Text(
        "商户最多有 3 张有效的证书，请先作废一张。",
        "A merchant has three valid certificates at most; revoke one first.",
    ),
    errors.PlatformCertificateUnknown: Text("商户没有这张平台证书。", "The merchant has no such platform certificate."),
    errors.PlatformCertificatesEnough: Text(
        "同时有效的平台证书最多 2 张，先让旧的过期。",
        "Two platform certificates are valid at most; have the old one end first.",
    ),
    errors.PlatformCertificateEnded: Text("平台证书已过期。", "The platform certificate has ended already."),
    errors.PlatformCertificateLast: Text(
        "这是商户唯一有效的平台证书，先换发新的。",
        "It is the merchant's only valid platform certificate; issue another one first.",
    ),
    errors.NoValidCertificate: Text(
        "商户没有有效的证书了；在证书页申请一张。",
        "The merchant has no valid certificate any more; issue one on the page of its certificates.",
    ),
    errors.StorageFailed: Text(
        "数据库读写失败（原因见页面顶部或 /_sandbox/health），什么都没有改变，可以重试。",
        "The database could not be read or written (the top of the page and /_sandbox/health say why); nothing was "
        "changed, try again.",
    ),
    errors.ClockRefused: Text("时钟只能向前走，最多十年。", "A clock moves forward, ten years at most."),
}


def refusal(raised: PaymentError, lang: Lang) -> str:
    """What WeChat's rule forbade, as a sentence; what was looked for and not found is named."""
    text = REFUSALS.get(type(raised))
    if text is None:
        return str(raised)
    sought = raised.sought if isinstance(raised, errors.Unknown) else ""
    return SOUGHT.say(lang, what=text.say(lang).rstrip(".。"), sought=sought) if sought else text.say(lang)
