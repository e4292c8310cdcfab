"""What a start and its first order import, as the interpreter itself tells of the whole program."""

import asyncio
import json
import re
import sys
from importlib.util import find_spec
from pathlib import Path

import aiohttp
import pytest

from tests.support.merchant import Merchant
from tests.support.patience import PATIENCE
from tests.support.process import ROOT

LATE = {
    "pages": ("jinja2", "segno", "barcode", "sandbox.console", "sandbox.cashier", "sandbox.web.templates"),
    "the control API": ("sandbox.control", "sandbox.debugging", "sandbox.web.operations", "aiohttp_sse"),
    "the WeChat client": ("sandbox.wechat",),
    "the other face": ("sandbox.v3", "sandbox.signing.rsa"),
    "what goes wrong": ("sandbox.signing.doctor", "sandbox.v2.strays", "sandbox.v2.unsupported"),
    "scenarios of one's own": ("yaml", "sandbox.scenario.files", "sandbox.scenario.reading", "sandbox.web.drafts"),
    "the other database": ("asyncpg", "sandbox.store.postgresql"),
    "what is seldom": ("alembic", "OpenSSL", "prometheus_client", "re2", "sandbox.words.verdicts"),
}
"""What is imported with the first call that needs it."""


@pytest.mark.slow
async def test_the_first_order_waits_for_no_module_that_it_does_not_need(tmp_path: Path) -> None:
    command = ("-X", "importtime", "-m", "sandbox", "serve", "--port", "0", "--ready-json", "--data-dir", str(tmp_path))
    with (tmp_path / "imports").open("w+") as told:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=told
        )
        try:
            assert process.stdout is not None
            async with asyncio.timeout(PATIENCE):
                ready = json.loads(await process.stdout.readline())
            (first, *_) = ready["merchants"]
            async with aiohttp.ClientSession(ready["http"]) as session:
                merchant = Merchant(
                    session, first["mch_id"], first["appids"][0], first["api_key"], "http://127.0.0.1:9/"
                )
                assert (await merchant.order("FIRST"))["result_code"] == "SUCCESS"
            imported = _modules((tmp_path / "imports").read_text())
        finally:
            process.kill()
            await process.wait()
    assert {"sandbox.v2.orders", "sqlalchemy"} <= imported
    late = [name for names in LATE.values() for name in names]
    assert [name for name in late if find_spec(name) is None] == [], "what has another name now is never found"
    assert [name for name in late if name in imported] == []


def _modules(told: str) -> set[str]:
    return set(re.findall(r"^import time: .*\| +([\w.]+)$", told, re.MULTILINE))
