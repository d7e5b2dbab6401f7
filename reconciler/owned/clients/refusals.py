"""The plans for a tool's file that gwctl must not overwrite, or overwrites only with the user's consent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reconciler import codes
from reconciler.clients.registry import tool_named
from reconciler.diagnostics import error, note
from reconciler.plan.owned.table import foreign
from reconciler.plan.owned.values import OwnedCase, OwnedPlan, WantedThing
from reconciler.resources.presence import Presence, Present, Unknown
from reconciler.text import printable


def blocked(want: WantedThing, seen: Unknown) -> OwnedPlan:
    """Return a plan that does not touch the file, because the file is a link or cannot be read."""
    code = codes.LINKED_FILE if seen.refused else codes.CLIENT_UNREADABLE
    diagnostic = error(
        code,
        f"{want.address}: {printable(seen.reason, 400)}",
        detail="Nothing was done to the file.",
        hint=seen.hint or "replace the link with a file, or choose another file with `path:`",
        address=want.address,
        source=want.source,
    )
    return OwnedPlan((), (diagnostic,), (want.address,))


def default_taken(case: OwnedCase) -> OwnedPlan:
    """Return a plan that keeps the default model of another gateway file. A tool's file has only one default model."""
    plan = foreign(case)
    hint = f"to keep the other default, write `set_default: never` under clients.{case.want.address.whole.name}"
    return replace(plan, diagnostics=tuple(replace(each, hint=hint) for each in plan.diagnostics))


def own_credential(case: OwnedCase) -> OwnedPlan:
    """Return a plan that does not touch the file, because the file contains the user's own credential."""
    want, facts = case.want, _facts(case.seen)
    diagnostic = error(
        codes.OWN_CREDENTIAL,
        f"The file {printable(str(want.slot), 300)} contains your own credential at {_credential(facts)}",
        detail="gwctl would overwrite the credential. Nothing was done." + _why_it_stays(case, facts),
        hint=_how_to_go_on(case, facts),
        address=want.address,
        source=want.source,
    )
    return OwnedPlan((), (diagnostic,), (want.address,))


def _why_it_stays(case: OwnedCase, facts: Mapping[str, str]) -> str:
    if case.row is not None:
        return " The credential came into the file after gwctl wrote its part."
    if facts.get("no_keychain"):
        return f" The credential cannot move into the keychain: {printable(facts['no_keychain'], 300)}."
    return ""


def _how_to_go_on(case: OwnedCase, facts: Mapping[str, str]) -> str:
    whole, tool = case.want.address.whole, tool_named(case.want.slot.path[0])
    own = f", or give gwctl a separate file: write `file: own` under {whole}" if tool and "own" in tool.uses else ""
    remove = f"remove the credential from the file{own}"
    is_movable = case.row is None and not facts.get("no_keychain")
    return f"to move the credential into the keychain, add `--adopt {whole}`; or {remove}" if is_movable else remove


def moves(case: OwnedCase) -> OwnedPlan:
    """Return the plan that replaces the user's values with gwctl's values.

    The user's credential moves into the keychain.
    """
    want, facts = case.want, _facts(case.seen)
    diagnostic = note(
        codes.CREDENTIAL_MOVES,
        f"{want.address}: your own credential at {_credential(facts)} moves into the keychain",
        detail=f"gwctl puts the credential back into {printable(str(want.slot), 300)} when the client is taken out of "
        "the gateway file, and with `gwctl destroy` or `gwctl leave`.",
        hint="gwctl key list",
        address=want.address,
        source=want.source,
    )
    return OwnedPlan((want.change("create", "config", "adopted"),), (diagnostic,))


def _facts(seen: Presence) -> Mapping[str, str]:
    return seen.facts if isinstance(seen, Present) else {}


def _credential(facts: Mapping[str, str]) -> str:
    return printable(facts.get("credential", ""), 200)
