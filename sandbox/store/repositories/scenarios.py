"""Scenarios that were put, and what they are applied to."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, select
from sqlalchemy.sql.elements import ColumnElement

from sandbox.core.ports.storage import ChangeSet
from sandbox.core.scenarios import Application, Scenario
from sandbox.store.rows import AnyRow, Values, put
from sandbox.store.tables import applications, scenarios


class ScenarioRepository:
    def __init__(self, connection: Connection, committed: ChangeSet) -> None:
        self._connection, self._committed = connection, committed

    def save(self, scenario: Scenario) -> None:
        named = and_(scenarios.c.mch_id == scenario.mch_id, scenarios.c.name == scenario.name)
        values = {"mch_id": scenario.mch_id, "name": scenario.name, "definition": dict(scenario.definition)}
        put(self._connection, scenarios, named, values)
        self.changed()

    def delete(self, mch_id: str, name: str) -> None:
        named = and_(scenarios.c.mch_id == mch_id, scenarios.c.name == name)
        self._connection.execute(delete(scenarios).where(named))
        self.changed()

    def all(self) -> Sequence[tuple[str, str, Mapping[str, Any]]]:
        found = self._connection.execute(select(scenarios).order_by(scenarios.c.seq))
        return [(row.mch_id, row.name, row.definition) for row in found]

    def changed(self) -> None:
        self._committed.scenarios = True


class ApplicationRepository:
    def __init__(self, connection: Connection, committed: ChangeSet) -> None:
        self._connection, self._committed = connection, committed

    def save(self, application: Application) -> None:
        self.delete(application)
        self._connection.execute(insert(applications), application_values(application))

    def delete(self, application: Application) -> None:
        self._connection.execute(delete(applications).where(_same(application)))
        self._committed.scenarios = True

    def all(self) -> Sequence[Application]:
        found = self._connection.execute(select(applications).order_by(applications.c.seq))
        return [application_of(row) for row in found]

    def hold(self, application: Application) -> bool:
        query = select(applications.c.seq).where(_same(application)).with_for_update()
        return self._connection.execute(query).first() is not None

    def ask(self, wanted: Sequence[Application]) -> None:
        asked = select(applications).where(applications.c.asked).order_by(applications.c.seq)
        if [application_of(row) for row in self._connection.execute(asked)] == list(wanted):
            return
        self._connection.execute(delete(applications).where(applications.c.asked))
        for one in wanted:
            if not self.hold(one):
                self._connection.execute(insert(applications), {**application_values(one), "asked": True})
        self._committed.scenarios = True


def _same(application: Application) -> ColumnElement[bool]:
    return and_(*[applications.c[name] == value for name, value in application_values(application).items()])


def application_values(application: Application) -> Values:
    return {
        "scenario": application.scenario,
        "mch_id": application.mch_id,
        "out_trade_no": application.out_trade_no,
        "next": application.next,
    }


def application_of(row: AnyRow) -> Application:
    return Application(scenario=row.scenario, mch_id=row.mch_id, out_trade_no=row.out_trade_no, next=row.next)
