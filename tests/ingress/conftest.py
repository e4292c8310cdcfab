"""A sandbox with all three ways in, in this process."""

import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiohttp
import pytest

from sandbox.server import Server


@pytest.fixture
def settings() -> dict[str, object]:
    return {"https_port": 0, "proxy_port": 0}


@pytest.fixture
def trusting(server: Server) -> ssl.SSLContext:
    """A client's context that trusts the sandbox's CA and no other."""
    return ssl.create_default_context(cafile=server.ways()["ca"])


@pytest.fixture
async def client(trusting: ssl.SSLContext) -> AsyncIterator[aiohttp.ClientSession]:
    """A client of anywhere."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trusting)) as session:
        yield session


@pytest.fixture
def with_certificate(tmp_path: Path, server: Server) -> Callable[..., aiohttp.TCPConnector]:
    """A connector that shows a certificate, given as PEM texts."""

    def connector(certificate: str, key: str, version: ssl.TLSVersion | None = None) -> aiohttp.TCPConnector:
        (tmp_path / "both.pem").write_text(certificate + key)
        context = ssl.create_default_context(cafile=server.ways()["ca"])
        context.load_cert_chain(tmp_path / "both.pem")
        if version is not None:
            context.maximum_version = version
        return aiohttp.TCPConnector(ssl=context)

    return connector
