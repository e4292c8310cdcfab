"""The objects that calls about transfers to people are made of. Source: V3 notes, 15.1, appendix A.3."""

from sandbox.v3.members import Characters, Choice, Integer, Sealed, String
from sandbox.v3.parts import NOTIFY_URL
from sandbox.v3.shapes import Array, Object, OptionalObject, Part

OUT_BILL_NO = "^[0-9a-zA-Z]+$"
"""Its sentence was not seen: made after that of out_trade_no, with the characters that the documents have."""


def out_bill_no() -> String:
    """The merchant's own number of a transfer, in a body or in a path."""
    return String(32, "商户单号", pattern=OUT_BILL_NO, form="bill_number")


class Report(Part):
    info_type = Characters(15, "信息类型")
    info_content = Characters(32, "信息内容")


class Style(Part):
    type = Choice("用户收款样式", ("CONFIRM_PAGE", "RED_PACKET"), required=True)


class TransferBody(Part):
    appid = String(32, "商户AppID", form="appid")
    out_bill_no = out_bill_no()
    transfer_scene_id = String(36, "转账场景ID")
    openid = String(64, "收款用户OpenID", form="openid")
    user_name = Sealed("收款用户姓名", required=False)
    transfer_amount = Integer("转账金额", least=1, form="fen")
    transfer_remark = Characters(32, "转账备注")
    notify_url = String(256, "通知地址", required=False, pattern=NOTIFY_URL, form="url")
    user_recv_perception = Characters(15, "用户收款感知", required=False)
    transfer_scene_report_infos = Array(Object(Report, "转账场景报备信息"), "转账场景报备信息", required=True, least=1)
    user_recv_style = OptionalObject(Style, "用户收款样式")


class NumberPath(Part):
    out_bill_no = out_bill_no()


class BillPath(Part):
    transfer_bill_no = String(64, "微信转账单号")
