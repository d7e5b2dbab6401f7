"""The views of this machine: status, keys and tools fit 80 columns and say what is there."""

from __future__ import annotations

from typing import cast

import pytest

from reconciler.address import KEY
from reconciler.clients.report import ToolReport, UsedFile
from reconciler.ledger.handle_rows import Handle
from reconciler.render.formats.text import to_text
from reconciler.render.json.types.state import EndpointStatusDocument, StatusDocument
from reconciler.render.views.machine.clients import clients_document, clients_view
from reconciler.render.views.machine.keys import keys_view
from reconciler.render.views.machine.status import status_view
from reconciler.resources.presence import OwnedRow, Owner, Slot

pytestmark = pytest.mark.pure
AGES = {"2026-11-26T08:00:00Z": "2 hours ago"}
ENDPOINT: EndpointStatusDocument = {
    "name": "litellm",
    "base_url": "https://llm.example",
    "applied": True,
    "key": "env LITELLM_API_KEY",
    "key_condition": "set",
    "models": {"chat": 12, "voice": 1},
    "listed": "2026-11-26T08:00:00Z",
    "live": None,
}
STATUS: StatusDocument = {
    "format_version": "1.1",
    "name": "acme",
    "state": ".gwctl/state.json",
    "source": "state",
    "applied": "2026-11-26T08:00:00Z",
    "endpoints": [ENDPOINT],
    "roles": {"chat": "litellm/gpt-x"},
    "owned": [{"kind": "key", "address": "key.litellm", "since": "2026-11-26"}],
    "compared": "matches",
    "differs": False,
    "changes": [],
    "next": [],
    "diagnostics": [],
}


def status(**fields: object) -> str:
    return to_text(status_view(cast("StatusDocument", {**STATUS, **fields}), AGES), width=80)


def with_endpoint(**fields: object) -> str:
    return status(endpoints=[{**ENDPOINT, **fields}])


def test_one_screen_has_endpoints_roles_what_is_owned_and_that_nothing_is_to_do() -> None:
    shown = status()
    for words in ("acme", "applied here 2 hours ago", "12 chat, 1 voice", "litellm/gpt-x", "key.litellm", "matches"):
        assert words in shown
    assert "\n\nON THIS MACHINE" in shown
    assert shown.endswith("Nothing to do.\n")
    assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"applied": False}, "not applied"),
        ({"key_condition": "missing"}, "(not set)"),
        ({"key": None, "key_condition": "none"}, "none"),
        ({"key": None, "key_condition": "missing"}, "missing"),
        ({"listed": None}, "never here"),
        ({"models": {}}, " 0 "),
        ({"live": {"models": 14, "code": None, "status": "listed"}}, "14 models"),
        ({"live": {"models": None, "code": "INVALID_API_KEY", "status": "unlisted"}}, "INVALID_API_KEY"),
    ],
)
def test_the_condition_of_an_endpoint_is_shown(fields: dict[str, object], words: str) -> None:
    assert words in with_endpoint(**fields)


def test_an_endpoint_that_was_not_asked_beside_one_that_was_says_so() -> None:
    live = {"models": 14, "code": None, "status": "listed"}
    assert "not asked" in status(endpoints=[ENDPOINT, {**ENDPOINT, "live": live}])


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"endpoints": []}, "No endpoints."),
        ({"source": "ledger"}, "as of the last apply on this machine"),
        ({"source": "nothing", "applied": None}, "state: .gwctl/state.json\n"),
        ({"compared": "not applied", "differs": None}, "The gateway file is not applied on this machine."),
        ({"compared": "not known", "differs": None}, "It is not known whether"),
        ({"compared": "differs", "changes": None}, "has changed since the last apply"),
        ({"compared": "differs", "changes": [f"+ model.litellm/{n}" for n in range(7)]}, "and 2 more"),
        ({"compared": "differs", "changes": ["+ endpoint.a"]}, "differs in 1 resource:"),
        ({"next": [{"typed": "gwctl apply", "why": "the file has changed"}]}, "gwctl apply  (the file has changed)"),
    ],
)
def test_what_differs_and_what_to_do_next(fields: dict[str, object], words: str) -> None:
    assert words in status(**fields)


def test_stored_keys_and_handles_are_listed_without_keys_and_fingerprints() -> None:
    owner = Owner(stack="s", lineage="l", address="key.litellm", name="acme", place="state.json")
    row = OwnedRow(
        slot=Slot(KEY, ("gwctl:acme/s", "litellm")),
        fingerprint="quokka-zebra",
        status="present",
        facts={"origin": "env LITELLM_API_KEY"},
        changed="2026-11-26",
        owners=(owner,),
    )
    handles = [
        Handle(handle="litellm@abcdef", stack="s", client="claude-code", endpoint="litellm"),
        Handle(handle="litellm@ghijkl", stack="s", client="codex", endpoint="litellm", used="today", revoked="now"),
    ]
    shown = to_text(keys_view([(row, "kept", "")], handles))
    for words in ("gwctl:acme/s/litellm", "kept", "env LITELLM_API_KEY", "litellm@abcdef", "never", "revoked now"):
        assert words in shown
    assert "quokka" not in shown
    assert to_text(keys_view([])) == "No stored keys.\n"


def test_tools_are_listed_with_the_files_that_gwctl_has_a_part_in() -> None:
    used = UsedFile(client="claude", path="/u/x/.claude/acme.settings.json", gateway="acme")
    here = ToolReport(
        name="claude-code",
        title="Claude Code",
        program="/usr/bin/claude",
        version="2.1.332",
        folder="/u/x/.claude",
        is_found=True,
        keys=("helper", "none"),
        uses=("own", "shared"),
        files=(used,),
    )
    absent = ToolReport(
        name="codex",
        title="Codex",
        program=None,
        version=None,
        folder="/u/x/.codex",
        is_found=False,
        keys=("env",),
        uses=("own",),
    )
    shown = to_text(clients_view([here, absent]))
    for words in ("/usr/bin/claude", "2.1.332", "gwctl key print", "client.claude", "reads a variable", "no"):
        assert words in shown
    document = clients_document([here, absent])
    assert document["tools"][0]["files"] == [{"client": "claude", "path": used.path, "gateway": "acme"}]
    assert not document["tools"][1]["found"]
