"""The check of `requires`, the versions of gwctl that may read the file."""

from __future__ import annotations

from reconciler import __version__, codes
from reconciler.diagnostics import Diagnostic, error
from reconciler.installation import upgrade_hint
from reconciler.yaml.tree import MappingNode, Scalar


def unmet(root: MappingNode) -> Diagnostic | None:
    """Return the error if this version of gwctl does not fit `requires`. If this version fits, return None.

    gwctl checks `requires` before the schema. Otherwise the schema would report the fields of a later version as
    unknown.
    """
    node = root.nodes.get("requires")
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        return None
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        wanted = SpecifierSet(node.value)
    except InvalidSpecifier:
        hint = 'as in ">=0.1" or ">=0.1,<2"'
        return error(codes.BAD_VALUE, "`requires` is not a version specifier", hint=hint, source=node.source)
    if wanted.contains(__version__, prereleases=True):
        return None
    summary = f"the file requires gwctl {wanted}, but this is gwctl {__version__}"
    return error(
        codes.GWCTL_NOT_SUITABLE,
        summary,
        detail="The file may contain fields that this version does not have.",
        hint=upgrade_hint(),
        source=node.source,
    )
