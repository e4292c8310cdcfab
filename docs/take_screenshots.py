"""Makes the README's pictures from a real demo: python docs/take_screenshots.py (needs playwright and Chromium)."""

import asyncio
import json
import shutil
import sys
from pathlib import Path

import aiohttp
from playwright.async_api import Browser, async_playwright

FOLDER = Path(__file__).parent / "screenshots"
ROOT = Path(__file__).parent.parent


async def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    arguments = ["demo", "--port", "0", "--shop-port", "0", "--ready-json", "--database", ":memory:"]
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(ROOT / "run_sandbox.py"), *arguments, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    ready = json.loads(await process.stdout.readline())
    try:
        orders = await fill(ready["http"], ready["shop"])
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
            )
            for lang, locale in (("en", "en-US"), ("zh", "zh-CN")):
                await shoot(browser, ready["http"], orders, lang, locale)
    finally:
        process.terminate()
        await process.wait()


async def fill(sandbox: str, shop: str) -> list[str]:
    """Some orders in different states; gives the number of one whose notification failed, and a waiting one."""
    async with aiohttp.ClientSession() as session:

        async def buy(item: str, trade_type: str) -> str:
            body = {"item": item, "trade_type": trade_type}
            async with session.post(f"{shop}/orders.json", json=body) as response:
                return str((await response.json())["out_trade_no"])

        async def call(path: str, body: object) -> dict[str, str]:
            async with session.post(f"{sandbox}/_sandbox{path}", json=body) as response:
                answer: dict[str, str] = await response.json() if response.status != 204 else {}
                return answer

        bought = [
            await buy(item, kind)
            for item, kind in zip(
                ["longjing", "souchong", "jasmine", "longjing", "souchong"],
                ["NATIVE", "JSAPI", "APP", "MWEB", "NATIVE"],
                strict=True,
            )
        ]
        for number, outcome in zip(bought[:3], ["success", "cancel", "success"], strict=True):
            await call(f"/orders/1900000109/{number}/pay", {"outcome": outcome})
        broken = await placed_elsewhere(session, sandbox)
        await call(f"/orders/1900000109/{broken}/pay", {"outcome": "success"})
        async with session.get(f"{sandbox}/_sandbox/orders/1900000109/{bought[4]}") as response:
            prepay_id = (await response.json())["prepay_id"]
        return [broken, prepay_id]


async def placed_elsewhere(session: aiohttp.ClientSession, sandbox: str) -> str:
    """An order whose notify_url nobody answers."""
    sys.path.insert(0, str(ROOT))
    from bench.messages import order  # noqa: PLC0415 - the checkout's own

    body = order("TEA20261123001", "http://127.0.0.1:9/wechatpay/notify")
    async with session.post(f"{sandbox}/pay/unifiedorder", data=body) as response:
        await response.read()
    return "TEA20261123001"


async def shoot(browser: Browser, sandbox: str, orders: list[str], lang: str, locale: str) -> None:
    broken, prepay_id = orders
    desk = await browser.new_context(viewport={"width": 1180, "height": 720}, locale=locale)
    page = await desk.new_page()
    for name, path in (("orders", "/console/"), ("order", f"/console/orders/1900000109/{broken}")):
        await page.goto(sandbox + path)
        await page.wait_for_load_state("load")
        await page.screenshot(path=FOLDER / f"{name}-{lang}.png")
    phone = await browser.new_context(viewport={"width": 390, "height": 720}, locale=locale)
    page = await phone.new_page()
    await page.goto(f"{sandbox}/cashier/{prepay_id}")
    await page.screenshot(path=FOLDER / f"cashier-{lang}.png")
    await desk.close()
    await phone.close()


if __name__ == "__main__":
    asyncio.run(main())
