"""A test's merchant as files, for a backend that reads its keys from a folder."""

from pathlib import Path
from typing import Any

from sandbox.export import merchant_files, write_files
from sandbox.testing.connection import Connection


async def exported(connection: Connection, mch_id: str, folder: Path) -> Path:
    """Write what `merchant export` writes into a folder, which is made, and give it.

    Raises ControlApiError where none of the merchant's certificates is valid, OSError where it cannot be written.
    """
    shown = await connection.ask(dict[str, Any], "GET", f"/merchants/{mch_id}")
    p12 = await connection.file(f"/merchants/{mch_id}/apiclient_cert.p12")
    write_files(folder, merchant_files(shown, p12, await connection.file("/ca.pem")))
    return folder
