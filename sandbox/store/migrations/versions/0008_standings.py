"""How orders' notifications stand, failing and forged told apart; verdicts on forgeries that are no longer praised.

Before, any reply to a forgery but SUCCESS was kept as its refusal.
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NO_PAYMENT = ("result-fail", "return-fail")
QUOTED = 80

FAILING = """
UPDATE orders SET notification = 'failing' WHERE notification = 'pending' AND EXISTS (
    SELECT 1 FROM notifications n
    WHERE n.mch_id = orders.mch_id AND n.out_trade_no = orders.out_trade_no AND n.sub_mch_id = orders.sub_mch_id
    AND n.state = 'pending' AND n.attempts > 0
)
"""
FORGED = """
UPDATE orders SET notification = 'forged'
WHERE mch_id = :mch_id AND out_trade_no = :out_trade_no AND sub_mch_id = :sub_mch_id
"""
HOSTILE = """
SELECT id, mch_id, out_trade_no, sub_mch_id, status, substr(reply_body, 1, 320) AS reply_body, facts, verdict
FROM journal
WHERE notification_id != '' AND verdict != '[]' AND facts LIKE '%"hostile"\\:1%'
"""
JUDGED = "UPDATE journal SET verdict = :verdict, outcome = :outcome WHERE id = :id"

Packed = list[Any]


def upgrade() -> None:
    op.execute(FAILING)
    for row in op.get_bind().execute(sa.text(HOSTILE)).all():
        verdict = _judged(row)
        packed = json.dumps(verdict, ensure_ascii=False, separators=(",", ":"))
        outcome = "failed" if verdict[0] == "forgery_accepted" else "unclear"
        op.get_bind().execute(sa.text(JUDGED), {"verdict": packed, "outcome": outcome, "id": row.id})
        if verdict[0] == "forgery_accepted":
            key = {name: getattr(row, name) for name in ("mch_id", "out_trade_no", "sub_mch_id")}
            op.get_bind().execute(sa.text(FORGED), key)


def _judged(row: Any) -> Packed:
    """The verdict on an attempt to have a forgery believed; a refusal is proven when it is read."""
    name, pairs = json.loads(row.verdict)
    facts, fault = dict(pairs), json.loads(row.facts).get("notify_fault", "")
    about = [["fault", fault]]
    if name == "forgery_accepted":
        return ["failure_acknowledged" if fault in NO_PAYMENT else name, about]
    if row.status is None:
        return ["cannot_tell", [*about, ["silent", name], *pairs]]
    words = " ".join(bytes(row.reply_body or b"")[: 4 * QUOTED].decode("utf-8", "replace").split())[:QUOTED]
    about.append(["start", words])
    if row.status >= 400:
        return ["cannot_tell", [*about, ["how", f"HTTP {row.status}"]]]
    if facts.get("return_code") == "FAIL":
        return ["cannot_tell", [*about, ["how", "return_code FAIL"]]]
    return ["cannot_tell", [*about, ["reply", _reply(row.status, words, facts)], ["status", str(row.status)]]]


def _reply(status: int, words: str, facts: dict[str, str]) -> str:
    """What is wrong with a reply, as far as can be told from what was kept of it."""
    if status != 200:
        return "http_201" if status == 201 else "http_status" if status < 300 else "redirect"
    if not words:
        return "empty"
    return "return_code_unknown" if facts.get("return_code") else "not_xml"
