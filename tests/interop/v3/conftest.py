"""Merchants for both modes, with the folders that `merchant export` writes; one shop after the other."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sandbox.core.usecases.accounts import DEFAULT_APPID, DEFAULT_MERCHANT, DEFAULT_OPENID
from sandbox.export import merchant_files, write_files
from tests.interop.conftest import required
from tests.interop.libraries import Library, Mode, Way
from tests.interop.shops import Sandbox, Shop
from tests.interop.toolchains import command_for
from tests.interop.v3.trade import Account, Json, Trade
from tests.support.control import Control

SUB_MCH_ID = "1900009301"
IDENTITY: dict[Mode, Json] = {
    Mode.CERTIFICATE: {},
    Mode.PUBLIC_KEY: {"platform_identity": "public_key", "separate_platform_keys": True},
}
"""A merchant in public key mode has no platform certificate, as those that are new have none."""


class Registry:
    """Makes merchants, and writes for each what a backend is configured with into a folder below `folder`."""

    def __init__(self, session: aiohttp.ClientSession, folder: Path, ca: bytes) -> None:
        self._session = session
        self._control = Control(session)
        self._ca = ca
        self.folder = folder

    async def direct(self, mode: Mode) -> Account:
        """The default merchant in certificate mode, a new one in the other; with a wrong key in a second folder."""
        if mode is Mode.CERTIFICATE:
            shown = await self._control.get(f"/merchants/{DEFAULT_MERCHANT.mch_id}")
        else:
            shown = await self._made(IDENTITY[mode])
        stranger = await self._made({})
        wrong = f"{shown['mch_id']}-wrong-key"
        self._write(wrong, {**shown, "private_key": stranger["private_key"]})
        return self._account(shown, wrong_key=wrong)

    async def partner(self, mode: Mode) -> Account:
        subs = [{"sub_mch_id": SUB_MCH_ID}]
        shown = await self._made({**IDENTITY[mode], "service_provider": True, "sub_merchants": subs})
        return self._account(shown, sub_mchid=SUB_MCH_ID)

    async def _made(self, wanted: Json) -> Json:
        return dict(await self._control.post("/merchants", {"appids": [DEFAULT_APPID], **wanted}, 201))

    def _account(self, shown: Json, **more: str) -> Account:
        self._write(shown["mch_id"], shown)
        return Account(Control(self._session, shown["mch_id"]), shown["mch_id"], DEFAULT_OPENID, **more)

    def _write(self, files: str, shown: Json) -> None:
        write_files(self.folder / files, merchant_files(shown, b"", self._ca))


@pytest.fixture(scope="module")
async def registry(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Registry]:
    async with aiohttp.ClientSession(sandbox.url) as session:
        yield Registry(session, tmp_path_factory.mktemp("merchants"), sandbox.ca.read_bytes())


@pytest.fixture(scope="module")
async def accounts(registry: Registry) -> dict[Mode, tuple[Account, Account]]:
    """The direct merchant and the partner of each mode."""
    return {mode: (await registry.direct(mode), await registry.partner(mode)) for mode in Mode}


@pytest.fixture(scope="module")
async def trade(
    request: pytest.FixtureRequest, sandbox: Sandbox, registry: Registry, accounts: dict[Mode, tuple[Account, Account]]
) -> AsyncIterator[Trade]:
    """The parameter is a library, its way in and its mode."""
    library: Library
    way: Way
    mode: Mode
    library, way, mode = request.param
    required(way, sandbox)
    command = command_for(library, request.config.cache.mkdir("interop"))
    environment: dict[str, Any] = {"WXPAY_FILES": str(registry.folder), "SHOP_MODE": mode.value}
    async with Shop(command, way, replace(sandbox, environment=environment)) as shop:
        trade = Trade(sandbox.url, shop, mode, *accounts[mode])
        yield trade
        await trade.control.post("/clock", {"reset": True})  # the library of V2 dates its orders by its own clock
