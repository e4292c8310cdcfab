"""Scenarios: their files, when they apply, and which of them decides."""

from sandbox.scenario.registry import ScenarioRegistry

__all__ = ["ScenarioRegistry"]
