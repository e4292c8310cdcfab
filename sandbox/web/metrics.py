"""What happened, counted, in Prometheus' format. Labels are bounded: paths, verdicts, codes; no order, no merchant.

What is of the database, and so the same at each of its processes, has the label `scope="database"`: over several of
them it is `max by`, never `sum`. All else is of the process that is asked.

Counting is adding to plain numbers, since every call passes here; prometheus_client comes in at the first scrape.
"""

import math
import time
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from sandbox import __version__
from sandbox.core.clock import Clock
from sandbox.core.journal import CallRefusal, Event, Exchange, ExchangeKind, ExchangeOutcome
from sandbox.core.notifications import NotificationState
from sandbox.core.orders import TradeState
from sandbox.core.ports.faces import Faces
from sandbox.core.ports.storage import Census, Storage

if TYPE_CHECKING:
    from prometheus_client import Metric

SHARED = {"scope": "database"}
"""The label of what every process on the database tells alike."""
OF_ALL = "Of the database, the same at each process: max by, not sum."
UNDELIVERED = (NotificationState.PENDING, NotificationState.GIVEN_UP)
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, math.inf)


class Histogram:
    """Seconds, counted by buckets."""

    def __init__(self) -> None:
        self.counts = [0] * len(BUCKETS)
        self.sum = 0.0

    def add(self, seconds: float) -> None:
        self.sum += seconds
        self.counts[bisect_left(BUCKETS, seconds)] += 1

    def buckets(self) -> list[tuple[str, float]]:
        """Cumulative, as Prometheus wants them."""
        total = 0
        found = []
        for limit, count in zip(BUCKETS, self.counts, strict=True):
            total += count
            found.append(("+Inf" if limit == math.inf else f"{limit:g}", float(total)))
        return found


class Metrics:
    """Hears of everything that was recorded; makes the page of it."""

    def __init__(self, storage: Storage, clock: Clock, faces: Faces) -> None:
        self._storage = storage
        self._clock = clock
        self._faces = faces
        self._began = time.time()
        self._calls: Counter[tuple[str, str, str]] = Counter()
        self._call_seconds: defaultdict[str, Histogram] = defaultdict(Histogram)
        self._refusals: Counter[str] = Counter()
        self._attempts: Counter[str] = Counter()
        self._attempt_seconds = Histogram()
        self._events: Counter[str] = Counter()

    def on_records(self, recorded: Sequence[Event | Exchange]) -> None:
        """Count the events and exchanges of one commit."""
        for what in recorded:
            self._count(what)

    def _count(self, what: Event | Exchange) -> None:
        """Count one. Its path is an endpoint's: no other is journalled; where it may end anyhow, a fact says how."""
        if isinstance(what, Event):
            self._events[what.name.value] += 1
        elif what.kind is ExchangeKind.API:
            path = what.endpoint or what.path
            self._calls[path, what.outcome.value, what.signature.value or "unchecked"] += 1
            self._call_seconds[path].add(what.duration_ms / 1000)
            if what.outcome is ExchangeOutcome.FAILED:
                self._refusals[_code(what, self._faces.of(what).codes)] += 1
        else:
            self._attempts[what.verdict.name if what.verdict else "none"] += 1
            self._attempt_seconds.add(what.duration_ms / 1000)

    async def text(self) -> bytes:
        """The page that Prometheus scrapes."""
        from prometheus_client import CollectorRegistry, generate_latest  # noqa: PLC0415 - at the first scrape
        from prometheus_client.process_collector import ProcessCollector  # noqa: PLC0415

        await self._storage.read(lambda tx: None)  # after all that was answered is counted
        registry = CollectorRegistry()
        registry.register(Collected([*self._of_process(), *self._of_database(await self._storage.counted())]))
        ProcessCollector(registry=registry)
        return generate_latest(registry)

    def _of_process(self) -> "Iterator[Metric]":
        from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily  # noqa: PLC0415

        yield InfoMetricFamily("wxpay_sandbox_build", "The sandbox's version.", value={"version": __version__})
        yield from self._counts()
        yield from self._durations()
        started = "When this process was started."
        yield GaugeMetricFamily("wxpay_sandbox_start_time_seconds", started, value=self._began)

    def _counts(self) -> "Iterator[Metric]":
        from prometheus_client.core import CounterMetricFamily  # noqa: PLC0415

        calls = CounterMetricFamily("wxpay_api_calls", "Calls of merchants.", labels=["path", "outcome", "signature"])
        for (path, outcome, signature), count in self._calls.items():
            calls.add_metric([path, outcome, signature], count)
        yield calls
        for name, text, label, counted in (
            ("wxpay_api_refusals", "Calls that failed, by err_code or kind.", "code", self._refusals),
            ("wxpay_notification_attempts", "Attempts to notify, by verdict.", "verdict", self._attempts),
            ("wxpay_events", "What happened to orders: paid, closed, expired ...", "event", self._events),
        ):
            family = CounterMetricFamily(name, text, labels=[label])
            for value, count in counted.items():
                family.add_metric([value], count)
            yield family

    def _durations(self) -> "Iterator[Metric]":
        from prometheus_client.core import HistogramMetricFamily  # noqa: PLC0415

        calls = HistogramMetricFamily("wxpay_api_call_seconds", "Real time of a call.", labels=["path"])
        for path, histogram in self._call_seconds.items():
            calls.add_metric([path], histogram.buckets(), histogram.sum)
        yield calls
        yield HistogramMetricFamily(
            "wxpay_notification_attempt_seconds",
            "Real time of an attempt to notify.",
            buckets=self._attempt_seconds.buckets(),
            sum_value=self._attempt_seconds.sum,
        )

    def _of_database(self, census: Census) -> "Iterator[Metric]":
        from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415

        def gauge(name: str, text: str, samples: Iterable[tuple[dict[str, str], float]]) -> GaugeMetricFamily:
            family = GaugeMetricFamily(name, f"{text} {OF_ALL}")
            for labels, value in samples:
                family.add_sample(name, SHARED | labels, value)
            return family

        orders = [({"trade_state": state.value}, census.orders[state]) for state in TradeState]
        undelivered = [({"state": state.value}, census.notifications[state]) for state in UNDELIVERED]
        reading = self._clock.reading()
        ahead = (reading.now - self._clock.real_now()).total_seconds()
        yield gauge("wxpay_orders", "Orders that are kept, by trade_state.", orders)
        yield gauge("wxpay_notifications", "Notifications not delivered.", undelivered)
        yield gauge("wxpay_merchants", "Merchants.", [({}, len(self._storage.accounts.merchants))])
        yield gauge("wxpay_clock_ahead_seconds", "How far sandbox time is ahead of real time.", [({}, ahead)])
        yield gauge("wxpay_clock_scale", "Sandbox seconds per real second.", [({}, reading.scale)])


class Collected:
    """Families as they are handed to prometheus_client."""

    def __init__(self, families: "Sequence[Metric]") -> None:
        self._families = families

    def collect(self) -> "Sequence[Metric]":
        return self._families


def _code(call: Exchange, known: Collection[str]) -> str:
    """Why a call failed, of a bounded set: a code that is known, else the kind of the fault."""
    refusal = call.refusal or CallRefusal()
    if refusal.code:
        return refusal.code if refusal.code in known else "other"
    return refusal.fault or "return_code"
