"""The facts that are recorded with a consent to run a key command. If any fact changes, gwctl asks again."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from reconciler.files.fault import FileFault
from reconciler.files.read_file import from_home, is_file, is_folder, read_file
from reconciler.files.working_tree import working_tree_of
from reconciler.secrets.reference import CommandReference
from reconciler.values import dataclass

_LARGEST = 64 * 1024 * 1024  # bytes of one file
_UNKNOWN = ""  # replaces a digest if the file cannot be read, so a change cannot be ruled out

# Programs that execute the content of a file with a fixed name, without the name on the command line.
_RUNNERS: Mapping[str, tuple[str, ...]] = {
    "make": ("GNUmakefile", "makefile", "Makefile"),
    "just": ("justfile", ".justfile", "Justfile"),
    "task": ("Taskfile.yml", "Taskfile.yaml", "taskfile.yml", "taskfile.yaml"),
    "rake": ("Rakefile", "rakefile"),
    "npm": ("package.json",),
    "npx": ("package.json",),
    "pnpm": ("package.json",),
    "yarn": ("package.json", ".yarnrc.yml"),
    "bun": ("package.json",),
    "deno": ("deno.json", "deno.jsonc"),
    "uv": ("pyproject.toml", "uv.toml"),
    "poetry": ("pyproject.toml",),
    "hatch": ("pyproject.toml",),
    "pdm": ("pyproject.toml",),
    "mise": ("mise.toml", ".mise.toml", ".tool-versions"),
    "direnv": (".envrc",),
    "docker": ("compose.yaml", "compose.yml", "docker-compose.yml", "Dockerfile"),
    "cargo": ("Cargo.toml", "build.rs", ".cargo/config.toml"),
    "go": ("go.mod", "main.go"),
    "nix": ("flake.nix",),
}


@dataclass(frozen=True)
class CommandFacts:
    """The facts about a command, its program and its files at one moment.

    `program` is the absolute path of the program that the first word names. `files` has (path, SHA-256) of each file in
    the working tree that the command names, or that its program usually runs.
    """

    argv: tuple[str, ...]
    directory: str
    program: str
    files: tuple[tuple[str, str], ...] = ()

    @property
    def digest(self) -> str:
        """The identity of the command. It does not depend on the content of files."""
        return command_digest(CommandReference(self.argv, self.directory))

    def as_text(self) -> str:
        """Return the facts as JSON, for the ledger."""
        return json.dumps({"program": self.program, "files": dict(self.files)}, sort_keys=True)

    def change_since(self, agreed: str) -> str:
        """Return the changes since the consent, in words. Return "" if there are no changes.

        `agreed` is the text that `as_text` returned for the consent.
        """
        then, now = _read(agreed), dict(self.files)
        if str(_at(Path(self.directory), then["program"])) != self.program:
            return f"the program was {then['program']} and is now {self.program}"
        other = [
            name for name in sorted({*now, *then["files"]}) if not now.get(name) or now[name] != then["files"].get(name)
        ]
        return f"{', '.join(other)} changed since" if other else ""


def command_digest(reference: CommandReference) -> str:
    """Return the identity of a command: a digest of the command's words and its working directory."""
    words = [str(Path(reference.directory).resolve()), *reference.argv]
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()


def agreed_program(agreed: str, directory: str) -> str:
    """Return the absolute path of the program in a consent.

    `agreed` is the text that `as_text` returned for the consent, or "" if there is no consent.
    """
    return str(_at(Path(directory), _read(agreed)["program"])) if agreed else ""


def facts_of(reference: CommandReference, environ: Mapping[str, str]) -> CommandFacts | None:
    """Return the present facts about the command. Return None if the command's program cannot be found."""
    directory = Path(reference.directory).resolve()
    program = _program(reference.argv[0], directory, environ)
    if program is None:
        return None
    tree = working_tree_of(directory) or directory
    named = {path for path in (program, *_named(reference.argv, directory)) if path.is_relative_to(tree)}
    files = sorted((path.relative_to(tree).as_posix(), _digest(path)) for path in named)
    return CommandFacts(reference.argv, str(directory), str(program), tuple(files))


def _program(word: str, directory: Path, environ: Mapping[str, str]) -> Path | None:
    """Return the program file that would run. A relative path starts at `directory`, where the command runs."""
    if os.path.dirname(word):  # noqa: PTH120 - also of ./word, which a Path shortens
        path = _at(directory, word)
        return path if is_file(path) else None
    places = (str(_at(directory, folder)) for folder in environ.get("PATH", os.defpath).split(os.pathsep))
    import shutil  # which loads modules for archives

    which = shutil.which(word, path=os.pathsep.join(places))
    return Path(which) if which else None


def _named(argv: Sequence[str], directory: Path) -> Iterator[Path]:
    """Yield the files that the words of a command name, also inside shell code.

    If the program is in `_RUNNERS`, also yield the files that the program runs by default.
    """
    words = [part for word in argv for part in _parts(word)]
    paths, runs = list(_paths(words, directory)), list(_runs(words))
    folders = (directory, *(path for path in paths if is_folder(path)))
    unnamed = (folder / name for folder in folders for name in runs)
    yield from (path for path in (*paths, *unnamed) if is_file(path))


def _runs(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        yield from _RUNNERS.get(Path(word).name, ())
    for before, word in pairwise(words):
        if before == "-m":  # python -m MODULE
            module = word.replace(".", "/")
            yield from (f"{module}.py", f"{module}/__init__.py", f"{module}/__main__.py")
    yield "__main__.py"


def _paths(words: Sequence[str], directory: Path) -> Iterator[Path]:
    for word in words:
        texts = {word, word.partition("=")[2], word.lstrip("-@<>")}
        yield from (_at(directory, text) for text in texts if text and "\0" not in text)


def _parts(word: str) -> list[str]:
    """Return the word, and the words into which a shell would split the word."""
    try:
        return [word, *shlex.shlex(word, posix=True, punctuation_chars=True)]
    except ValueError:
        return [word, *word.split()]


def _at(directory: Path, text: str) -> Path:
    """Return the path below the directory, with `~` and `..` resolved. Links are not followed."""
    return Path(os.path.normpath(directory / from_home(text)))


def _read(text: str) -> dict[str, Any]:
    """Return the facts from the ledger's JSON. If the JSON is not valid, return facts that match no command."""
    try:
        document = json.loads(text)
        good = isinstance(document["program"], str) and isinstance(document["files"], dict)
    except (ValueError, TypeError, KeyError, RecursionError):
        good = False
    return document if good else {"program": "unknown", "files": {}}


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(read_file(path, _LARGEST)).hexdigest()
    except (FileFault, OSError):
        return _UNKNOWN
