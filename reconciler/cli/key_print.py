"""`gwctl key print` prints a key and a line end on stdout, or one sentence on stderr.

Tools start this command for every session, so this module loads neither click nor a library for YAML or schemas.
`reconciler.__main__` calls this module directly for a command line that gwctl itself wrote into a tool's file.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Never

from reconciler.cli.console.streams import make_whole, silence_stdout
from reconciler.engine.keys.print_key import PrintableKey, one_sentence, printable_key
from reconciler.errors import Failed
from reconciler.ledger.handle_rows import HandleRows
from reconciler.secrets.key_request import KeyRequest


def print_key(request: KeyRequest) -> int:
    """Print the key. Return the exit code: 0, 1, or 130 for Ctrl-C. A traceback is never printed."""
    make_whole()
    try:
        found = printable_key(request, os.environ)
        _write(found)
    except Failed as fault:
        sys.stderr.write(one_sentence(fault.diagnostics[0]) + "\n")
        return 1
    except BrokenPipeError:
        silence_stdout()
        return 1
    except KeyboardInterrupt:
        return 130
    except OSError as fault:
        silence_stdout()
        sys.stderr.write(
            f"error: The key could not be written: {fault.strerror}; check the program that reads the output\n"
        )
        return 1
    except Exception as fault:  # noqa: BLE001 - its values may be keys: of a fault of ours only the kind is told
        kind = type(fault).__name__
        sys.stderr.write(f"error: Internal error in gwctl ({kind}); report it as a bug with the version of gwctl\n")
        return 1
    _note_use(found)
    return 0


def end(code: int) -> Never:
    """End the process at once. Python's own cleanup would take a fifth of the run time of `gwctl key print`."""
    with suppress(OSError):
        sys.stderr.flush()
    os._exit(code)


def _write(found: PrintableKey) -> None:
    """Write the key and a line end in one call. The system then usually writes either the whole text or nothing."""
    sys.stdout.buffer.write(found.key.reveal().encode("ascii") + b"\n")
    sys.stdout.buffer.flush()


def _note_use(found: PrintableKey) -> None:
    """Record the last use. If the ledger cannot be written now, the last use is not recorded."""
    if found.candidate.handle:
        with suppress(Failed, OSError, KeyboardInterrupt):
            HandleRows(found.ledger).use(found.candidate.handle)
