"""First steps: from nothing to a paid order, each step done for real, each with its usual mistake.

The address says where one stands: the tour's order, the step, which of its buttons was pressed, what is done. Whoever
opens it sees the same.
"""

import re
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from aiohttp import web

from sandbox.console.first_steps.tour import ACTS, LOOKS, FirstSteps, Result
from sandbox.console.first_steps.which_face import face_of, offered
from sandbox.console.frame.view import HOME, console_of, lang_of
from sandbox.core.errors import MerchantUnknown
from sandbox.core.ids import BEIJING
from sandbox.core.text import Lang
from sandbox.words import first_steps as words

_NUMBER = re.compile(r"[0-9A-Za-z_\-]{1,32}")
_MOST_KEPT = 400
_BUTTONS = ("do", "wrong")

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands: `act` is the button of `step` that was pressed last, or empty. `face`: by whose calls."""

    face: str
    order: str
    step: str
    act: str
    done: frozenset[str]

    @classmethod
    def of(cls, sent: Mapping[str, object], face: str) -> "Place | None":
        """The place that an address or a form names; None without an order."""
        order, step, act = (str(sent.get(name, "")) for name in ("order", "step", "act"))
        if not _NUMBER.fullmatch(order):
            return None
        done = frozenset(str(sent.get("done", "")).split(".")) & set(ACTS)
        if step not in ACTS:
            return cls(face, order, next((one for one in ACTS if one not in done), "query"), "", done)
        return cls(face, order, step, act if act in _BUTTONS else "", done)

    def at(self, step: str, act: str = "", done: frozenset[str] | None = None) -> "Place":
        return Place(self.face, self.order, step, act, self.done if done is None else done)

    def address(self, mch_id: str) -> str:
        done = ".".join(one for one in ACTS if one in self.done)
        named = {
            "face": self.face,
            "order": self.order,
            "step": self.step,
            "act": self.act,
            "done": done,
            "mch_id": mch_id,
        }
        return f"{HOME}/start?{urlencode({name: value for name, value in named.items() if value})}"


@dataclass(slots=True)
class Results:
    """What came of the acts, as it was told, while the sandbox runs: an address that is opened again does not act."""

    _kept: OrderedDict[tuple[str, str, str, str, str, Lang], Result] = field(default_factory=OrderedDict)

    def keep(self, tour: FirstSteps, place: Place, lang: Lang, result: Result) -> None:
        self._kept[self._name(tour, place, lang)] = result
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)

    def find(self, tour: FirstSteps, place: Place, lang: Lang) -> Result | None:
        return self._kept.get(self._name(tour, place, lang))

    @staticmethod
    def _name(tour: FirstSteps, place: Place, lang: Lang) -> tuple[str, str, str, str, str, Lang]:
        return tour.face.name, tour.merchant.mch_id, place.order, place.step, place.act, lang


RESULTS = web.AppKey("results", Results)


@routes.get("/start")
async def show_start(request: web.Request) -> web.Response:
    """The page; without an order in the address, a new tour."""
    place = Place.of(request.query, face_of(request, request.query).name)
    if place is None:
        return _new_tour(request)
    tour = _tour(request, place)
    result = request.app[RESULTS].find(tour, place, lang_of(request))
    if result is None and place.act == "do" and place.step in LOOKS:
        result = await ACTS[place.step][0](tour)
    return _page(request, place.at(place.step, place.act, await tour.done(place.done)), result)


@routes.post("/start")
async def take_step(request: web.Request) -> web.Response:
    """Do one step, or make it go wrong, and lead to where that is shown."""
    form = await request.post()
    place = Place.of(form, face_of(request, form).name)
    if place is None or not place.act:
        raise web.HTTPNotFound
    tour, wrong = _tour(request, place), place.act == "wrong"
    result = await ACTS[place.step][wrong](tour)
    request.app[RESULTS].keep(tour, place, lang_of(request), result)
    done = place.done | ({place.step} if result.good and not wrong else set())
    raise web.HTTPSeeOther(place.at(place.step, place.act, done).address(_chosen(request)))


def _new_tour(request: web.Request) -> web.Response:
    at = console_of(request).clock.now().astimezone(BEIJING)
    number = f"FIRST{at:%Y%m%d%H%M%S}{secrets.randbelow(10_000):04}"
    kept = {name: value for name, value in request.query.items() if name in ("mch_id", "lang")}
    face = face_of(request, request.query).name
    named = {**kept, "face": face, "order": number, "step": next(iter(ACTS))}
    raise web.HTTPFound(f"{HOME}/start?{urlencode(named)}")


def _tour(request: web.Request, place: Place) -> FirstSteps:
    console = console_of(request)
    merchants = console.storage.accounts.merchants
    if not merchants:
        raise MerchantUnknown
    chosen = merchants.get(console.merchant_chosen(request)) or next(iter(merchants.values()))
    return FirstSteps(console, request, console.faces.named(place.face), chosen, place.order)


def _page(request: web.Request, place: Place, result: Result | None) -> web.Response:
    names, chosen = list(ACTS), _chosen(request)
    number = names.index(place.step) + 1
    context = {
        "place": place,
        "steps": words.steps_of(place.face),
        "faces": [(face.name, _anew(face.name, chosen), face.name == place.face) for face in offered(request)],
        "again": _anew(place.face, chosen),
        "number": number,
        "addresses": {name: place.at(name, "do" if name in place.done else "").address(chosen) for name in names},
        "following": names[number] if number < len(names) else "",
        "result": result,
        "acts": f"{HOME}/start" + (f"?{urlencode({'mch_id': chosen})}" if chosen else ""),
    }
    return console_of(request).page(request, "start.html", context, here="start")


def _anew(face: str, mch_id: str) -> str:
    """Where a tour begins."""
    named = {"face": face, "mch_id": mch_id}
    return f"{HOME}/start?{urlencode({name: value for name, value in named.items() if value})}"


def _chosen(request: web.Request) -> str:
    return console_of(request).merchant_chosen(request)
