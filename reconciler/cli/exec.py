"""The start of the command of `gwctl run`.

On POSIX, the command replaces the gwctl process. Elsewhere, the command is a child process.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence

from reconciler import codes
from reconciler.diagnostics import Diagnostic, error
from reconciler.errors import Failed
from reconciler.text import printable


def become(words: Sequence[str], environ: Mapping[str, str]) -> int:
    """Replace this process with the command.

    If the system cannot replace a process, run the command and return its exit code.
    """
    try:
        if os.name != "posix":
            return by_child(words, environ)
        sys.stdout.flush()
        _restore_signals()
        os.execvpe(words[0], list(words), environ)  # noqa: S606 - the user's own command, and no shell
    except (OSError, ValueError) as fault:
        raise Failed(_cannot_run(words[0], fault)) from None


def by_child(words: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run the command as a child process and return its exit code. Only the child handles ^C."""
    program = shutil.which(words[0], path=environ.get("PATH")) or words[0]
    with subprocess.Popen([program, *words[1:]], env=environ) as child:
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:
                continue


def _restore_signals() -> None:
    """Restore the default actions of signals that Python ignores.

    Otherwise the command would ignore these signals too.
    """
    for name in ("SIGPIPE", "SIGXFZ", "SIGXFSZ"):
        number = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, signal.SIG_DFL)


def _cannot_run(word: str, fault: Exception) -> Diagnostic:
    why = fault.strerror if isinstance(fault, OSError) else "an argument contains a NUL character"
    spaced = " " in word
    hint = "quote each word separately, not all of them together" if spaced else "check the name and the PATH"
    return error(codes.CANNOT_RUN, f"`{printable(word, 80)}` cannot be run: {why}", hint=hint)
