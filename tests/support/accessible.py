"""What axe finds wrong with a page in a browser."""

from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

_VIOLATIONS = {"resultTypes": ["violations"]}
"""All rules are tried on everything; only of what is right axe does not list each place, which is half of its work."""


async def violations(page: Page, **options: Any) -> list[dict[str, Any]]:
    """The rules that a page breaks, each with its places (`nodes`); `options` are axe's."""
    found = await Axe().run(page, options={**_VIOLATIONS, **options})
    broken: list[dict[str, Any]] = found.response["violations"]
    return broken
