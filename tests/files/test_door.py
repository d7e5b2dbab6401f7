"""Every file that gwctl opens, lists, writes or removes passes the doors: nothing in the code goes around them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "reconciler"
DOORS = {"files/read_file.py", "files/atomic_file.py", "files/opened_folder.py", "files/temporary_file.py"}
# What reaches a file by its name, whoever the object is that it is called on.
METHODS = {
    *("read_text", "read_bytes", "write_text", "write_bytes", "iterdir", "glob", "rglob", "walk", "scandir", "listdir"),
    *("unlink", "touch", "mkdir", "makedirs", "rmdir", "removedirs", "symlink_to", "hardlink_to", "chmod", "lchmod"),
    *("chown", "rename", "renames", "rmtree", "mkstemp", "mkdtemp", "NamedTemporaryFile", "TemporaryDirectory"),
    *("truncate", "copyfile", "copytree", "symlink", "mkfifo", "utime", "open_code", "expanduser", "home"),
}
OF_MODULES = {"os": {"open", "replace", "remove", "link"}, "io": {"open"}, "codecs": {"open"}}
MODULES = {"shutil", "tempfile", "fileinput", "mmap", "zipfile", "tarfile", "dbm", "shelve"}
# What a library opens by itself, by a name; `file:what` and why it may.
EXCEPTIONS = {
    "cli/exec.py:shutil": "looks a command up on the PATH (`which`) and opens nothing",
    "engine/hooks/repository.py:shutil": "looks git up on the PATH (`which`) and opens nothing",
    "owned/clients/dotfiles.py:iterdir": "lists the names in chezmoi's own directory and opens nothing",
    "owned/clients/paths.py:shutil": "looks a command up on the PATH (`which`) and opens nothing",
    "owned/clients/paths.py:expanduser": "asks for this user's home and opens nothing",
    "secrets/commands/command_facts.py:shutil": "looks a command up on the PATH (`which`) and opens nothing",
    "installation.py:read_text": "importlib.metadata reads what pip noted of this very installation",
    "live/http/tls.py:load_verify_locations": "OpenSSL opens the CA file by its name, after `check_file`",
    "live/http/tls.py:load_cert_chain": "OpenSSL opens the client certificate by its name, after the same look",
    "state/stores/http/store.py:replace": "replaces a document on a server, no file",
    "state/stores/postgres/connection.py:connect": "psycopg opens a connection; the files of libpq's own are libpq's",
    "state/stores/file/lock.py:FileLock": "filelock opens the lock by its name, after `OwnFile.prepare`",
    "ledger/database.py:connect": "SQLite opens the ledger by its name, after `OwnFile.prepare`",
}
BY_NAME = {"load_verify_locations", "load_cert_chain", "FileLock", "connect"}


def of_paths(call: ast.Call) -> bool:
    """`.open(…)` and `.replace(…)` as a Path has them; a ledger's, a bucket's and text's own are others."""
    attribute = call.func
    assert isinstance(attribute, ast.Attribute)
    if attribute.attr == "open":
        return any(isinstance(each, ast.Constant) and isinstance(each.value, str) for each in call.args)
    return attribute.attr == "replace" and len(call.args) == 1 and not call.keywords


def around(path: Path) -> Iterator[str]:
    """Yield the names in the file that reach other files directly."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = node.module if isinstance(node, ast.ImportFrom) else None
            names = [module or ""] if module else [name.name for name in node.names]
            yield from (name for name in names if name.partition(".")[0] in MODULES)
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name):
            yield from {node.func.id} & ({"open"} | BY_NAME)
        if isinstance(node.func, ast.Attribute):
            name, owner = node.func.attr, node.func.value
            module = owner.id if isinstance(owner, ast.Name) else ""
            known = name in METHODS | BY_NAME or name in OF_MODULES.get(module, ())
            if known or (name in ("open", "replace") and of_paths(node)):
                yield name


def used_in(root: Path) -> set[str]:
    """Every place that goes around the doors."""
    paths = (path for path in sorted(root.rglob("*.py")) if str(path.relative_to(root)) not in DOORS)
    return {f"{path.relative_to(root).as_posix()}:{name}" for path in paths for name in around(path)}


def test_nothing_goes_around_the_doors() -> None:
    assert used_in(ROOT) == set(EXCEPTIONS)


@pytest.mark.parametrize(
    "line",
    [
        "open('x')",
        "Path('x').open('rb')",
        "path.read_text()",
        "path.write_bytes(b'')",
        "os.open('x', 0)",
        "os.replace('a', 'b')",
        "path.replace(other)",
        "path.rename(other)",
        "path.unlink(missing_ok=True)",
        "os.remove('x')",
        "import shutil",
        "from shutil import rmtree",
        "import tempfile",
        "path.touch()",
        "path.mkdir()",
        "list(path.glob('*'))",
        "os.listdir('.')",
        "os.scandir('.')",
        "os.path.expanduser('~/x')",
        "sqlite3.connect('x')",
        "context.load_cert_chain('x')",
        "io.open('x')",
    ],
)
def test_each_way_around_is_seen(tmp_path: Path, line: str) -> None:
    (tmp_path / "other.py").write_text(line + "\n", encoding="utf-8")
    assert used_in(tmp_path)
