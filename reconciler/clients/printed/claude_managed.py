"""Claude Code's managed settings: a file for `managed-settings.d/`, which an administrator puts on every machine.

Managed settings win over the files of users and projects. The content of the file was tried with Claude Code 2.1.332
and `--settings`. https://code.claude.com/docs/en/settings
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reconciler.clients import claude_code
from reconciler.clients.fields import FileUse
from reconciler.clients.offer import Offer
from reconciler.clients.tool import Part

_KEYS = ("ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY")


def _parts(offer: Offer, use: FileUse) -> tuple[Part, ...]:
    (part,) = claude_code.TOOL.parts(offer, use)
    return (replace(part, values={(): _without_empty_keys(part.values[()])}),)


def _without_empty_keys(document: dict[str, Any]) -> dict[str, Any]:
    """Return the settings. Without a key command, the settings do not empty the variables for each user's key."""
    if "apiKeyHelper" in document:
        return document
    return {**document, "env": {name: value for name, value in document["env"].items() if name not in _KEYS}}


TOOL = replace(
    claude_code.TOOL,
    name="claude-managed",
    title="Claude Code, managed settings",
    keys=("none", "helper"),
    uses=("own",),
    parts=_parts,
    covers={},
)
