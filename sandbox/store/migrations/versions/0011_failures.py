"""A scenario's failure of a call has a code and a message, where it had V2's err_code, err_code_des and return_msg."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BATCH = 1000
PLANS = """
SELECT id, plan FROM orders WHERE id > :after AND plan LIKE '%"err_code"%' ORDER BY id LIMIT :batch
"""
SAVE = "UPDATE orders SET plan = :plan WHERE id = :id"


def upgrade() -> None:
    after = 0
    while rows := op.get_bind().execute(sa.text(PLANS), {"after": after, "batch": BATCH}).all():
        changed = [{"id": row.id, "plan": with_failures(row.plan)} for row in rows]
        op.get_bind().execute(sa.text(SAVE), changed)
        after = rows[-1].id


def with_failures(packed: str) -> str:
    plan: dict[str, Any] = json.loads(packed)
    for fault in plan["faults"]:
        code, words, message = (fault.pop(name, "") for name in ("err_code", "err_code_des", "return_msg"))
        fault |= {"code": code, "message": message or words}
    return json.dumps(plan, ensure_ascii=False, separators=(",", ":"))
