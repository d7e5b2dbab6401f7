"""Mutated inputs for every decoder: `python -m tests.machinery.fuzz --inputs 1000000`.

What breaks the law is written into the folder `--faults`, with the way it broke; put it into the corpus once it is
mended.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests.machinery.decoders import DECODERS, Decoder

_BATCH = 2000  # inputs


@dataclass
class Tally:
    """The results of some inputs; for each way to break the law, the first input that did."""

    tried: Counter[str] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)
    seconds: Counter[str] = field(default_factory=Counter)
    faults: dict[str, tuple[str, bytes, str]] = field(default_factory=dict)  # decoder, input, traceback

    def add(self, other: Tally) -> None:
        """These as well."""
        self.tried += other.tried
        self.taken += other.taken
        self.seconds += other.seconds
        self.faults = other.faults | self.faults


def batch(name: str, seed: str, count: int) -> Tally:
    """Some inputs for one decoder; the same seed makes the same ones."""
    decoder = next(decoder for decoder in DECODERS if decoder.name == name)
    chance, tally, began = random.Random(f"{name} {seed}"), Tally(), time.process_time()
    with tempfile.TemporaryDirectory(prefix="gwctl-fuzz-") as folder:
        for _ in range(count):
            _one(decoder, decoder.mutated(chance), Path(folder), tally)
    tally.seconds[name] = time.process_time() - began  # type: ignore[assignment]
    return tally


def _one(decoder: Decoder, data: bytes, folder: Path, tally: Tally) -> None:
    tally.tried[decoder.name] += 1
    try:
        tally.taken[decoder.name] += decoder.try_out(data, folder)
    except Exception as fault:
        tally.faults.setdefault(_way(decoder, fault), (decoder.name, data, traceback.format_exc()))


def _way(decoder: Decoder, fault: Exception) -> str:
    """Return the kind of a failure: the exception, and the last of our lines."""
    frames = traceback.extract_tb(fault.__traceback__)
    ours = [frame for frame in frames if "reconciler" in frame.filename or "decoders" in frame.filename]
    return f"{decoder.name}: {type(fault).__name__} at {Path(ours[-1].filename).name}:{ours[-1].lineno}"


def _batches(inputs: int, only: str, seed: str) -> Iterator[tuple[str, str, int]]:
    """The decoders in turn, until there are so many inputs."""
    names = [decoder.name for decoder in DECODERS if only in decoder.name]
    for number in range(-(-inputs // _BATCH)):
        yield names[number % len(names)], f"{seed} {number}", min(_BATCH, inputs - number * _BATCH)


def main() -> int:
    """Run them in as many processes as asked for, and print the figures."""
    flags = argparse.ArgumentParser(description=__doc__)
    flags.add_argument("--inputs", type=int, default=100_000)
    flags.add_argument("--only", default="", help="decoders whose name holds this")
    flags.add_argument("--seed", default="1")
    flags.add_argument("--jobs", type=int, default=os.cpu_count())
    flags.add_argument("--faults", type=Path, default=Path("fuzz-faults"))
    arguments = flags.parse_args()
    total, began = Tally(), time.monotonic()
    with ProcessPoolExecutor(arguments.jobs) as pool:
        for item in pool.map(batch, *zip(*_batches(arguments.inputs, arguments.only, arguments.seed), strict=True)):
            total.add(item)
            print(f"\r{total.tried.total()} inputs, {len(total.faults)} faults", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    _report(total, arguments.faults, time.monotonic() - began)
    return 1 if total.faults else 0


def _report(total: Tally, folder: Path, seconds: float) -> None:
    print(f"{total.tried.total()} inputs in {seconds:.0f} s")
    for name, tried in sorted(total.tried.items()):
        print(f"{name:22}{tried:10} tried{total.taken[name]:10} taken{total.seconds[name]:8.0f} s of CPU")
    for way, (name, data, told) in total.faults.items():
        folder.mkdir(exist_ok=True)
        path = folder / f"{name.replace(' ', '-')}-{hashlib.sha256(data).hexdigest()[:12]}"
        path.write_bytes(data)
        path.with_suffix(".txt").write_text(told)
        print(f"FAULT {way}: {path}")


if __name__ == "__main__":
    sys.exit(main())
