"""A bug of gwctl, reported in one line."""

from __future__ import annotations

import sys


def own_fault(fault: Exception, verbose: bool) -> None:
    """Report a bug of gwctl on stderr. `verbose` adds the stack, without values, because a value may be a key."""
    line = f"error: internal error in gwctl ({type(fault).__name__}): this is a bug; report it with the output of -v"
    sys.stderr.write(line + "\n")
    if verbose:
        import traceback

        sys.stderr.write("".join(traceback.format_tb(fault.__traceback__)).rstrip() + "\n")
