"""The scenarios at hand, those in force, and which of them decides.

Who decides over a new order, the first that has something to say: the call's header `Wechatpay-Negative-Test`; what was
applied to this order; `scenario:NAME` in attach; what was applied to the merchant (its next order first); the *when* of
the merchant's own scenarios, then of those that were put, of files and of built-in ones; what was applied to all.

What may decide is in memory, so that a call which no scenario concerns asks the store nothing; what was put and applied
is read again whenever it has changed. What was decided and counted is in the store alone: any process on the database
goes on from there, and so does the next start.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from sandbox.core.errors import ScenarioBuiltIn, ScenarioUnknown
from sandbox.core.nth import nth_matches
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Order, Terms
from sandbox.core.plans import Plan, Reason, ReasonName
from sandbox.core.ports.faces import Faces
from sandbox.core.ports.queries import Entry
from sandbox.core.ports.services import CallContext
from sandbox.core.ports.storage import ChangeSet, Storage, UnitOfWork
from sandbox.core.scenarios import Application, Definition, Mistake, Scenario, ScenarioInvalid
from sandbox.core.text import shown
from sandbox.scenario import matching
from sandbox.scenario.library import Found, built_in, defined
from sandbox.scenario.matching import MatchContext
from sandbox.scenario.shapes import WhenShape
from sandbox.scenario.vocabulary import Vocabulary
from sandbox.words.scenario_files import NOTHING_CALLED

REMEMBERED = 20_000
"""Paths of which is remembered whether a scenario was written for them."""

LONGEST_USE = 8
"""So many scenarios may use one another in a row."""

ATTACH = "scenario:"
_IN_ATTACH = re.compile(r"(?:^|[\s,;&|])scenario:([a-z0-9][a-z0-9-]{0,63})")

Name = tuple[str, str]
"""Whose scenario it is ("" where all may use it), and what it is called."""

Counted = Callable[[Scenario, WhenShape], bool]
"""Whether an order for which a *when* holds is among those that its `nth` asks for."""


class ScenarioRegistry:
    """Implements `core.ports.Scenarios`. `load` reads the shipped files, then `restore` what was stored."""

    def __init__(self, storage: Storage, faces: Faces) -> None:
        self._storage, self._faces = storage, faces
        self._built_in: dict[Name, Found] = {}
        self._put: dict[Name, Found] = {}
        self._of_files: dict[Name, tuple[Found, Found | None]] = {}
        """Each with what had been put under its name when it was read."""
        self._scenarios: dict[Name, Found] = {}
        """All of these."""
        self._asked: list[Application] = []
        self._applications: Sequence[Application] = ()
        self._paths: OrderedDict[str, bool] = OrderedDict()
        self._plans_exist = False

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return Vocabulary.of(self._faces)

    # -- at the start --------------------------------------------------------------------------------------------------

    def load(self, folder: Path) -> None:
        """The built-in scenarios; raises ScenarioInvalid."""
        self._built_in = {("", found[0].name): found for found in built_in(folder)}
        self._gather()

    def restore(self, tx: UnitOfWork) -> None:
        """Read what was put and applied, whether before this start or since, by whichever process."""
        put = {(mch_id, name): self._made(definition, name, mch_id) for mch_id, name, definition in tx.scenarios.all()}
        applications = tx.applications.all()
        plans_exist = self._plans_exist or any(one.with_plan() for one in (tx.orders, tx.transfers, tx.choices))
        # All of it at once, for reading may take turns with those who ask.
        self._put, self._applications, self._plans_exist = put, applications, plans_exist
        self._gather()

    def follow(self, tx: UnitOfWork, committed: ChangeSet) -> None:
        """A follower of the store."""
        if committed.scenarios:
            self.restore(tx)

    def _made(self, definition: Mapping[str, Any], name: str, mch_id: str) -> Found:
        """A scenario that was put; one that has not changed is not made again."""
        known = self._put.get((mch_id, name))
        return known if known and known[0].definition == definition else defined(definition, name, mch_id)

    def _gather(self) -> None:
        """Put all scenarios together: a file hides what had been put before it was read, and not what is put since."""
        of_files = {
            name: found for name, (found, hidden) in self._of_files.items() if self._put.get(name) in (None, hidden)
        }
        self._scenarios = {**self._built_in, **self._put, **of_files}
        self._paths.clear()

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
            self._asked.append(Application(scenario=wanted))
            return []
        path = Path(wanted)
        if not path.exists() and not re.search(r"[./\\]", wanted):
            names = ", ".join(name for _, name in self._scenarios)
            raise ScenarioInvalid([Mistake("", 0, "", NOTHING_CALLED.filled(given=shown(wanted), names=names))])
        from sandbox.scenario.files import read_file

        found = read_file(path, "file", known, self._vocabulary)
        for scenario, when in found:
            name = ("", scenario.name)
            self._of_files[name] = (scenario, when), self._put.get(name)
            if when is None:
                self._asked.append(Application(scenario=scenario.name))
        self._gather()
        return [warning for scenario, _ in found for warning in scenario.warnings]

    async def apply_asked(self) -> None:
        """Put in force what `ask_for` was told, in place of what an earlier start was."""
        await self._storage.write(lambda tx: tx.applications.ask(list(dict.fromkeys(self._asked))))

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

    def may_choose(self, tx: UnitOfWork, key: OrderKey, terms: Terms, call_context: CallContext) -> bool:
        if self.cannot_apply(call_context, terms.attach):
            return False
        candidates = self._candidates(MatchContext(key, terms, call_context), lambda scenario, when: True)
        return any(self.wished(name, key.mch_id) for name, _ in candidates) or tx.choices.find(key) is not None

    def choose(self, tx: UnitOfWork, key: OrderKey, terms: Terms, call_context: CallContext) -> Plan | None:
        if self.cannot_apply(call_context, terms.attach):
            return None
        chosen = self._chosen(tx, key)
        return chosen[0] if chosen else self._choice(tx, MatchContext(key, terms, call_context))

    def choose_ahead(self, tx: UnitOfWork, key: OrderKey, terms: Terms, call_context: CallContext) -> Plan | None:
        chosen = self._chosen(tx, key)
        if chosen:
            return chosen[0]
        plan = self._choice(tx, MatchContext(key, terms, call_context))
        tx.choices.keep(key, plan)
        if plan is not None:
            self.followed(tx)
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
        self.followed(tx)
        tx.choices.drop(key)
        if plan.why.name is ReasonName.NEXT:
            tx.applications.delete(_for_next(plan.scenario, key.mch_id))

    def followed(self, tx: UnitOfWork) -> None:
        if not self._plans_exist:
            tx.scenarios.changed()

    def plan(self, name: str, mch_id: str, why: ReasonName) -> Plan:
        return replace(self.get(name, mch_id).plan, why=Reason(name=why))

    def wished(self, name: str, mch_id: str) -> bool:
        return (mch_id, name) in self._scenarios or ("", name) in self._scenarios

    def _chosen(self, tx: UnitOfWork, key: OrderKey) -> tuple[Plan | None] | None:
        """What was chosen for an order before, unless another order has used up what that rested on."""
        chosen = tx.choices.find(key)
        if chosen and chosen[0] and not self._stands(tx, chosen[0].scenario, chosen[0].why, key.mch_id):
            tx.choices.drop(key)
            return None
        return chosen

    def _choice(self, tx: UnitOfWork, subject: MatchContext) -> Plan | None:
        mch_id = subject.key.mch_id
        for name, why in self._candidates(subject, partial(self._counted, tx, mch_id)):
            found = self._find(name, mch_id)
            if found is not None and self._stands(tx, name, why, mch_id):
                return replace(self._resolved(found, mch_id), why=why)
        return None

    def _stands(self, tx: UnitOfWork, name: str, why: Reason, mch_id: str) -> bool:
        """Whether what a choice rests on is still there: of what is for the next order, this transaction holds it."""
        return why.name is not ReasonName.NEXT or tx.applications.hold(_for_next(name, mch_id))

    def _candidates(self, subject: MatchContext, counted: Counted) -> Iterator[tuple[str, Reason]]:
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
            (one.scenario, Reason(name=ReasonName.MERCHANT))
            for one in standing
            if self._includes(one, subject, counted)
        )
        for scenario, when in self._rules(key.mch_id):
            if matching.holds(when, subject) and counted(scenario, when):
                yield scenario.name, Reason(name=ReasonName.WHEN, facts=matching.reason(when, subject))
        yield from self._applied_to(
            lambda one: not one.mch_id and self._includes(one, subject, counted), ReasonName.ALL
        )

    def _applied_to(self, concerned: Callable[[Application], bool], why: ReasonName) -> Iterator[tuple[str, Reason]]:
        return ((one.scenario, Reason(name=why)) for one in reversed(self._applications) if concerned(one))

    def _includes(self, application: Application, subject: MatchContext, counted: Counted) -> bool:
        """Whether an order is among those of a merchant, or of all, that an applied scenario is for."""
        found = self._pair(application.scenario, subject.key.mch_id)
        if found is None:
            return False
        scenario, when = found
        if when is None or not when.applied:
            return True
        return matching.holds(when, subject) and counted(scenario, when)

    def _rules(self, mch_id: str) -> Iterator[tuple[Scenario, WhenShape]]:
        """Scenarios with a *when* that is in force, in the order in which they are asked: see the module's text."""
        rank = {"api": 1, "file": 2, "built-in": 3}
        mine = [pair for (owner, _), pair in self._scenarios.items() if owner in ("", mch_id) or not mch_id]
        for scenario, when in sorted(mine, key=lambda pair: 0 if pair[0].mch_id else rank[pair[0].source]):
            if when is None or when.applied:
                continue
            if not any(one.scenario == scenario.name and one.mch_id in ("", mch_id) for one in self._applications):
                yield scenario, when

    def _counted(self, tx: UnitOfWork, mch_id: str, scenario: Scenario, when: WhenShape) -> bool:
        if not when.nth:
            return True
        n = tx.tallies.count(OrderKey(mch_id, ""), _tally(scenario.name, scenario.mch_id))
        return nth_matches(when.nth, n)

    def _find(self, name: str, mch_id: str) -> Scenario | None:
        found = self._pair(name, mch_id)
        return found[0] if found else None

    def _pair(self, name: str, mch_id: str) -> Found | None:
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
        def keep(tx: UnitOfWork) -> None:
            self._changeable(scenario.name, scenario.mch_id)
            tx.scenarios.save(scenario)

        await self._storage.write(keep)

    async def delete(self, name: str, mch_id: str = "") -> None:
        def drop(tx: UnitOfWork) -> None:
            if (mch_id, name) not in self._scenarios:
                raise ScenarioUnknown(name)
            self._changeable(name, mch_id)
            tx.scenarios.delete(mch_id, name)
            tx.tallies.drop(_tally(name, mch_id))
            for one in self.applied(name, mch_id):
                tx.applications.delete(one)

        await self._storage.write(drop)
        if self._of_files.pop((mch_id, name), None):
            self._gather()

    async def apply(self, application: Application) -> None:
        def keep(tx: UnitOfWork) -> None:
            self.get(application.scenario, application.mch_id)
            tx.applications.save(application)
            tx.choices.drop_all(application.mch_id, application.out_trade_no)

        await self._storage.write(keep)

    async def end(self, application: Application) -> None:
        def drop(tx: UnitOfWork) -> None:
            tx.applications.delete(application)
            tx.choices.drop_all(application.mch_id, application.out_trade_no)

        await self._storage.write(drop)

    def _changeable(self, name: str, mch_id: str) -> None:
        known = self._scenarios.get((mch_id, name))
        if known is not None and known[0].source == "built-in":
            raise ScenarioBuiltIn


def _tally(name: str, owner: str) -> str:
    """What the orders are counted under for which a scenario's *when* holds."""
    return f"when {owner or 'all'} {name}"


def _for_next(name: str, mch_id: str) -> Application:
    return Application(scenario=name, mch_id=mch_id, next=True)


def _remember(kept: "OrderedDict[Any, Any]", name: object, value: object) -> None:
    kept[name] = value
    while len(kept) > REMEMBERED:
        kept.popitem(last=False)
