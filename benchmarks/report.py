"""The figures as docs/performance.md and docs/performance.svg.

The page's text outside the marks is written by hand and kept.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import startup
from benchmarks.measure import Figures, Run, exponent

BEGIN, END = "<!-- figures: python -m benchmarks -->", "<!-- end of the figures -->"
_COLOURS = {"gwctl": "#0b7285", "gwctl before": "#adb5bd", "octoDNS": "#e8590c", "Terraform": "#7048e8"}
_MEASURES = {"wall": "wall, s", "cpu": "CPU, s", "memory": "memory, MB"}
_FIT_FROM = 1000  # smaller sizes are mostly start-up
Compared = Mapping[str, Mapping[str, Mapping[int, Figures]]]


def write(kept: Mapping[str, Any], page: Path) -> None:
    """Write the figures between the marks of the page, and the plot beside the page."""
    compared = {
        case: {
            program: {int(size): Figures(tuple(Run(**run) for run in runs)) for size, runs in sizes.items()}
            for program, sizes in programs.items()
        }
        for case, programs in kept.get("compare", {}).items()
    }
    parts = [*_compared(compared)] if compared else []
    parts += _startup(kept["startup"]) if "startup" in kept else []
    parts += _asking(kept["asking"]) if "asking" in kept else []
    parts += _stages(kept["stages"]) if "stages" in kept else []
    text = page.read_text(encoding="utf-8") if page.exists() else f"{BEGIN}\n{END}\n"
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    page.write_text(f"{before}{BEGIN}\n\n" + "\n".join(parts) + f"\n{END}{after}", encoding="utf-8")
    if compared:
        page.with_suffix(".svg").write_text(plot(compared), encoding="utf-8")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return [*("| " + " | ".join(cells) + " |" for cells in lines), ""]


def _compared(compared: Compared) -> Iterator[str]:
    sizes = sorted({size for programs in compared.values() for figures in programs.values() for size in figures})
    yield from ("### Sizes", "", "![Wall time, CPU time and memory against the number of models](performance.svg)", "")
    yield from (
        "Medians: s of wall time / s of CPU / MB. The exponent is of the CPU time, from 1,000 up.",
        "",
    )
    rows = []
    for case, programs in compared.items():
        for program, figures in programs.items():
            cells = [_cell(figures.get(size)) for size in sizes]
            slope = exponent({size: each.cpu for size, each in figures.items()}, _FIT_FROM)
            rows.append([case, program, *cells, "" if math.isnan(slope) else f"{slope:.2f}"])
    yield from _table(["case", "program", *(f"{size:,}" for size in sizes), "exponent"], rows)
    spreads = [
        each.spread for programs in compared.values() for figures in programs.values() for each in figures.values()
    ]
    yield f"The slowest run of a figure took {median(spreads):.2f} × the CPU time of the fastest (median of all;"
    yield f"at most {max(spreads):.1f} ×)."
    yield ""


def _cell(figures: Figures | None) -> str:
    return f"{figures.wall:.2f} / {figures.cpu:.2f} / {figures.memory:.0f}" if figures else ""


def _startup(times: Mapping[str, Sequence[float]]) -> Iterator[str]:
    yield from ("### Start-up", "", "CPU time of whole processes, in ms. The ratio is of the medians.", "")
    yield from _table(["process", "least", "median", "ratio"], startup.rows(times))


def _asking(found: Mapping[str, Any]) -> Iterator[str]:
    yield from ("### Asking", "")
    yield f"{found['count']:,} endpoints on distinct ports that respond in 50 ms, at most 100 at once; wall time in s."
    yield ""
    least, ours, theirs = found["floor"], median(found["gwctl"]), median(found["httpx"])
    rows = [
        ["the delays alone", f"{least:.2f}", ""],
        ["one `httpx.AsyncClient` without keep-alive", f"{theirs:.2f}", "1.00"],
        ["`gwctl test`", f"{ours:.2f}", f"{ours / theirs:.2f}"],
    ]
    yield from _table(["program", "median", "ratio to httpx"], rows)


def _stages(found: Sequence[tuple[str, float, Sequence[str]]]) -> Iterator[str]:
    yield from (
        "### Stages",
        "",
        "10,000 models, in one process: least CPU time, and the functions with most of it.",
        "",
    )
    rows = [[title, f"{least:.0f} ms", ", ".join(f"`{function}`" for function in top)] for title, least, top in found]
    yield from _table(["stage", "CPU", "most of it in"], rows)


_WIDE, _HIGH, _LEFT, _TOP = 210, 150, 46, 26  # of one small plot, in pixels


def plot(compared: Compared) -> str:
    """Return small plots with logarithmic axes: a row for each case, a column for each measure."""
    width = len(_MEASURES) * (_WIDE + _LEFT) + 20
    height = len(compared) * (_HIGH + _TOP + 18) + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="10">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for row, (case, programs) in enumerate(compared.items()):
        for column, (measure, title) in enumerate(_MEASURES.items()):
            lines = {
                program: {size: getattr(each, measure) for size, each in figures.items()}
                for program, figures in programs.items()
                if figures
            }
            at = (column * (_WIDE + _LEFT) + _LEFT, row * (_HIGH + _TOP + 18) + _TOP)
            parts += _small(f"{case}: {title}", lines, at)
    names = list(dict.fromkeys(program for programs in compared.values() for program in programs))
    for number, name in enumerate(names):
        x = _LEFT + number * 130
        parts.append(f'<rect x="{x}" y="{height - 20}" width="10" height="10" fill="{_COLOURS[name]}"/>')
        parts.append(f'<text x="{x + 15}" y="{height - 11}">{name}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _small(title: str, lines: Mapping[str, Mapping[int, float]], at: tuple[int, int]) -> Iterator[str]:
    left, top = at
    sizes = [size for line in lines.values() for size in line]
    values = [value for line in lines.values() for value in line.values()]
    across = _scale(min(sizes), max(sizes), left, left + _WIDE - 20)
    up = _scale(min(values), max(values), top + _HIGH, top)
    yield f'<text x="{left}" y="{top - 8}" font-weight="bold">{title}</text>'
    yield f'<path d="M{left} {top}V{top + _HIGH}H{left + _WIDE - 20}" fill="none" stroke="#868e96"/>'
    for size in _powers(min(sizes), max(sizes)):
        yield f'<text x="{across(size):.1f}" y="{top + _HIGH + 12}" text-anchor="middle">{size:,.0f}</text>'
    for value in _powers(min(values), max(values)):
        yield f'<path d="M{left} {up(value):.1f}h{_WIDE - 20}" stroke="#e9ecef"/>'
        yield f'<text x="{left - 4}" y="{up(value) + 3:.1f}" text-anchor="end">{value:g}</text>'
    for program, line in lines.items():
        points = " ".join(f"{across(size):.1f},{up(value):.1f}" for size, value in sorted(line.items()))
        yield f'<polyline points="{points}" fill="none" stroke="{_COLOURS[program]}" stroke-width="2"/>'


def _scale(least: float, most: float, start: float, end: float) -> Any:
    low, high = math.log10(least), math.log10(max(most, least * 1.01))
    return lambda value: start + (math.log10(value) - low) / (high - low) * (end - start)


def _powers(least: float, most: float) -> list[float]:
    first, last = math.ceil(math.log10(least) - 1e-9), math.floor(math.log10(most) + 1e-9)
    return [10.0**power for power in range(first, last + 1)]
