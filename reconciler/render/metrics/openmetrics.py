"""Gauges as OpenMetrics text. The textfile collector of node_exporter can also read this text.

The Prometheus text format has no type for other families of OpenMetrics, so every family is a gauge.
https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from reconciler.values import dataclass

Sample = tuple[Mapping[str, str], float]  # labels and value


@dataclass(frozen=True)
class Gauge:
    """A family of samples. A name that ends with `_seconds` has the unit seconds."""

    name: str
    help: str
    samples: Sequence[Sample]


def to_openmetrics(gauges: Iterable[Gauge], common: Mapping[str, str]) -> str:
    """Return the text of all gauges that have samples. Every sample also has the labels in `common`."""
    return "".join(_family(gauge, common) for gauge in gauges if gauge.samples) + "# EOF\n"


def _family(gauge: Gauge, common: Mapping[str, str]) -> str:
    unit = [f"# UNIT {gauge.name} seconds"] if gauge.name.endswith("_seconds") else []
    head = [f"# TYPE {gauge.name} gauge", *unit, f"# HELP {gauge.name} {gauge.help}"]
    rows = [f"{gauge.name}{_labels({**common, **labels})} {_number(value)}" for labels, value in gauge.samples]
    return "\n".join([*head, *rows, ""])


def _labels(labels: Mapping[str, str]) -> str:
    named = [f'{name}="{_escaped(value)}"' for name, value in labels.items() if value]
    return f"{{{','.join(named)}}}" if named else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
