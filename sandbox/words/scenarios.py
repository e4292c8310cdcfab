"""Scenarios in words: why one was chosen, and what each fault is."""

from sandbox.core.plans import AnswerFault, BillFault, MessageFault, ReasonName
from sandbox.core.text import Text

WHYS = {
    ReasonName.HEADER: Text("请求头 Wechatpay-Negative-Test 指定", "the header Wechatpay-Negative-Test names it"),
    ReasonName.ORDER: Text("指定给这笔订单", "it is applied to this order"),
    ReasonName.ATTACH: Text("attach 里写了 scenario:{scenario}", "attach says scenario:{scenario}"),
    ReasonName.NEXT: Text("指定给商户的下一笔订单", "it is applied to the merchant's next order"),
    ReasonName.MERCHANT: Text("指定给这个商户", "it is applied to this merchant"),
    ReasonName.WHEN: Text("条件成立：{conditions}", "its when holds: {conditions}"),
    ReasonName.ALL: Text("指定给所有订单", "it is applied to all orders"),
    ReasonName.PAY: Text("付款时指定", "it was named when the payment was asked for"),
    ReasonName.CONSOLE: Text("在控制台为这笔订单选定", "it was chosen for this order in the console"),
}

MESSAGE_FAULTS: dict[MessageFault, Text] = {
    MessageFault.WRONG_SIGN: Text("签名错一位", "The signature is wrong by one digit"),
    MessageFault.NO_SIGN: Text("没有 sign", "There is no sign"),
    MessageFault.EMPTY_SIGN: Text("sign 为空", "The sign is empty"),
    MessageFault.OTHER_KEY: Text("用另一个商户的密钥签名", "Signed with another merchant's key"),
    MessageFault.SIGN_TYPE_LIE: Text("sign_type 与实际算法不符", "sign_type names another algorithm than was used"),
    MessageFault.MINIMAL: Text("只有 out_trade_no 和 total_fee", "Only out_trade_no and total_fee"),
    MessageFault.AMOUNT_LOWER: Text("金额少一分，签名正确", "One fen less, validly signed"),
    MessageFault.AMOUNT_HIGHER: Text("金额多一分，签名正确", "One fen more, validly signed"),
    MessageFault.WRONG_APPID: Text("appid 不是商户的，签名正确", "Another appid, validly signed"),
    MessageFault.WRONG_MCH_ID: Text("mch_id 不是商户的，签名正确", "Another mch_id, validly signed"),
    MessageFault.OTHER_ORDER: Text(
        "另一笔订单的 transaction_id，签名正确", "Another order's transaction_id, validly signed"
    ),
    MessageFault.UNKNOWN_ORDER: Text(
        "商户没有的订单号，签名正确", "An order the merchant never placed, validly signed"
    ),
    MessageFault.RESULT_FAIL: Text("result_code 为 FAIL，签名正确", "result_code FAIL, validly signed"),
    MessageFault.RETURN_FAIL: Text("return_code 为 FAIL", "return_code FAIL"),
    MessageFault.XXE: Text("XXE：外部实体指向无害的探针", "XXE: an external entity, towards a harmless canary"),
    MessageFault.XXE_PARAMETER: Text(
        "XXE：参数实体指向无害的探针", "XXE: a parameter entity, towards a harmless canary"
    ),
    MessageFault.ENTITY_EXPANSION: Text("实体展开（一万次，无害）", "Entity expansion (ten thousand, harmless)"),
    MessageFault.MALFORMED_BODY: Text("报文不完整", "A malformed body"),
    MessageFault.EMPTY_BODY: Text("空报文", "An empty body"),
    MessageFault.WRONG_CONTENT_TYPE: Text(
        "Content-Type 为 JSON，报文正确", "Content-Type says JSON, the message is right"
    ),
    MessageFault.HUGE_BODY: Text("1 MB 的报文，签名正确", "A body of 1 MB, validly signed"),
    MessageFault.UNKNOWN_FIELDS: Text("多出未知字段，签名正确", "Unknown extra fields, validly signed"),
    MessageFault.UNKNOWN_SERIAL: Text(
        "Wechatpay-Serial 是没有发过的序列号", "Wechatpay-Serial is a serial number that was never issued"
    ),
    MessageFault.STALE_TIMESTAMP: Text(
        "十分钟前的 Wechatpay-Timestamp，签名正确", "A Wechatpay-Timestamp of ten minutes ago, validly signed"
    ),
    MessageFault.REUSED_NONCE: Text(
        "重放：Wechatpay-Nonce 和时间戳用过了", "A replay: Wechatpay-Nonce and timestamp were used before"
    ),
    MessageFault.SIGNATURE_PROBE: Text(
        "签名探测：以 WECHATPAY/SIGNTEST/ 开头的错误签名",
        "A signature probe: a wrong signature that begins with WECHATPAY/SIGNTEST/",
    ),
    MessageFault.WRONG_API_V3_KEY: Text(
        "用另一个 APIv3 密钥加密，签名正确", "Encrypted with another APIv3 key, validly signed"
    ),
    MessageFault.TAMPERED_CIPHERTEXT: Text(
        "密文被改了一个字节，签名正确", "One byte of the ciphertext is changed, validly signed"
    ),
    MessageFault.WRONG_ASSOCIATED_DATA: Text(
        "associated_data 不是加密时用的，签名正确",
        "associated_data is not what it was encrypted with, validly signed",
    ),
}

REFUND_FAULTS: dict[MessageFault, Text] = {
    MessageFault.OTHER_KEY: Text("用另一个商户的密钥加密", "Encrypted with another merchant's key"),
    MessageFault.AMOUNT_LOWER: Text("金额少一分，其余都对", "One fen less, all else right"),
    MessageFault.AMOUNT_HIGHER: Text("金额多一分，其余都对", "One fen more, all else right"),
}
"""What is told otherwise of a refund's notification, which is encrypted and has no signature."""

V3_MESSAGE_FAULTS: dict[MessageFault, Text] = {
    MessageFault.WRONG_SIGN: Text("Wechatpay-Signature 错一个字符", "Wechatpay-Signature is wrong by one character"),
    MessageFault.NO_SIGN: Text("没有 Wechatpay-Signature", "There is no Wechatpay-Signature"),
    MessageFault.EMPTY_SIGN: Text("Wechatpay-Signature 为空", "Wechatpay-Signature is empty"),
    MessageFault.OTHER_KEY: Text("用不是平台的密钥签名", "Signed with a key that is not the platform's"),
    MessageFault.MINIMAL: Text(
        "只有明文的 out_trade_no 和 amount，没有签名", "Only out_trade_no and amount, in plain text and unsigned"
    ),
    MessageFault.WRONG_MCH_ID: Text("mchid 不是商户的，签名正确", "Another mchid, validly signed"),
    MessageFault.MALFORMED_BODY: Text("JSON 不完整，签名正确", "Malformed JSON, validly signed"),
    MessageFault.EMPTY_BODY: Text("空报文，签名正确", "An empty body, validly signed"),
    MessageFault.WRONG_CONTENT_TYPE: Text(
        "Content-Type 为 XML，报文正确", "Content-Type says XML, the message is right"
    ),
}
"""What is told otherwise of V3's notifications, of payments and refunds alike."""


def message_faults(face: str, *, refund: bool = False) -> dict[MessageFault, Text]:
    """What each fault of a notification is, in the words of a face."""
    if face == "v3":
        return {**MESSAGE_FAULTS, **V3_MESSAGE_FAULTS}
    return {**MESSAGE_FAULTS, **REFUND_FAULTS} if refund else MESSAGE_FAULTS


ANSWER_FAULTS: dict[AnswerFault, Text] = {
    AnswerFault.WRONG_SIGN: Text("应答的签名错误", "The answer's signature is wrong"),
    AnswerFault.NO_SIGN: Text("应答没有签名", "The answer has no signature"),
    AnswerFault.OTHER_KEY: Text("应答用另一个密钥签名", "The answer is signed with another key"),
    AnswerFault.OTHER_ORDER: Text("应答是另一笔订单的", "The answer fits another order"),
    AnswerFault.SLOW: Text("应答很慢", "A slow answer"),
    AnswerFault.DRIP: Text("应答一个字节一个字节地来", "The answer drips in byte by byte"),
    AnswerFault.TIMEOUT: Text("已处理，但没有应答", "Done, but never answered"),
    AnswerFault.RESET: Text("已处理，连接被重置", "Done, and the connection is reset"),
    AnswerFault.EMPTY_BODY: Text("已处理，应答为空", "Done, and the answer is empty"),
    AnswerFault.TRUNCATED: Text("应答中途断开", "The answer breaks off half-way"),
    AnswerFault.HTML_502: Text("应答是 HTML 的 502", "An HTML page with status 502"),
    AnswerFault.MALFORMED_BODY: Text("应答的报文不完整", "A malformed body"),
    AnswerFault.WRONG_CONTENT_TYPE: Text("应答的 Content-Type 错误", "The wrong Content-Type"),
    AnswerFault.SIGNATURE_PROBE: Text(
        "签名探测：应答的签名是错的，以 WECHATPAY/SIGNTEST/ 开头",
        "A signature probe: the answer's signature is wrong and begins with WECHATPAY/SIGNTEST/",
    ),
}

BILL_FAULTS: dict[BillFault, Text] = {
    BillFault.MISSING_ROW: Text("对账单没有这笔订单", "The bill does not have the order"),
    BillFault.CHANGED_AMOUNT: Text("订单金额多一分", "The bill has the order with one fen more"),
    BillFault.UNKNOWN_ORDER: Text("多出一笔没有人下过的订单", "The bill has one more, which nobody placed"),
}

GROUPS = {
    "payment": Text("付款", "Payment"),
    "api": Text("接口故障", "API faults"),
    "notification": Text("通知", "Notifications"),
    "forgery": Text("伪造的通知", "Forged notifications"),
    "refund": Text("退款", "Refunds"),
    "transfer": Text("转账", "Transfers"),
    "sharing": Text("分账", "Profit sharing"),
    "micropay": Text("付款码支付", "Payment by code"),
    "bill": Text("对账单", "Bills"),
    "official": Text("官方沙箱验收用例", "The official sandbox's acceptance cases"),
    "own": Text("自己的", "Your own"),
}

RECORDED = Text("录自订单 {out_trade_no}", "Recorded from order {out_trade_no}")
RECORDED_WITH = Text(
    "录自订单 {out_trade_no}，当时的场景是 {scenario}", "Recorded from order {out_trade_no}, which {scenario} decided"
)
