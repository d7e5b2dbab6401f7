"""The CPU time of three edits of a large JSON file, as a ratio to reading the same values with `json.loads`.

Nothing is asserted: the floor is measured in the same run, turn by turn.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable

from reconciler.documents import json_text

MEBIBYTE = 2**20
PARTS = (
    (("provider", "acme"), {"models": {"gpt-4o-mini": {"limit": {"context": 128000}}}}),
    (("model",), "acme/gpt-4o-mini"),
    (("small_model",), "acme/gpt-4o-mini"),
)
TURN = {"role": "user", "content": 'why does "make" fail? https://ci.example/1', "tokens": 12.5, "tags": ["a", "b"]}


def document(size: int, comment: str = "") -> bytes:
    """A file of that size in bytes, such as a tool that keeps its history beside its settings."""
    project = json.dumps({"path": "~/work", "ok": True, "turns": [TURN] * 5}, indent=2)
    projects = (f'"p{number}": {project}{comment}' for number in range(size // len(project)))
    return ('{\n  "theme": "dark",\n  "projects": {\n' + ",\n".join(projects) + "\n  }\n}\n").encode()


def edited(data: bytes) -> bytes:
    """The file with the three parts."""
    for path, value in PARTS:
        data = json_text.with_value(data, path, value).data
    return data


def once(work: Callable[[bytes], object], data: bytes) -> float:
    """The seconds of CPU of one run."""
    started = time.process_time()
    work(data)
    return time.process_time() - started


def main() -> None:
    """Measure turn by turn, and print a line for each case."""
    flags = argparse.ArgumentParser(description=__doc__)
    flags.add_argument("--mebibytes", type=int, default=1)
    flags.add_argument("--rounds", type=int, default=5)
    arguments = flags.parse_args()
    plain = document(arguments.mebibytes * MEBIBYTE)
    works: dict[str, tuple[Callable[[bytes], object], bytes]] = {
        "floor: json.loads": (json.loads, plain),
        "three edits": (edited, plain),
        "three edits, with comments": (edited, document(len(plain), " /* a note */")),
    }
    times: dict[str, list[float]] = {title: [] for title in works}
    for _turn in range(arguments.rounds):
        for title, (work, data) in works.items():
            times[title].append(once(work, data))
    floor = min(next(iter(times.values())))
    print(f"{arguments.mebibytes} MiB{'':24}{'min ms':>8}  ratio to the floor")
    for title, moment in times.items():
        print(f"{title:30}{min(moment) * 1000:8.0f}  {min(moment) / floor:.1f}")


if __name__ == "__main__":
    main()
