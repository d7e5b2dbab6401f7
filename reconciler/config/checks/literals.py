"""The search for credentials that a gateway file contains as text. The references `${…}` are already replaced."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from reconciler import codes
from reconciler.diagnostics import Diagnostic, error
from reconciler.presets.load import key_prefixes, plain_headers
from reconciler.secrets.literal import Known, credentials
from reconciler.store_url import SCHEMES, scheme_of
from reconciler.yaml.tree import MappingNode, Node, Scalar, SequenceNode, texts

_HINT = "replace the credential with a reference, such as `key: {env: NAME}`; rotate the key if anyone else has seen it"

_QUOTES_NOTHING = (codes.BAD_KEY, codes.BAD_PROXY, codes.BAD_URL, codes.LITERAL_KEY, codes.LITERAL_PASSWORD)


@cache
def known() -> Known:
    """Return the key prefixes in the built-in presets, and the names of headers that contain no credential."""
    return Known(frozenset(key_prefixes()), plain_headers())


def without_credentials(root: MappingNode, diagnostics: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Return the diagnostics, and an error for each value that is a credential.

    The error replaces all other diagnostics at the same position, because these diagnostics might quote the credential.
    """
    sources = {diagnostic.source for diagnostic in diagnostics if diagnostic.code in _QUOTES_NOTHING}
    more = {diagnostic.source: diagnostic for diagnostic in _credentials(root) if diagnostic.source not in sources}
    return [diagnostic for diagnostic in diagnostics if diagnostic.source not in more] + list(more.values())


def _credentials(root: MappingNode) -> Iterator[Diagnostic]:
    """Yield an error for each credential in the file.

    Credentials in headers and in the URL of the state are found when these values are built.
    """
    reasons = credentials(texts(root), known())
    for path, node in _scalars(root) if reasons else ():
        why = reasons.get(node.value)
        if why and not _is_judged(path, node):
            summary = f"`{path[-1] if path else ''}` contains a credential: use a reference instead"
            yield error(
                codes.LITERAL_KEY,
                summary,
                detail=f"The value looks like a credential: {why}.",
                hint=_HINT,
                source=node.source,
            )


def _is_judged(path: tuple[str, ...], node: Scalar) -> bool:
    """Return whether the value is checked where it is built: in a header, or as the URL of the state."""
    if path == ("state",):
        return scheme_of(str(node.value)) in SCHEMES
    return path[:1] in (("endpoints",), ("presets",)) and path[2:3] == ("headers",) and len(path) == 4


def _scalars(root: MappingNode) -> Iterator[tuple[tuple[str, ...], Scalar]]:
    """Yield each scalar in the file, with its path of field names, in file order."""
    waiting: list[tuple[tuple[str, ...], Node]] = [((), root)]
    while waiting:
        path, node = waiting.pop()
        if isinstance(node, MappingNode):
            waiting += [((*path, name), child) for name, child in reversed(node.nodes.items())]
        elif isinstance(node, SequenceNode):
            waiting += [(path, child) for child in reversed(node.nodes)]
        else:
            yield path, node
