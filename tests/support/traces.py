"""What a command can leave behind in its process. Whoever runs another in it looks at all of this before and after.

Imported modules, and what Python and libraries keep of patterns and types, depend on no command, and are not looked at.
What the caches of gwctl have kept of a command is forgotten.
"""

from __future__ import annotations

import atexit
import dis
import functools
import gc
import locale
import logging
import os
import signal
import sys
import threading
import types
import warnings
import weakref
from collections.abc import Callable, Iterator

import keyring.core

CHOSEN = "PYTHON_KEYRING_BACKEND"
_SIGNALS = sorted(signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP})
_WATCHED = ("reconciler", "keyring", "stamina", "truststore", "filelock", "rich", "click")


def seer() -> Callable[[], object]:
    """Return a function that returns what this process looks like; two results that are equal mean: nothing is left.

    The function empties each cache of gwctl that has another size than now, and forgets a keychain that the environment
    has chosen: the next command of the process has the same choice.
    """
    caches = [(each, each.cache_info().currsize) for each in gc.get_objects() if _is_cache(each)]
    assigned = [(vars(sys.modules[module]), name) for module, name in sorted(_assigned())]
    filled = [each for _, each in sorted(_containers())]

    def traces() -> object:
        for cache, size in caches:
            if cache.cache_info().currsize != size:
                cache.cache_clear()
        gc.enable()
        if CHOSEN in os.environ:
            keyring.core._keyring_backend = None
        return [
            sorted(os.listdir("/proc/self/fd")),  # noqa: PTH208 - called twice for every command
            len(os.listdir("/proc/self/task")),  # noqa: PTH208
            _has_children(),
            [signal.getsignal(number) for number in _SIGNALS],
            signal.pthread_sigmask(signal.SIG_BLOCK, []),
            _umask(),
            locale.setlocale(locale.LC_ALL),
            [sys.excepthook, sys.unraisablehook, threading.excepthook, sys.gettrace(), sys.getprofile()],
            list(sys.path),
            [atexit._ncallbacks(), len(weakref.finalize._registry)],  # type: ignore[attr-defined]
            [list(warnings.filters), warnings.showwarning],
            [list(logging.root.handlers), logging.root.level, logging.root.manager.disable],
            [id(module.get(name)) for module, name in assigned],
            [len(each) for each in filled],
        ]

    return traces


def _assigned() -> set[tuple[str, str]]:
    """Return module and name of each global variable that some function assigns to."""
    return {
        (module, name)
        for module, code in _functions()
        for each in dis.get_instructions(code)
        if each.opname in ("STORE_GLOBAL", "DELETE_GLOBAL")
        for name in [each.argval]
    }


def _functions() -> Iterator[tuple[str, types.CodeType]]:
    codes = [
        (each.__module__, each.__code__)
        for each in gc.get_objects()
        if isinstance(each, types.FunctionType) and _is_watched(each.__module__)
    ]
    while codes:
        module, code = codes.pop()
        yield module, code
        codes += [(module, inner) for inner in code.co_consts if isinstance(inner, types.CodeType)]


def _containers() -> Iterator[tuple[tuple[str, str], dict[object, object] | list[object] | set[object]]]:
    """Return the containers that modules hold, with their names."""
    for module, held in list(sys.modules.items()):
        if _is_watched(module):
            for name, each in list(vars(held).items()):
                if type(each) in (dict, list, set) and not name.startswith("__"):
                    yield (module, name), each


def _is_cache(each: object) -> bool:
    module = getattr(each, "__module__", None)
    return isinstance(each, functools._lru_cache_wrapper) and _is_watched(module)


def _is_watched(module: object) -> bool:
    return isinstance(module, str) and module in sys.modules and module.partition(".")[0] in _WATCHED


def _has_children() -> bool:
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return False
    return True


def _umask() -> int:
    result = os.umask(0o077)
    os.umask(result)
    return result
