"""What all pages of the console share: the page frame, the sentence after an act, times, addresses."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote, urlencode

from aiohttp import web

from sandbox.config import Settings
from sandbox.core.clock import Clock
from sandbox.core.links import Links
from sandbox.core.order_keys import OrderKey
from sandbox.core.ports.faces import Faces
from sandbox.core.ports.services import Certificates, Changes, ClientSimulator, ClockControl, ManualSender, Scenarios
from sandbox.core.ports.storage import Storage
from sandbox.core.scenarios import Application
from sandbox.core.text import Lang, Text
from sandbox.core.usecases.making import UseCases
from sandbox.debugging.again import OrderRepeater
from sandbox.debugging.service import DebugService
from sandbox.web.access import Access
from sandbox.web.pages import Pages
from sandbox.words import console as words
from sandbox.words import finding, health, scenario_pages, transfers
from sandbox.words.events import UNITS, duration

HOME = "/console"
FLASH_COOKIE = "wxpay_sandbox_said"
LONGEST_CURSOR = 18
CLOCK_TOLERANCE = 2.0
"""Seconds by which the sandbox clock may differ from the wall's before the header says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """What the handlers work with."""

    storage: Storage
    clock: Clock
    usecases: UseCases
    scenarios: Scenarios
    faces: Faces
    links: Links
    changes: Changes
    certificates: Certificates
    clock_control: ClockControl
    client: ClientSimulator
    manual_sender: ManualSender
    debug: DebugService
    repeater: OrderRepeater
    pages: Pages
    access: Access
    settings: Settings
    ways: Callable[[], dict[str, str]]
    """The ways in beside plain HTTP, once they are open: "https", "proxy", and the file "ca"."""

    def page(
        self, request: web.Request, template: str, context: Mapping[str, Any], *, here: str = "", status: int = 200
    ) -> web.Response:
        """A whole page. `here` names the entry of the navigation that it belongs to."""
        mch_id = context.get("mch_id", self.merchant_chosen(request))
        frame = {
            **self.words(request),
            "here": here,
            "mch_id": mch_id,
            "merchants": list(self.storage.accounts.merchants.values()),
            "clock": self.clock_shown(mch_id, self.pages.language(request)),
            "trouble": self.trouble(self.pages.language(request)),
            "flash": _flash(request),
            "token_in_force": bool(self.access.admin_token),
            "address_here": request.path_qs,
            "search": _search(request, here),
            "moving": self.moving(self.pages.language(request)),
            "in_force": [(one, whom(request, one)) for one in self.scenarios.in_force(mch_id)],
        }
        response = self.pages.render(request, f"console/{template}", {**frame, **context}, status=status)
        if frame["flash"]:
            response.del_cookie(FLASH_COOKIE, path=HOME)
        return response

    def name_of(self, mch_id: str) -> str:
        """What a merchant is called, else its number."""
        merchant = self.storage.accounts.merchants.get(mch_id)
        return (merchant.name if merchant else "") or mch_id

    def part(self, request: web.Request, template: str, context: Mapping[str, Any], status: int = 200) -> web.Response:
        """A piece of a page."""
        return self.pages.render(request, f"console/{template}", {**self.words(request), **context}, status=status)

    def words(self, request: web.Request) -> dict[str, Any]:
        """The catalogue and the small functions that every template uses."""
        lang = self.pages.language(request)

        def relative(seconds: float) -> str:
            return since(seconds, lang)

        units = "|".join(unit.say(lang, n="%") for _, unit in UNITS)
        return {
            "relative": relative,
            "order_path": order_path,
            "refund_path": refund_path,
            "sharing_path": sharing_path,
            "merchant_path": merchant_path,
            "scenario_path": scenario_path,
            "home": HOME,
            "units": units,
        }

    def trouble(self, lang: Lang) -> str:
        """What the sandbox cannot do at the moment; empty where it can do all."""
        found = self.storage.trouble() or self.clock_control.trouble()
        return health.told(found, lang) if found else ""

    def merchant_chosen(self, request: web.Request) -> str:
        """The merchant of the header's switch; empty for all."""
        wanted = request.query.get("mch_id", "")
        return wanted if wanted in self.storage.accounts.merchants else ""

    def clock_shown(self, mch_id: str, lang: Lang) -> dict[str, Any]:
        """What the header shows of sandbox time."""
        reading = self.clock.reading(mch_id)
        ahead = (reading.now - self.clock.real_now()).total_seconds()
        off = abs(ahead) > CLOCK_TOLERANCE or reading.scale != 1.0
        return {
            "now": reading.now,
            "scale": reading.scale,
            "off": off,
            "ahead": duration(ahead, lang),
            "late": ahead < 0,
        }

    def moving(self, lang: Lang) -> dict[str, Any] | None:
        """How far a clock that is being moved on has come; None where none is."""
        movement = self.clock_control.movement()
        if movement is None:
            return None
        return {
            "seconds": movement.seconds,
            "done": movement.done,
            "done_span": duration(movement.done, lang),
            "span": duration(movement.seconds, lang),
            "waits_for": movement.waits_for,
            "waited": [(self.clock.real_now() - one.since).total_seconds() for one in movement.waits_for],
        }

    def now(self, key: OrderKey) -> datetime:
        return self.clock.now(key.mch_id)


@dataclass(frozen=True, slots=True)
class Search:
    """The header's search box: it looks through the list that the page belongs to, else through the orders."""

    action: str
    label: Text
    hint: Text
    text: str
    kept: Mapping[str, str]
    """The filters that stay in force: on another page than the list's own only the merchant."""


SEARCHED = {
    "refunds": ("/refunds", finding.SEARCH_REFUNDS, finding.BY_REFUNDS),
    "transfers": ("/transfers", transfers.SEARCH, transfers.BY_TRANSFERS),
    "sharings": ("/sharings", finding.SEARCH_SHARINGS, finding.BY_SHARINGS),
    "calls": ("/calls", finding.SEARCH_CALLS, finding.BY_CALLS),
    "notifications": ("/notifications", finding.SEARCH_NOTIFICATIONS, finding.BY_NOTIFICATIONS),
}


def _search(request: web.Request, here: str) -> Search:
    place, label, hint = SEARCHED.get(here, ("/", finding.SEARCH_ORDERS, finding.BY_ORDERS))
    at_list = request.path == HOME + place
    kept = {
        name: value
        for name, value in request.query.items()
        if value and name not in ("q", "cursor", "lang") and (at_list or name == "mch_id")
    }
    return Search(HOME + place, label, hint, searched(request) if at_list else "", kept)


def searched(request: web.Request) -> str:
    """What a list's address is searched for."""
    return request.query.get("q", "").replace("\0", "").strip()[:128]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter to click: on where it is in force, and a click takes it away."""

    label: str
    address: str
    on: bool
    mark: str = ""


CONSOLE = web.AppKey("console", Console)


def whom(request: web.Request, application: Application) -> str:
    """What a scenario is applied to, in words."""
    if not application.mch_id:
        return say(request, scenario_pages.TO_ALL)
    if application.out_trade_no:
        return say(request, scenario_pages.TO_ORDER, out_trade_no=application.out_trade_no)
    text = scenario_pages.TO_NEXT if application.next else scenario_pages.TO_MERCHANT
    return say(request, text, mch_id=application.mch_id)


def console_of(request: web.Request) -> Console:
    return request.app[CONSOLE]


def lang_of(request: web.Request) -> Lang:
    return console_of(request).pages.language(request)


def order_path(key: OrderKey, act: str = "") -> str:
    """The address of an order's page, or a transfer's, or of an act on it."""
    if key.out_bill_no:
        return transfer_path(key, act)
    query = "?" + urlencode({"sub_mch_id": key.sub_mch_id}) if key.sub_mch_id else ""
    return f"{HOME}/orders/{quote(key.mch_id, safe='')}/{quote(key.out_trade_no, safe='')}{act}{query}"


def refund_path(key: OrderKey, out_refund_no: str, act: str = "") -> str:
    """The address of a refund, or of an act on it."""
    query = "?" + urlencode({"sub_mch_id": key.sub_mch_id}) if key.sub_mch_id else ""
    return f"{HOME}/refunds/{quote(key.mch_id, safe='')}/{quote(out_refund_no, safe='')}{act}{query}"


def transfer_path(key: OrderKey, act: str = "") -> str:
    """The address of a transfer's page, or of an act on it."""
    return f"{HOME}/transfers/{quote(key.mch_id, safe='')}/{quote(key.out_bill_no, safe='')}{act}"


def sharing_path(key: OrderKey, out_order_no: str) -> str:
    """The address by which a sharing is carried out."""
    query = "?" + urlencode({"sub_mch_id": key.sub_mch_id}) if key.sub_mch_id else ""
    return f"{HOME}/sharings/{quote(key.mch_id, safe='')}/{quote(out_order_no, safe='')}/end{query}"


def merchant_path(mch_id: str, part: str = "") -> str:
    """The address of a merchant's page, or of a part of it."""
    return f"{HOME}/merchants/{quote(mch_id, safe='')}{part}"


def scenario_path(name: str, mch_id: str = "", act: str = "") -> str:
    """The address of a scenario's page, or of an act on it; `mch_id` where it is that merchant's own."""
    query = "?" + urlencode({"mch_id": mch_id}) if mch_id else ""
    return f"{HOME}/scenarios/{quote(name, safe='')}{act}{query}"


def since(seconds: float, lang: Lang) -> str:
    """How long ago (or, negative, how soon): 3 秒前, in 12 s. Said the same by static/console/times.js."""
    if -1 < seconds < 1:
        return words.JUST_NOW.say(lang)
    text = words.AGO if seconds > 0 else words.FROM_NOW
    return text.say(lang, span=duration(seconds, lang, 1 if seconds > 0 else 2))


def local(address: str, otherwise: str = HOME + "/") -> str:
    """An address to go back to, if it is one of the console's own."""
    own = address.startswith(HOME + "/") and "\\" not in address and "\n" not in address and "\r" not in address
    return address if own else otherwise


def said(
    request: web.Request,
    sentence: str,
    *,
    good: bool | None = True,
    detail: str = "",
    back: str = "",
    status: int = 200,
) -> web.Response:
    """The answer to an act: a status line for a live page, else the page again with that line.

    `good` is whether it went as one wished, None where nobody can tell; a `status` of 409 says that a rule forbade it.
    """
    if "HX-Request" in request.headers:
        line = {"sentence": sentence, "good": good, "detail": detail}
        response = console_of(request).part(request, "said.html", line, status=status)
        response.headers["HX-Trigger"] = "refresh"
        return response
    flash = "\n".join([_FLASHED[good], sentence[:300], detail[:300]])
    answer = web.HTTPSeeOther(local(back))
    answer.set_cookie(FLASH_COOKIE, quote(flash), path=HOME, httponly=True, samesite="Strict", max_age=60)
    raise answer


_FLASHED = {True: "1", False: "0", None: "?"}


def _flash(request: web.Request) -> dict[str, Any] | None:
    good, _, rest = unquote(request.cookies.get(FLASH_COOKIE, "")).partition("\n")
    sentence, _, detail = rest.partition("\n")
    return {"sentence": sentence, "good": None if good == "?" else good == "1", "detail": detail} if sentence else None


def query_with(request: web.Request, **changes: str) -> str:
    """The present address with some of its filters changed; an empty one is dropped, and paging starts again."""
    kept = {name: value for name, value in request.query.items() if name not in ("cursor", "lang")}
    kept.update(changes)
    kept = {name: value for name, value in kept.items() if value}
    return request.path + ("?" + urlencode(kept) if kept else "")


def say(request: web.Request, text: Text, **facts: object) -> str:
    """A sentence of the catalogue in the reader's language."""
    return text.say(lang_of(request), **facts)


def cursor_of(request: web.Request) -> str | None:
    """Where in a list the address stands; None at its newest end."""
    cursor = request.query.get("cursor", "")
    return cursor if cursor.isascii() and cursor.isdecimal() and len(cursor) <= LONGEST_CURSOR else None


def state_chips(
    request: web.Request, state: str, names: Iterable[str], texts: Mapping[str, Text], marks: Mapping[str, str]
) -> list[Chip]:
    """A filter for each of a list's states, by their names; `state` is the one in force."""
    return [
        Chip(
            say(request, texts[name]),
            query_with(request, state="" if name == state else name),
            name == state,
            marks[name],
        )
        for name in names
    ]


def paging(request: web.Request, following: str | None) -> dict[str, str]:
    """The addresses of the older part of a list and, on one, of the newest."""
    newest = query_with(request)
    older = f"{newest}{'&' if '?' in newest else '?'}cursor={following}" if following else ""
    return {"older": older, "newest": newest if cursor_of(request) else ""}
