"""Most tests run gwctl in a fork that has imported everything. This test finds modules that rely on that."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

# The libraries are imported first, once; of gwctl each fork imports one module, and what that imports.
SCRIPT = """
import gc, os, pkgutil, sys
import annotated_types, click, deepdiff, httpx, keyring, pydantic.dataclasses, pydantic.types, rich, stamina
import truststore, yaml
import reconciler
names = [each.name for each in pkgutil.walk_packages(reconciler.__path__, "reconciler.", onerror=print)]
gc.freeze()
gc.disable()
for name in names:
    for loaded in [each for each in sys.modules if each.startswith("reconciler")]:
        del sys.modules[loaded]
    child = os.fork()
    if child == 0:
        code = 1
        try:
            __import__(name) if name != "reconciler.__main__" else None
            code = 0
        except ModuleNotFoundError as fault:
            code = 0 if (fault.name or "").partition(".")[0] in ("obstore", "psycopg") else 1
        finally:
            os._exit(code)
    if os.waitpid(child, 0)[1]:
        print("cannot be imported first:", name)
print(len(names), "modules")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks: POSIX only")
def test_every_module_can_be_the_first_that_is_imported() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    assert [line for line in lines if not line.endswith(" modules")] == [], done.stderr
    assert int(lines[-1].split()[0]) > 100
