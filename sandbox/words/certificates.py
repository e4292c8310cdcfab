"""The sentences of the console's page for a merchant's certificates."""

from sandbox.core.text import Text

CERTIFICATES = Text("商户 API 证书", "Merchant API certificates")
MANAGE = Text("申请、下载、作废证书", "Issue, download, revoke")
LEAD = Text(
    "退款等接口走 HTTPS 时要带其中一张有效的证书；作废、过期的得到 400 The SSL certificate error。"
    "走 HTTP（包括接口调试）不看证书；开了 --require-client-cert，HTTP 上的这些调用一律被拒绝。"
    "最多 3 张同时有效，互不影响。时间按真实时钟，不随沙箱时钟走。",
    "Refunds and other calls over HTTPS want any one that is valid; a revoked or expired one gets 400 The SSL "
    "certificate error. Over plain HTTP, as in the debugging tool, none is looked for; with --require-client-cert such "
    "calls are refused there. Three are valid at most, side by side. Times are real ones: the sandbox's clock does not "
    "move them.",
)
NONE = Text(
    "还没有证书：第一次用到（显示、导出、下载）时自动生成第一张。",
    "None yet: the first is made by itself when it is first needed (shown, exported, downloaded).",
)
NONE_VALID = Text(
    "没有有效的证书：沙箱不会自动补一张，请申请新证书。",
    "None is valid, and the sandbox makes none by itself: issue a new one.",
)
ISSUE = Text("申请新证书", "Issue a new one")
DAYS = Text("有效天数（留空为五年；0 为签发即过期）", "Days it is good (empty: five years; 0: it has ended already)")
DAYS_WRONG = Text("天数是 0 到 {most}，或留空。", "The days are 0 to {most}, or empty.")
ISSUED = Text(
    "证书 {serial_no} 已签发；在后端换上它的文件。",
    "The certificate {serial_no} is issued; give its files to the backend.",
)

STATES = {
    "valid": Text("有效", "valid"),
    "revoked": Text("已作废", "revoked"),
    "expired": Text("已过期", "expired"),
}
STATE_MARKS = {"valid": "●", "revoked": "✕", "expired": "○"}
IN_USE = Text("默认", "default")
IN_USE_HINT = Text("merchant export 和控制 API 给出的是这张", "the one that merchant export and the control API give")
ISSUED_AT = Text("签发", "Issued")
EXPIRES_AT = Text("到期", "Ends")
ENDED_AT = Text("过期", "Ended")
REVOKED_AT = Text("作废", "Revoked")
RESTORABLE = Text("{at} 前可恢复", "can be restored until {at}")
SERIAL = Text("序列号", "Serial number")
FILES = Text("下载", "Download")
FILE_OF = Text("下载 {file}（{serial_no}）", "Download {file} ({serial_no})")

ACTS = {
    "revoke": Text("作废", "Revoke"),
    "expire": Text("立即过期", "Expire now"),
    "restore": Text("恢复", "Restore"),
}
ACT_ON = Text("{act}（{serial_no}）", "{act} ({serial_no})")
DONE = {
    "revoke": Text("已作废：用它的请求从现在起被拒绝。", "Revoked: calls with it are turned away from now on."),
    "expire": Text("已过期：用它的请求从现在起被拒绝。", "Ended: calls with it are turned away from now on."),
    "restore": Text("已恢复，立即有效。", "Restored; valid at once."),
}
ASK = {
    "revoke": Text("作废这张证书？", "Revoke this certificate?"),
    "expire": Text("让这张证书立即过期？", "Have this certificate end now?"),
}
ASK_WHAT = {
    "revoke": Text(
        "还在用它的后端立刻退不了款；7 天内可以恢复。",
        "A backend that still uses it can make no refund from then on. It can be restored for 7 days.",
    ),
    "expire": Text(
        "还在用它的后端立刻退不了款，不能恢复。文件里的有效期（notAfter）不变，以沙箱记录的为准。",
        "A backend that still uses it can make no refund from then on, and there is no way back. The file's own "
        "notAfter stays; the sandbox goes by its book.",
    ),
}
YES = {"revoke": Text("作废", "Revoke it"), "expire": Text("立即过期", "End it")}
KEEP = Text("保留", "Keep it")

TAGS = {
    "certificate_missing": Text("没带证书", "no certificate"),
    "certificate_foreign": Text("证书不认识", "unknown certificate"),
    "certificate_revoked": Text("证书已作废", "certificate revoked"),
    "certificate_expired": Text("证书已过期", "certificate expired"),
    "certificate_other": Text("别的商户的证书", "another merchant's certificate"),
}
"""What a call is marked with, beside its signature, by the fault in the journal."""
STALE = Text("这些调用还在用作废或过期的证书：", "These calls still come with a revoked or expired one:")
