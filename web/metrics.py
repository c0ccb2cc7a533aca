"""`/metrics`, for Prometheus: what the passes counted, wherever they run, and what this process serves."""

import resource
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from starlette.requests import Request
from starlette.responses import Response

from sheets.snapshot import live

REGISTRY = CollectorRegistry()
PAGE_SECONDS = Histogram(
    "conso_page_seconds",
    "From a request to the last byte of its answer, by route",
    ["route"],
    registry=REGISTRY,
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
OPEN_PAGES = Gauge("conso_open_pages", "Pages open in browsers: websockets", registry=REGISTRY)
ProcessCollector(registry=REGISTRY)


class _Site:
    """Read when asked, so that nothing is counted twice."""

    def collect(self) -> Iterator[Metric]:
        snapshot, age, heartbeat = live.snapshot, live.age_seconds(), live.heartbeat
        tally = heartbeat.tally
        for name, said, value in (
            ("conso_ready", "1 once a snapshot is loaded", snapshot is not None),
            ("conso_snapshot_age_seconds", "Since the last pass that succeeded", float("nan") if age is None else age),
            ("conso_fiches", "Fiches online", len(snapshot) if snapshot else 0),
            ("conso_articles", "Articles and pages published", len(snapshot.articles) if snapshot else 0),
            ("conso_sync_failing", "1 while the last pass failed", heartbeat.error is not None),
            ("conso_pass_seconds", "How long the last pass that succeeded took", tally.seconds),
            ("conso_standing_by", "1 while another process writes in the store of this one's loop", live.standing_by),
            ("conso_memory_peak_bytes", "Largest resident size of the process", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024),
        ):  # fmt: skip
            yield GaugeMetricFamily(name, said, value)
        yield CounterMetricFamily("conso_passes", "Passes that succeeded", tally.passes)
        yield CounterMetricFamily("conso_sheet_calls", "Calls to Google's API", tally.calls)
        failures = CounterMetricFamily("conso_pass_failures", "Passes that failed, by kind", labels=["kind"])
        for kind, number in sorted(tally.failures.items()):
            failures.add_metric([kind], number)
        rows = GaugeMetricFamily("conso_rows", "Submissions, by what «Suivi» says of them", labels=["state"])
        for state, number in sorted(tally.rows.items()):
            rows.add_metric([state], number)
        yield failures
        yield rows


REGISTRY.register(_Site())


async def metrics(request: Request) -> Response:
    """Prometheus text: https://prometheus.io/docs/instrumenting/exposition_formats/"""
    text = "text/plain; version=0.0.4; charset=utf-8"
    return Response(generate_latest(REGISTRY), media_type=text, headers={"cache-control": "no-store"})
