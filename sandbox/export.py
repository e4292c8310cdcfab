"""A merchant's files, as `merchant export` and `export` of the pytest fixture write them."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def merchant_files(shown: Mapping[str, Any], p12: bytes, ca: bytes) -> dict[str, bytes]:
    """The files by name, from the control API's view of a merchant."""
    variables = {
        "WXPAY_MCH_ID": shown["mch_id"],
        "WXPAY_APPID": shown["appids"][0] if shown["appids"] else "",
        "WXPAY_API_KEY": shown["api_key"],
        "WXPAY_API_V3_KEY": shown["api_v3_key"],
        "WXPAY_SERIAL_NO": shown["serial_no"],
        "WXPAY_PLATFORM_SERIAL_NO": shown.get("platform_serial_no", ""),
        "WXPAY_PUB_KEY_ID": shown["platform_public_key_id"],
    }
    return {
        "apiclient_key.pem": shown["private_key"].encode(),
        "apiclient_cert.pem": shown["certificate"].encode(),
        "apiclient_cert.p12": p12,
        # A merchant that knows WeChat Pay by its public key alone has no certificate of it.
        **({"platform_cert.pem": text.encode()} if (text := shown.get("platform_certificate")) else {}),
        "pub_key.pem": shown["platform_public_key"].encode(),
        "ca.pem": ca,
        "settings.env": "".join(f"{name}={value}\n" for name, value in variables.items()).encode(),
    }


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write them all with mode 0600: there are keys among them. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        with os.fdopen(os.open(folder / name, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
