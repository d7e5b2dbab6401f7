"""`python reaper.py FOLDER`: when stdin ends, kill the processes that FOLDER/processes names, with their groups.

The process of a run of the tests holds the other end of stdin, so it ends however that process ends.
"""

import os
import shutil
import signal
import sys


def born(process: int) -> str:
    """Return the start time of a process in clock ticks; "" if the process or /proc does not exist."""
    try:
        with open(f"/proc/{process}/stat") as file:  # noqa: PTH123 - pathlib is not imported here
            return file.read().rpartition(")")[2].split()[19]
    except OSError:
        return ""


def reap(folder: str) -> None:
    """Kill the registered processes. Leave a process alone that has only the same ID."""
    processes = os.path.join(folder, "processes")  # noqa: PTH118
    for name in os.listdir(processes) if os.path.isdir(processes) else []:  # noqa: PTH112, PTH208
        with open(os.path.join(processes, name)) as file:  # noqa: PTH118, PTH123
            if file.read() != born(int(name)):
                continue
        try:
            os.killpg(int(name), signal.SIGKILL)
        except ProcessLookupError:
            continue
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.stdin.buffer.read()
    reap(sys.argv[1])
