"""`python -m reconciler` is `gwctl`."""

from __future__ import annotations

from reconciler.cli.main import main

main()
