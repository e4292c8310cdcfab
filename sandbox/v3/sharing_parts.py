"""The objects that calls about profit sharing are made of. Source: V3 notes, 15.2, appendix A.5."""

from sandbox.core.sharing import ReceiverType, Relation
from sandbox.v3.members import Boolean, Characters, Choice, Integer, Sealed
from sandbox.v3.refund_parts import OUT_REFUND_NO as NUMBER
from sandbox.v3.shapes import Array, Object, Part

MOST_RECEIVERS = 50
_APP_OF = {ReceiverType.PERSONAL_OPENID: "appid", ReceiverType.PERSONAL_SUB_OPENID: "sub_appid"}
"""By which app people are known."""


def sub_mchid() -> Characters:
    """For whom a service provider acts."""
    return Characters(32, "子商户号", required=False, form="digits")


def out_order_no() -> Characters:
    """The merchant's own number of a sharing, or of an unfreezing."""
    return Characters(64, "商户分账单号", pattern=NUMBER, form="refund_number")


def out_return_no() -> Characters:
    return Characters(64, "商户回退单号", pattern=NUMBER, form="refund_number")


def transaction_id() -> Characters:
    return Characters(32, "微信订单号")


def _type() -> Choice:
    return Choice("分账接收方类型", list(ReceiverType), required=True)


def _account() -> Characters:
    return Characters(64, "分账接收方帐号")


class Receiver(Part):
    type = _type()
    account = _account()
    name = Sealed("分账个人接收方姓名", required=False)
    amount = Integer("分账金额", least=1, form="fen")
    description = Characters(80, "分账描述")


class SharingBody(Part):
    sub_mchid = sub_mchid()
    appid = Characters(32, "应用ID", required=False, form="appid")
    sub_appid = Characters(32, "子商户应用ID", required=False, form="appid")
    transaction_id = transaction_id()
    out_order_no = out_order_no()
    receivers = Array(Object(Receiver, "分账接收方列表"), "分账接收方列表", most=MOST_RECEIVERS)
    unfreeze_unsplit = Boolean("是否解冻剩余未分资金", required=True)

    def check(self) -> None:
        """Of a person the appid must be there whose openid it is."""
        super().check()
        types = {one.type for one in self.receivers}
        for type_, name in _APP_OF.items():
            if type_ in types and not self.has(name):
                self.members[name].require(self.place)


class UnfreezeBody(Part):
    sub_mchid = sub_mchid()
    transaction_id = transaction_id()
    out_order_no = out_order_no()
    description = Characters(80, "分账描述")


class SharingPath(Part):
    out_order_no = out_order_no()


class SharingQuery(Part):
    sub_mchid = sub_mchid()
    transaction_id = transaction_id()


class TransactionPath(Part):
    transaction_id = transaction_id()


class ReturnBody(Part):
    """The sharing is named by one of its two numbers."""

    sub_mchid = sub_mchid()
    order_id = Characters(64, "微信分账单号", required=False)
    out_order_no = Characters(64, "商户分账单号", required=False, pattern=NUMBER, form="refund_number")
    out_return_no = out_return_no()
    return_mchid = Characters(32, "回退商户号", form="digits")
    amount = Integer("回退金额", least=1, form="fen")
    description = Characters(80, "回退描述")


class ReturnPath(Part):
    out_return_no = out_return_no()


class ReturnQuery(Part):
    sub_mchid = sub_mchid()
    out_order_no = out_order_no()


class AddedReceiver(Part):
    sub_mchid = sub_mchid()
    appid = Characters(32, "应用ID", form="appid")
    sub_appid = Characters(32, "子商户应用ID", required=False, form="appid")
    type = _type()
    account = _account()
    name = Sealed("分账接收方全称", required=False)
    relation_type = Choice("与分账方的关系类型", list(Relation), required=True)
    custom_relation = Characters(10, "自定义的分账关系", required=False)

    def check(self) -> None:
        """A merchant's name must be there, and the words for a relation that is none of those listed."""
        super().check()
        needed = {
            "name": self.type == ReceiverType.MERCHANT_ID,
            "custom_relation": self.relation_type == Relation.CUSTOM,
        }
        for name, must in needed.items():
            if must and not self.has(name):
                self.members[name].require(self.place)


class DeletedReceiver(Part):
    sub_mchid = sub_mchid()
    appid = Characters(32, "应用ID", form="appid")
    sub_appid = Characters(32, "子商户应用ID", required=False, form="appid")
    type = _type()
    account = _account()


class ConfigPath(Part):
    sub_mchid = Characters(32, "子商户号", form="digits")
