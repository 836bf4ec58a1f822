"""What Prometheus sees.

With several workers, all of them: each writes to files in PROMETHEUS_MULTIPROC_DIR (server/run.py).
"""

import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

REQUESTS = Counter("duty_requests", "Requests", ["route", "method", "status"])
SECONDS = Histogram("duty_request_seconds", "Time from a request to the end of its answer", ["route"], buckets=_FAST)
STAGES = Histogram("duty_stage_seconds", "Time of each stage of finding an answer", ["stage"], buckets=_FAST)
ANSWERS = Counter("duty_answers", "Questions answered, abstentions included")
ABSTENTIONS = Counter("duty_abstentions", "Questions abstained from")
CONFIDENCE = Histogram("duty_confidence", "Confidence of answers", buckets=[step / 10 for step in range(1, 11)])
CACHE_HITS = Counter("duty_cache_hits", "Answers that came from the cache")
LLM_ANSWERS = Counter("duty_llm_answers", "Answers that the LLM worded")
LLM_FALLBACKS = Counter("duty_llm_fallbacks", "Answers that the LLM could not word, by reason", ["reason"])
SWAPS = Counter("duty_index_swaps", "New index versions met while serving", ["outcome"])
UNRECORDED = Counter("duty_answers_unrecorded", "Answers that could not be kept: nobody can give feedback on them")


def render(index_version: str | None) -> bytes:
    """The text that /metrics gives."""
    registry = CollectorRegistry() if "PROMETHEUS_MULTIPROC_DIR" in os.environ else REGISTRY
    if registry is not REGISTRY:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    own = CollectorRegistry()
    own.register(_IndexState(index_version))
    return generate_latest(registry) + generate_latest(own)


class _IndexState(Collector):
    """The served version and its age, of the worker that is asked."""

    def __init__(self, version: str | None) -> None:
        self._version = version

    def collect(self) -> Iterable[GaugeMetricFamily]:
        return self._families()

    def _families(self) -> Iterator[GaugeMetricFamily]:
        info = GaugeMetricFamily("duty_index_info", "The index version that is served", labels=["version"])
        age = GaugeMetricFamily("duty_index_age_seconds", "Seconds since the served index was built")
        if self._version is not None:
            info.add_metric([self._version], 1)
            age.add_metric([], max(0.0, (datetime.now(UTC) - _built(self._version)).total_seconds()))
        yield info
        yield age


def _built(version: str) -> datetime:
    """When a version was built: its name is that moment (indexer/build.py)."""
    return datetime.strptime(version, "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC)
