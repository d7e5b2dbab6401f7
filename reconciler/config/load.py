"""Loading gateway files into a `Gateway`. gwctl reports all faults in the files at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from pathlib import Path

from reconciler import codes
from reconciler.config.build.gateway import build, digest_of
from reconciler.config.checks.literals import without_credentials
from reconciler.config.checks.local import about_local, about_scopes
from reconciler.config.checks.requires import unmet
from reconciler.config.checks.validate import check
from reconciler.config.gateway import Gateway
from reconciler.config.overlay import lay_over
from reconciler.config.read_file import decoded, read_text
from reconciler.config.variables import Variables
from reconciler.diagnostics import Diagnosing, Diagnostic, Source, collect, error, has_errors
from reconciler.files.piped import descriptor_of, shown_as
from reconciler.text import printable
from reconciler.values import dataclass
from reconciler.yaml.parse import parse
from reconciler.yaml.tree import MappingNode, Scalar, plain, without_own

_NO_DRAFTS: Mapping[Path, bytes] = {}
_Read = Callable[[Path, str], str | Diagnostic]


@dataclass(frozen=True)
class LoadedGateway:
    """The gateway and all diagnostics about the gateway files. If the files have an error, `gateway` is None."""

    gateway: Gateway | None
    diagnostics: tuple[Diagnostic, ...] = ()


def load(
    files: Sequence[Path],
    variables: Mapping[str, str],
    environ: Mapping[str, str],
    *,
    drafts: Mapping[Path, bytes] = _NO_DRAFTS,
    local: Path | None = None,
) -> LoadedGateway:
    """Read the files, merge them, fill in the variables, check the result, and build the gateway.

    No other file is read. `drafts` contains the content of files that are not saved yet. `local` is merged last.
    `local` may add only endpoints and clients of this machine.
    """
    names = [*map(shown_path, files), *([shown_path(local)] if local else [])]
    texts: dict[str, str] = {}
    loaded = _loaded(files, names, Variables(variables, environ), local, _reader(drafts, texts))
    if not loaded.diagnostics:
        return loaded
    from reconciler.config.excerpts import with_excerpts

    return replace(loaded, diagnostics=with_excerpts(_sorted(loaded.diagnostics, names), texts))


def _loaded(
    files: Sequence[Path], names: Sequence[str], known: Variables, local: Path | None, read: _Read
) -> LoadedGateway:
    merged, diagnostics = collect(_merged(files, names, read))
    if merged is None:
        return LoadedGateway(None, diagnostics)
    above, more = collect(_root(local, names[-1], read) if local else _nothing())
    diagnostics += more
    whole, more = collect(_with_local(merged, above)) if above else (merged, ())
    diagnostics += more
    merged = known.fill(whole)
    diagnostics += tuple(known.diagnostics)
    sources = {diagnostic.source for diagnostic in diagnostics}
    gateway, more = collect(_checked(merged, directory_of(files[0]), sources))
    if above and gateway:
        more += collect(about_scopes(above, gateway))[1]
    diagnostics = tuple(map(known.as_written, [*diagnostics, *more]))
    if has_errors(diagnostics):
        return LoadedGateway(None, diagnostics)
    return LoadedGateway(gateway, (*diagnostics, *known.unused()))


def _reader(drafts: Mapping[Path, bytes], texts: dict[str, str]) -> _Read:
    """Return a function that reads a file and keeps the text in `texts`.

    The key in `texts` is the name of the file in messages.
    """

    def read(path: Path, shown: str) -> str | Diagnostic:
        draft = drafts.get(path)
        text = read_text(path, shown) if draft is None else decoded(draft, shown)
        if isinstance(text, str):
            texts[shown] = text
        return text

    return read


def _merged(files: Sequence[Path], names: Sequence[str], read: _Read) -> Diagnosing[MappingNode | None]:
    """Return the first file, merged with the other files. If a file cannot be read, return None."""
    roots: list[MappingNode] = []
    for path, name in zip(files, names, strict=False):
        root = yield from _root(path, name, read)
        roots += [root] if root is not None else []
    if len(roots) != len(files):
        return None
    merged = roots[0]
    for above in roots[1:]:
        merged = yield from lay_over(merged, above)
    return merged


def _nothing() -> Diagnosing[MappingNode | None]:
    yield from ()
    return None


def _with_local(below: MappingNode, above: MappingNode) -> Diagnosing[MappingNode]:
    yield from about_local(above, below)
    return (yield from lay_over(below, above))


def _checked(merged: MappingNode, directory: Path, sources: Set[Source | None]) -> Diagnosing[Gateway | None]:
    """Return the gateway. If the file requires another version of gwctl, return None.

    `sources` contains the positions that already have a diagnostic. These positions get no further diagnostics.
    """
    unsuitable = unmet(merged)
    if unsuitable and unsuitable.code == codes.GWCTL_NOT_SUITABLE:
        yield unsuitable
        return None
    faults, digest = _of_data(merged)
    gateway, diagnostics = collect(build(merged, digest, directory))
    known = [unsuitable] if unsuitable else []
    judged = without_credentials(merged, [*known, *faults, *diagnostics])
    yield from (diagnostic for diagnostic in judged if diagnostic.source not in sources)
    return gateway


def _of_data(merged: MappingNode) -> tuple[list[Diagnostic], str]:
    """Return the faults and the digest of the file. The plain data is gone before the gateway is built."""
    data = plain(without_own(merged))
    return check(merged, data), digest_of(data)


def directory_of(path: Path) -> Path:
    """Return the directory where the relative paths of a gateway file start.

    For a piped file, this is the working directory.
    """
    return path.parent if descriptor_of(path) is None else Path()


def shown_path(path: Path) -> str:
    """Return the path as a user would type it. A path below the working directory becomes relative."""
    descriptor = descriptor_of(path)
    if descriptor is not None:
        return shown_as(descriptor)
    try:
        return str(path.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def _root(path: Path, shown: str, read: _Read) -> Diagnosing[MappingNode | None]:
    text = read(path, shown)
    if isinstance(text, Diagnostic):
        yield text
        return None
    parsed = parse(text, shown)
    yield from parsed.diagnostics
    if isinstance(parsed.root, MappingNode):
        return parsed.root
    if not parsed.diagnostics:
        yield _no_mapping(parsed.root, shown)
    return None


def _no_mapping(root: object, shown: str) -> Diagnostic:
    if root is None or (isinstance(root, Scalar) and root.value is None):
        detail = "Nothing was changed."
        return error(
            codes.EMPTY_FILE,
            f"{printable(shown)} is empty",
            detail=detail,
            hint="write at least version, name and endpoints",
            address=None,
            source=Source(shown),
        )
    return error(
        codes.WRONG_KIND,
        "a gateway file is a mapping",
        hint="start with `version: 1`",
        address=None,
        source=Source(shown, 1, 1),
    )


def _sorted(diagnostics: Sequence[Diagnostic], files: Sequence[str]) -> tuple[Diagnostic, ...]:
    """Return the diagnostics without duplicates. They are sorted by file, line and column."""

    def rank(diagnostic: Diagnostic) -> tuple[int, int, int, str]:
        at = diagnostic.source or Source("")
        return (files.index(at.file) if at.file in files else len(files), at.line, at.column, diagnostic.code)

    return tuple(sorted(dict.fromkeys(diagnostics), key=rank))
