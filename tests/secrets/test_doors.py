"""Nothing goes around the binding: over the syntax tree, where keys are made, revealed, and agreed to."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.secrets.binding import Binding, Bindings, Exposure, Pair, Secret, Unbound, Withheld
from reconciler.secrets.reference import EnvReference
from reconciler.secrets.resolve_key import read_key

ROOM = Path(__file__).parents[2] / "reconciler"

# Who may make a key: what reads a reference, the keychain, and the password of a store; each with a binding in hand.
MAKE_A_KEY = {"secrets/resolve_key.py", "secrets/keychain.py", "state/stores/http/settings.py"}
# Who may see what is in one: what sends it, keeps it, hands it to a tool, and judges whether it is one.
REVEAL = {
    "cli/key_print.py",
    "engine/connect/draft.py",
    "engine/keys/check.py",
    "engine/keys/print_key.py",
    "live/leak_check.py",
    "live/headers.py",
    "live/target.py",
    "secrets/keychain.py",
    "secrets/resolve_key.py",
    "state/stores/http/requests.py",
    "owned/key_rules.py",
    "programs/key.py",
    "tools/environment.py",
}
# Who may say that something is agreed to.
AGREE = {
    "engine/keys/audit.py",
    "engine/keys/print_key.py",
    "engine/stack/open_stack.py",
    "engine/trust/clients.py",
    "engine/trust/run_consents.py",
    "engine/trust/manage.py",
}


def callers(name: str) -> Iterator[str]:
    """Yield the module of every call of something with that last word."""
    for path in ROOM.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text if name in text else "")):  # to parse all of them takes seconds
            if isinstance(node, ast.Call):
                called = node.func
                last = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
                yield from [path.relative_to(ROOM).as_posix()] * (last == name)


@pytest.mark.parametrize(
    ("name", "places"),
    [("Key", MAKE_A_KEY), ("reveal", REVEAL), ("Binding", {"secrets/binding.py"}), ("Bindings", AGREE)],
)
@pytest.mark.large
def test_each_is_called_in_the_named_places_alone(name: str, places: set[str]) -> None:
    assert set(callers(name)) <= places


@pytest.mark.large
def test_the_passwords_of_the_keychain_are_read_through_one_door() -> None:
    assert set(callers("get_password")) == {"secrets/keychain.py"}


SECRET = Secret("env", "K", "K")
PLACE = Exposure(origin="https://llm.example")


def test_a_binding_is_for_the_very_secret_and_is_made_by_a_book_alone() -> None:
    result = Bindings([Pair(SECRET, PLACE)]).of(Pair(SECRET, PLACE))
    assert isinstance(result, Binding)
    assert result.require(SECRET) is SECRET
    for other in (Secret("env", "OTHER", "OTHER"), Secret("file", "K", "K"), Secret("env", "K", "OTHER")):
        with pytest.raises(Unbound):
            result.require(other)
    with pytest.raises(Unbound):
        Binding(Pair(SECRET, PLACE), object())
    with pytest.raises(Unbound):
        read_key(EnvReference("OTHER"), {"OTHER": "v"}, may_run=False, timeout=1, binding=result)
    with pytest.raises(Unbound):
        read_key(EnvReference("K"), {"K": "v"}, may_run=False, timeout=1, binding=None)


@pytest.mark.parametrize(
    "other",
    [
        Exposure(origin="https://llm.example:8443"),
        Exposure(origin="http://llm.example"),
        Exposure(origin="https://llm.example.evil.example"),
        Exposure(origin="https://llm.example", path="/accounts/other"),
        Exposure(origin="https://llm.example", proxy="http://proxy.example:1"),
        Exposure(origin="https://llm.example", ca_file="/ca.pem"),
    ],
)
def test_another_exposure_is_withheld(other: Exposure) -> None:
    assert isinstance(Bindings([Pair(SECRET, PLACE)]).of(Pair(SECRET, other)), Withheld)


def test_to_go_without_the_proxy_and_the_ca_is_nobody_new() -> None:
    agreed = Exposure(origin="https://llm.example", proxy="http://proxy.example:1", ca_file="/ca.pem")
    book = Bindings([Pair(SECRET, agreed)])
    for fewer in (
        PLACE,
        Exposure(origin=PLACE.origin, proxy=agreed.proxy),
        Exposure(origin=PLACE.origin, ca_file=agreed.ca_file),
    ):
        assert isinstance(book.of(Pair(SECRET, fewer)), Binding)
