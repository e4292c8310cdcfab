"""The scenarios at hand, those in force, and which of them decides.

Who decides over a new order, the first that has something to say: the call's header `Wechatpay-Negative-Test`; what was
applied to this order; `scenario:NAME` in attach; what was applied to the merchant (its next order first); the *when* of
the merchant's own scenarios, then of those that were put, of files and of built-in ones; what was applied to all.
"""

import re
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from sandbox.core.errors import ScenarioBuiltIn, ScenarioUnknown
from sandbox.core.nth import nth_matches
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Order, Terms
from sandbox.core.plans import CallFault, Plan, Reason, ReasonName
from sandbox.core.ports.faces import Faces
from sandbox.core.ports.queries import Entry
from sandbox.core.ports.services import CallContext
from sandbox.core.ports.storage import ChangeSet, Storage, UnitOfWork
from sandbox.core.scenarios import Application, Definition, Mistake, Scenario, ScenarioInvalid
from sandbox.core.text import shown
from sandbox.scenario import matching
from sandbox.scenario.library import built_in, defined
from sandbox.scenario.matching import MatchContext
from sandbox.scenario.shapes import WhenShape
from sandbox.scenario.vocabulary import Vocabulary
from sandbox.words.scenario_files import NOTHING_CALLED

REMEMBERED = 20_000
"""Orders whose choice or calls are remembered: those that are not placed yet, and those with faults on calls.

As many paths are remembered for which no scenario was written.
"""

LONGEST_USE = 8
"""So many scenarios may use one another in a row."""

EVERYBODY = ""
"""Whose scenarios are those that all may use, and whose changes are those of no merchant."""

ATTACH = "scenario:"
_IN_ATTACH = re.compile(r"(?:^|[\s,;&|])scenario:([a-z0-9][a-z0-9-]{0,63})")


class ScenarioRegistry:
    """Implements `core.ports.Scenarios`. `load` reads the shipped files, then `restore` what was stored."""

    def __init__(self, storage: Storage, faces: Faces) -> None:
        self._storage, self._faces = storage, faces
        self._scenarios: dict[tuple[str, str], tuple[Scenario, WhenShape | None]] = {}
        self._applications: list[Application] = []
        self._chosen: OrderedDict[OrderKey, Plan | None] = OrderedDict()
        self._calls: OrderedDict[tuple[OrderKey, str], int] = OrderedDict()
        self._matches: defaultdict[tuple[str, str, str], int] = defaultdict(int)
        self._paths: OrderedDict[str, bool] = OrderedDict()
        self._plans_exist = False

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return Vocabulary.of(self._faces)

    # -- at the start --------------------------------------------------------------------------------------------------

    def load(self, folder: Path) -> None:
        """The built-in scenarios; raises ScenarioInvalid."""
        for scenario, when in built_in(folder):
            self._keep(scenario, when)

    def restore(self, tx: UnitOfWork) -> None:
        """What was put and applied before this start."""
        for mch_id, name, definition in tx.scenarios.all():
            self._keep(*defined(definition, name, mch_id))
        self._applications = list(tx.applications.all())
        self._plans_exist = tx.orders.with_plan()

    def ask_for(self, wanted: Sequence[str]) -> list[Mistake]:
        """What `--scenario NAME|FILE` asks for: ones in force for all, or a file's. Gives what they can hardly mean.

        A file may use what another one holds, whichever comes first. Raises ScenarioInvalid.
        """
        known = {one.name for one in self.all()}
        if files := [path for one in wanted if ("", one) not in self._scenarios and (path := Path(one)).exists()]:
            from sandbox.scenario.files import names_in

            known |= names_in(files)
        return [warning for one in wanted for warning in self._asked_for(one, known)]

    def _asked_for(self, wanted: str, known: Collection[str]) -> list[Mistake]:
        if ("", wanted) in self._scenarios:
            self._apply(Application(scenario=wanted))
            return []
        path = Path(wanted)
        if not path.exists() and not re.search(r"[./\\]", wanted):
            names = ", ".join(name for _, name in self._scenarios)
            raise ScenarioInvalid([Mistake("", 0, "", NOTHING_CALLED.filled(given=shown(wanted), names=names))])
        from sandbox.scenario.files import read_file

        found = read_file(path, "file", known, self._vocabulary)
        for scenario, when in found:
            self._keep(scenario, when)
            if when is None:
                self._apply(Application(scenario=scenario.name))
        return [warning for scenario, _ in found for warning in scenario.warnings]

    def committed(self, committed: ChangeSet) -> None:
        """A listener of the store: forget what belongs to orders and merchants that are no more."""
        for mch_id in committed.forgotten:
            _forget(self._chosen, mch_id)
            _forget(self._calls, mch_id)
            _forget(self._matches, mch_id)
        gone = committed.merchants - {EVERYBODY} - set(self._storage.accounts.merchants)
        if gone:
            self._scenarios = {name: one for name, one in self._scenarios.items() if name[0] not in gone}
            self._applications = [one for one in self._applications if one.mch_id not in gone]
            self._paths.clear()

    # -- deciding ------------------------------------------------------------------------------------------------------

    def cannot_apply(self, call_context: CallContext, attach: str) -> bool:
        if call_context.wanted or self._applications or self._plans_exist or ATTACH in attach:
            return False
        path = call_context.path
        known = self._paths.get(path)
        if known is None:
            rules = self._rules("")
            known = not any(matching.on_path(when, path) for _, when in rules)
            _remember(self._paths, path, known)  # a path may hold an order's number: there is no end of them
        return known

    def choose(self, key: OrderKey, terms: Terms, call_context: CallContext) -> Plan | None:
        if key in self._chosen:
            return self._chosen[key]
        if self.cannot_apply(call_context, terms.attach):
            return None
        plan = self._choice(MatchContext(key, terms, call_context))
        _remember(self._chosen, key, plan)
        return plan

    def standing(self, mch_id: str) -> Plan | None:
        for why, owner in ((ReasonName.MERCHANT, mch_id), (ReasonName.ALL, "")):
            for one in reversed(self._applications):
                if one.mch_id != owner or one.out_trade_no or one.next:
                    continue
                scenario, when = self._pair(one.scenario, mch_id) or (None, None)
                if scenario is not None and (when is None or not when.applied):
                    return replace(self._resolved(scenario, mch_id), why=Reason(name=why))
        return None

    def misnamed(self, key: OrderKey, terms: Terms) -> str:
        found = _IN_ATTACH.search(terms.attach) if ATTACH in terms.attach else None
        return found[1] if found and not self.wished(found[1], key.mch_id) else ""

    def used(self, tx: UnitOfWork, key: OrderKey, plan: Plan) -> None:
        self._plans_exist = True
        self._chosen.pop(key, None)
        if plan.why.name is not ReasonName.NEXT:
            return
        used = next((one for one in self._applications if one.next and one.mch_id == key.mch_id), None)
        if used is not None:
            self._applications.remove(used)
            tx.applications.delete(used)

    def fault(self, key: OrderKey, call: str, plan: Plan) -> CallFault | None:
        if not plan.faults:
            return None
        n = self._calls.pop((key, call), 0) + 1
        _remember(self._calls, (key, call), n)
        return next((fault for fault in plan.faults if fault.concerns(call, n)), None)

    def plan(self, name: str, mch_id: str, why: ReasonName) -> Plan:
        return replace(self.get(name, mch_id).plan, why=Reason(name=why))

    def wished(self, name: str, mch_id: str) -> bool:
        return (mch_id, name) in self._scenarios or ("", name) in self._scenarios

    def _choice(self, subject: MatchContext) -> Plan | None:
        for name, why in self._candidates(subject):
            found = self._find(name, subject.key.mch_id)
            if found is not None:
                return replace(self._resolved(found, subject.key.mch_id), why=why)
        return None

    def _candidates(self, subject: MatchContext) -> Iterator[tuple[str, Reason]]:
        """Names of scenarios with why they would decide, the strongest first."""
        key, call_context = subject.key, subject.call_context
        if call_context.wanted:
            yield call_context.wanted, Reason(name=ReasonName.HEADER)
        yield from self._applied_to(
            lambda one: one.mch_id == key.mch_id and one.out_trade_no == key.out_trade_no, ReasonName.ORDER
        )
        if found := _IN_ATTACH.search(subject.terms.attach):
            yield found[1], Reason(name=ReasonName.ATTACH)
        mine = [one for one in self._applications if one.mch_id == key.mch_id and not one.out_trade_no]
        yield from ((one.scenario, Reason(name=ReasonName.NEXT)) for one in mine if one.next)
        standing = [one for one in reversed(mine) if not one.next]
        yield from (
            (one.scenario, Reason(name=ReasonName.MERCHANT)) for one in standing if self._includes(one, subject)
        )
        for scenario, when in self._rules(key.mch_id):
            if matching.holds(when, subject) and self._counted(scenario, when, key.mch_id):
                yield scenario.name, Reason(name=ReasonName.WHEN, facts=matching.reason(when, subject))
        yield from self._applied_to(lambda one: not one.mch_id and self._includes(one, subject), ReasonName.ALL)

    def _applied_to(self, concerned: Callable[[Application], bool], why: ReasonName) -> Iterator[tuple[str, Reason]]:
        return ((one.scenario, Reason(name=why)) for one in reversed(self._applications) if concerned(one))

    def _includes(self, application: Application, subject: MatchContext) -> bool:
        """Whether an order is among those of a merchant, or of all, that an applied scenario is for."""
        mch_id = subject.key.mch_id
        found = self._pair(application.scenario, mch_id)
        if found is None:
            return False
        scenario, when = found
        if when is None or not when.applied:
            return True
        return matching.holds(when, subject) and self._counted(scenario, when, mch_id)

    def _rules(self, mch_id: str) -> Iterator[tuple[Scenario, WhenShape]]:
        """Scenarios with a *when* that is in force, in the order in which they are asked: see the module's text."""
        rank = {"api": 1, "file": 2, "built-in": 3}
        mine = [pair for (owner, _), pair in self._scenarios.items() if owner in ("", mch_id) or not mch_id]
        for scenario, when in sorted(mine, key=lambda pair: 0 if pair[0].mch_id else rank[pair[0].source]):
            if when is None or when.applied:
                continue
            if not any(one.scenario == scenario.name and one.mch_id in ("", mch_id) for one in self._applications):
                yield scenario, when

    def _counted(self, scenario: Scenario, when: WhenShape, mch_id: str) -> bool:
        if not when.nth:
            return True
        name = (mch_id, scenario.mch_id, scenario.name)
        self._matches[name] += 1
        return nth_matches(when.nth, self._matches[name])

    def _find(self, name: str, mch_id: str) -> Scenario | None:
        found = self._pair(name, mch_id)
        return found[0] if found else None

    def _pair(self, name: str, mch_id: str) -> tuple[Scenario, WhenShape | None] | None:
        return self._scenarios.get((mch_id, name)) or self._scenarios.get(("", name))

    def _resolved(self, scenario: Scenario, mch_id: str) -> Plan:
        """Its plan, or that of the one it uses, under its own name."""
        found = scenario
        for _ in range(LONGEST_USE):
            used = self._find(str(found.definition.get("use", "")), mch_id)
            if used is None:
                break
            found = used
        return replace(found.plan, scenario=scenario.name)

    # -- looking and changing ------------------------------------------------------------------------------------------

    def all(self, mch_id: str = "") -> Sequence[Scenario]:
        return [scenario for (owner, _), (scenario, _) in self._scenarios.items() if owner in ("", mch_id)]

    def get(self, name: str, mch_id: str = "") -> Scenario:
        found = self._find(name, mch_id)
        if found is None:
            raise ScenarioUnknown(name)
        return replace(found, plan=self._resolved(found, mch_id))

    def applied(self, name: str, mch_id: str = "") -> Sequence[Application]:
        return [one for one in self._applications if one.scenario == name and mch_id in ("", one.mch_id)]

    def in_force(self, mch_id: str = "") -> Sequence[Application]:
        whose = ("", mch_id)
        return [one for one in self._applications if not one.out_trade_no and (not mch_id or one.mch_id in whose)]

    def read(self, text: str, name: str, mch_id: str = "") -> Scenario:
        from sandbox.scenario.files import read_text

        known = {one.name for one in self.all(mch_id)}
        return read_text(text, name, mch_id, known, self._vocabulary)[0]

    def write(self, definition: Mapping[str, Any]) -> str:
        from sandbox.scenario.files import dumped

        return dumped(definition)

    def recorded(self, order: Order, entries: Sequence[Entry]) -> Definition:
        from sandbox.scenario.recording import recorded

        return recorded(order, entries, self._faces.operation)

    def schema(self) -> Mapping[str, Any]:
        from sandbox.scenario.shapes import schema

        return schema()

    async def put(self, scenario: Scenario) -> None:
        self._changeable(scenario.name, scenario.mch_id)
        await self._storage.write(lambda tx: tx.scenarios.save(scenario))
        self._keep(*defined(scenario.definition, scenario.name, scenario.mch_id))

    async def delete(self, name: str, mch_id: str = "") -> None:
        if (mch_id, name) not in self._scenarios:
            raise ScenarioUnknown(name)
        self._changeable(name, mch_id)
        ended = list(self.applied(name, mch_id))

        def drop(tx: UnitOfWork) -> None:
            tx.scenarios.delete(mch_id, name)
            for one in ended:
                tx.applications.delete(one)

        await self._storage.write(drop)
        self._scenarios.pop((mch_id, name), None)
        self._applications = [one for one in self._applications if one not in ended]
        self._paths.clear()

    async def apply(self, application: Application) -> None:
        self.get(application.scenario, application.mch_id)
        await self._storage.write(lambda tx: tx.applications.save(application))
        self._apply(application)
        self._think_again(application)

    async def end(self, application: Application) -> None:
        await self._storage.write(lambda tx: tx.applications.delete(application))
        self._applications = [one for one in self._applications if one != application]
        self._think_again(application)

    def _think_again(self, application: Application) -> None:
        """What was chosen for orders that are not placed yet is open again where an application concerns them."""
        mch_id, out_trade_no = application.mch_id, application.out_trade_no
        for key in [key for key in self._chosen if mch_id in ("", key.mch_id)]:
            if out_trade_no in ("", key.out_trade_no):
                del self._chosen[key]

    def _apply(self, application: Application) -> None:
        self._applications = [*(one for one in self._applications if one != application), application]

    def _changeable(self, name: str, mch_id: str) -> None:
        known = self._scenarios.get((mch_id, name))
        if known is not None and known[0].source == "built-in":
            raise ScenarioBuiltIn

    def _keep(self, scenario: Scenario, when: WhenShape | None) -> None:
        self._scenarios[scenario.mch_id, scenario.name] = (scenario, when)
        self._paths.clear()


def _forget(kept: MutableMapping[Any, Any], mch_id: str) -> None:
    """Drop what is remembered of a merchant, or of all."""
    for name in [name for name in kept if mch_id in ("", _mch_id_of(name))]:
        del kept[name]


def _mch_id_of(name: object) -> str:
    """The merchant in a key of what is remembered."""
    first = name[0] if isinstance(name, tuple) else name
    return first.mch_id if isinstance(first, OrderKey) else str(first)


def _remember(kept: "OrderedDict[Any, Any]", name: object, value: object) -> None:
    kept[name] = value
    while len(kept) > REMEMBERED:
        kept.popitem(last=False)
