"""A Python for pipelines: environments and installations are played, gwctl is the one of this checkout."""

from __future__ import annotations

import sys
from pathlib import Path


def played_python(installed: Path, gwctl: str) -> str:
    """A line of shell each: what is to be installed is written down, `-I -m reconciler` is that gwctl."""
    return f"""
case "$*" in
  "-I -m venv "*)
    for last; do :; done
    mkdir -p "$last/bin" && cp "$0" "$last/bin/python"
    exit ;;
  "-I -m pip install "*)
    shift 4
    printf '%s\\n' "$@" >>{installed}
    exit ;;
  "-I -m reconciler "*)
    shift 3
    {gwctl} ;;
esac
exec {sys.executable} "$@"
"""


REAL = str(Path(sys.base_prefix) / "bin" / "python3")


def isolated_python(gwctl: str) -> str:
    """As `played_python`, but pip and gwctl are looked for by Python itself before they are played."""
    return f"""
case "$*" in
  "-I -m venv "*)
    for last; do :; done
    mkdir -p "$last/bin" && cp "$0" "$last/bin/python"
    exit ;;
  "-I -m pip install "*)
    exec {REAL} -I -c "import pip" ;;
  "-I -m reconciler "*)
    {sys.executable} -I -m reconciler --version >/dev/null || exit 1
    shift 3
    {gwctl} ;;
esac
exec {sys.executable} "$@"
"""
