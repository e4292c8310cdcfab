"""Scenarios: their files, when they apply, and which of them decides."""

from sandbox.scenario.desk import ScenarioDesk

__all__ = ["ScenarioDesk"]
