"""From gateway files to a Gateway, or to everything that is wrong with them at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

from reconciler.config.build import build
from reconciler.config.check import check
from reconciler.config.gateway import Gateway
from reconciler.config.overlay import lay_over
from reconciler.config.reading import read_text
from reconciler.config.requires import unmet
from reconciler.config.strict_yaml import parse
from reconciler.config.tree import Fields, Scalar
from reconciler.config.variables import Variables
from reconciler.diagnostics import Diagnostic, Source, error, has_errors


@dataclass(frozen=True)
class Loaded:
    """The gateway, None if anything is wrong with it; and all that there is to say."""

    gateway: Gateway | None
    diagnostics: tuple[Diagnostic, ...] = ()


def load(files: Sequence[Path], variables: Mapping[str, str], environ: Mapping[str, str]) -> Loaded:
    """Read, overlay, fill in, check and build; touches nothing but these files."""
    found: list[Diagnostic] = []
    roots = [root for path in files if (root := _root(path, found)) is not None]
    if len(roots) != len(files) or has_errors(found):
        return Loaded(None, _sorted(found))
    known = Variables(variables, environ)
    merged = known.fill(reduce(lay_over, roots))
    if not isinstance(merged, Fields):  # pragma: no cover - a mapping is filled in to a mapping
        return Loaded(None, _sorted(found))
    too_old = unmet(merged)
    if too_old:
        return Loaded(None, (too_old,))
    gateway = build(merged, files[0].parent, said := [*known.found, *check(merged)])
    failed = has_errors(said)
    return Loaded(None if failed else gateway, _sorted(said))


def _root(path: Path, found: list[Diagnostic]) -> Fields | None:
    shown = str(path)
    text = read_text(path, shown)
    if isinstance(text, Diagnostic):
        found.append(text)
        return None
    parsed = parse(text, shown)
    found += parsed.diagnostics
    if isinstance(parsed.root, Fields):
        return parsed.root
    if not parsed.diagnostics:
        found.append(_no_mapping(parsed.root, shown))
    return None


def _no_mapping(root: object, shown: str) -> Diagnostic:
    if root is None or (isinstance(root, Scalar) and root.value is None):
        detail = "An empty gateway file never means: delete everything. Nothing was done."
        return error(
            "EMPTY_FILE", f"{shown} is empty", detail, "write at least version, name and endpoints", None, Source(shown)
        )
    return error("WRONG_KIND", "a gateway file is a mapping", "", "begin with `version: 1`", None, Source(shown, 1, 1))


def _sorted(found: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """By place, each finding once."""
    unique = dict.fromkeys(found)
    return tuple(sorted(unique, key=lambda each: each.source or Source("")))
