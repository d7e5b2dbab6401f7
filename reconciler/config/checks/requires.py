"""`requires`: which versions of gwctl may read the file."""

from __future__ import annotations

from reconciler import __version__, codes
from reconciler.diagnostics import Diagnostic, error
from reconciler.installation import upgrade_hint
from reconciler.yaml.tree import MappingNode, Scalar


def unmet(root: MappingNode) -> Diagnostic | None:
    """Return the unmet `requires`, checked before all else, since a later version's fields would be unknown."""
    node = root.nodes.get("requires")
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        return None
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        wanted = SpecifierSet(node.value)
    except InvalidSpecifier:
        hint = 'write it as in ">=0.1" or ">=0.1,<2"'
        return error(codes.BAD_VALUE, "`requires` is not a version specifier", hint=hint, source=node.source)
    if wanted.contains(__version__, prereleases=True):
        return None
    summary = f"the file requires gwctl {wanted}, but this is gwctl {__version__}"
    return error(
        codes.GWCTL_NOT_SUITABLE,
        summary,
        detail="It may contain fields that this version does not know.",
        hint=upgrade_hint(),
        source=node.source,
    )
