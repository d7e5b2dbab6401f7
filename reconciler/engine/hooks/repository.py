"""The git repository of a gateway file, and the text of gwctl's hook in it."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from reconciler import codes
from reconciler.diagnostics import error
from reconciler.engine.options import Options
from reconciler.errors import Failed
from reconciler.files.piped import descriptor_of
from reconciler.secrets.commands.helper_command import INSTALL, why_replaceable
from reconciler.store_url import is_remote, path_of
from reconciler.text import printable, sentence
from reconciler.values import dataclass

NAMES = ("post-merge", "post-checkout", "post-rewrite")  # pull and merge; checkout and switch; rebase and amend
_WAIT = 20  # seconds
_ANSWERS = 3  # lines of git
_OWN = ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE")  # would name another repository
_TEXT = """\
#!/bin/sh
# gwctl wrote this file for {file}. It prints what `gwctl status --line` says, and never stops git.
# To remove it: gwctl hook remove
python={python}
if [ -x "$python" ]; then
  "$python" {words} </dev/null || :
else
  echo "gwctl: $python does not exist any more. Next: gwctl hook install" >&2
fi
exit 0
"""


@dataclass(frozen=True)
class Repository:
    """A git repository. `top` is the directory where git runs hooks. `hooks` is the directory with the hooks."""

    top: Path
    hooks: Path


def repository_of(options: Options) -> Repository:
    """Return the repository of the gateway file. Raise `Failed` if gwctl must not install a hook in the repository."""
    if descriptor_of(options.files[0]) is not None:
        raise refused("A hook needs a gateway file with a path", "gwctl hook install -f FILE")
    folder = Path(os.path.realpath(options.files[0])).parent
    top, common, hooks = _asked(folder, options.environ)
    if not Path(os.path.realpath(hooks)).is_relative_to(os.path.realpath(common)):
        raise refused(
            f"git runs the hooks in {printable(hooks, 300)}, which is not in {printable(common, 300)}",
            f"add this line to your hooks {', '.join(NAMES)}: {line_of(options, Path(top))}",
            "A `git pull` could change such a hook, or other repositories could run it (core.hooksPath).",
        )
    return Repository(Path(top), Path(os.path.realpath(hooks)))


def hook_text(options: Options, top: Path) -> str:
    """Return the hook, which runs this gwctl. Raise `Failed` if a `git pull` could replace this gwctl."""
    why = why_replaceable()
    if why:
        raise refused(f"A hook cannot run this gwctl: {why}", INSTALL)
    file = printable(str(_from_top(options.files[0], top)), 200)
    words = shlex.join(["-I", "-m", "reconciler", *_words(options, top)])
    return _TEXT.format(file=file, python=shlex.quote(sys.executable), words=words)


def line_of(options: Options, top: Path) -> str:
    """Return the line that the user can add to a hook that gwctl does not write."""
    return f"{shlex.join([sys.executable, '-I', '-m', 'reconciler', *_words(options, top)])} || :"


def refused(summary: str, hint: str, why: str = "") -> Failed:
    """Return the exception that says why no hook is installed."""
    return Failed(error(codes.HOOK_REFUSED, summary, detail=f"{why} Nothing was done.".strip(), hint=hint))


def _words(options: Options, top: Path) -> list[str]:
    """Return the hook's command. Paths in the work tree are relative to its top directory, where git runs the hook."""
    files = [str(_from_top(path, top)) for path in options.files]
    words = ["status", "--line", *(word for file in files for word in ("-f", file))]
    if options.state is None:
        return words
    state = options.state if is_remote(options.state) else os.path.realpath(path_of(options.state))
    return [*words, "--state", state]


def _from_top(path: Path, top: Path) -> Path:
    whole = Path(os.path.realpath(path))
    return whole.relative_to(os.path.realpath(top)) if whole.is_relative_to(os.path.realpath(top)) else whole


def _asked(folder: Path, environ: Mapping[str, str]) -> tuple[str, str, str]:
    """Return the top directory, git's own directory and the directory of the hooks, as git reports them."""
    places = [place for place in environ.get("PATH", os.defpath).split(os.pathsep) if Path(place).is_absolute()]
    git = shutil.which("git", path=os.pathsep.join(places))
    if git is None:
        raise refused("git was not found", "install git, or add its directory to PATH")
    words = ["rev-parse", "--path-format=absolute", "--show-toplevel", "--git-common-dir", "--git-path", "hooks"]
    own = {name: value for name, value in environ.items() if name not in _OWN}
    try:
        done = subprocess.run(
            [git, *words],
            cwd=folder,
            env=own,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_WAIT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        raise refused(f"git failed in {printable(str(folder), 300)}", "git rev-parse --show-toplevel") from None
    lines = os.fsdecode(done.stdout).splitlines()
    if done.returncode or len(lines) != _ANSWERS:
        raise refused(
            f"{printable(str(folder), 300)} is not in a work tree of git: {sentence(os.fsdecode(done.stderr), 200)}",
            "run the command for a gateway file in a clone",
        )
    return lines[0], lines[1], lines[2]
