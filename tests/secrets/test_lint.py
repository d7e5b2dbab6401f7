"""The faults of a key are named, never shown; and nobody with a working key is stopped."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.presets.load import key_prefixes, load, load_all
from reconciler.secrets.key import Key
from reconciler.secrets.lint import KeyUse, faults_of
from reconciler.secrets.reference import EnvReference, FileReference
from reconciler.secrets.resolve_key import read_key
from tests.support.bindings import agreed

VENDORS = key_prefixes()
OPENAI = KeyUse(
    scheme="Bearer", vendors_own=True, required=True, own=frozenset(load("openai").key_prefixes), vendors=VENDORS
)
ANTHROPIC = KeyUse(
    scheme="", vendors_own=True, required=True, own=frozenset(load("anthropic").key_prefixes), vendors=VENDORS
)
GATEWAY = KeyUse(scheme="Bearer", vendors_own=False, required=False, own=frozenset(), vendors=VENDORS)
OWN = KeyUse(scheme="", vendors_own=False, required=True, own=frozenset(), vendors=VENDORS)
LONG = "a1B2c3D4e5F6g7H8i9J0"


def names(value: str, use: KeyUse, padded: bool = False) -> dict[str, str]:
    return {fault.name: fault.severity for fault in faults_of(value, padded, use)}


NEVER = {
    "unexpanded": [
        "${OPENAI_API_KEY}",
        "$OPENAI_API_KEY",
        "%OPENAI_API_KEY%",
        "os.environ/OPENAI_API_KEY",
        "$(cat k)",
        "{{ secrets.KEY }}",
        "{env:KEY}",
        "op://team/litellm/key",
        "<key>",
        "<your-api-key>",
        '"${KEY}"',
        "Bearer $KEY",
    ],
    "masked": ["***", "sk-***", "********", "...", "sk-...a1b2", "sk-proj-****a1b2"],
    "two-keys": [
        f"sk-{LONG}sk-{LONG[::-1]}",
        f"sk-{LONG} sk-{LONG[::-1]}",
        f"sk-proj-{LONG}-_sk-proj-{LONG}__",
        f"gsk_{LONG},gsk_{LONG}",
        f"sk-{LONG}_sk-{LONG}_",
        f"sk-ant-{LONG};AIza{LONG}",
    ],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, all_of in NEVER.items() for value in all_of])
@pytest.mark.parametrize("use", [OPENAI, GATEWAY, OWN], ids=["openai", "gateway", "own"])
def test_what_no_server_takes_is_sent_to_none(name: str, value: str, use: KeyUse) -> None:
    """A placeholder written back as the key: Listenarr PR#994; two keys seen as "connection error": untether#594."""
    (result,) = faults_of(value, False, use)
    assert (result.name, result.severity, result.is_unsendable) == (name, "error", True)


@pytest.mark.parametrize(
    "value",
    [
        "your-api-key",
        "YOUR_API_KEY_HERE",
        "sk-your-key-here",
        "changeme",
        "change-me",
        "xxx",
        "sk-xxxxxxxx",
        "api-key",
        "<your key>"[1:-1],
        "insert-your-openai-api-key",
        "placeholder",
        "REDACTED",
        "replace_me",
    ],
)
def test_a_placeholder_is_never_sent(value: str) -> None:
    """An optional key counts as missing: many write a placeholder where a client insists on a value."""
    (required,) = faults_of(value, False, OPENAI)
    (optional,) = faults_of(value, False, GATEWAY)
    assert (required.name, required.severity, required.is_unsendable) == ("placeholder", "error", True)
    assert (optional.name, optional.severity, optional.is_unsendable) == ("placeholder", "warning", True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("quotes", f'"sk-{LONG}"'),
        ("quotes", f"'sk-{LONG}'"),
        ("quotes", f"`sk-{LONG}`"),
        ("scheme", f"Bearer sk-{LONG}"),
        ("scheme", f"bearer  sk-{LONG}"),
        ("assignment", f"OPENAI_API_KEY=sk-{LONG}"),
        ("assignment", f"export OPENAI_API_KEY=sk-{LONG}"),
        ("inner-space", f"sk-{LONG} {LONG}"),
        ("other-vendor", f"sk-ant-api03-{LONG}"),
        ("other-vendor", f"sk-or-v1-{LONG}"),
        ("other-vendor", f"AIza{LONG}"),
    ],
)
def test_what_a_vendor_never_takes_stops_there_and_elsewhere_is_only_said(name: str, value: str) -> None:
    """Somebody's own server may take any key at all: its answer decides."""
    (strict,), (lenient,) = faults_of(value, False, OPENAI), faults_of(value, False, GATEWAY)
    assert (strict.name, strict.severity, strict.is_unsendable) == (name, "error", True)
    assert (lenient.name, lenient.severity, lenient.is_unsendable) == (name, "warning", False)


def test_all_that_is_wrong_is_said_at_once() -> None:
    assert names(f'"Bearer sk-ant-{LONG}"', OPENAI, True).keys() == {"quotes", "scheme", "other-vendor", "space"}


def test_the_vendor_is_named() -> None:
    (result,) = faults_of(f"sk-ant-api03-{LONG}", False, OPENAI)
    assert result.what.endswith("a key of Anthropic")


@pytest.mark.parametrize("use", [OPENAI, ANTHROPIC, GATEWAY, OWN], ids=["openai", "anthropic", "gateway", "own"])
@pytest.mark.parametrize(
    "value",
    [
        "a",
        "sk-1234",
        "EMPTY",
        "none",
        "dummy",
        "not-needed",
        "lm-studio",
        "ollama",
        "sk-no-key-required",
        "0" * 64,
        f"sk-{LONG}",
        f"sess-{LONG}",
        "eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.c2ln",
        "00000000-0000-0000-0000-000000000000",
        "abc=",
        "QUJD==",
        "a,b",
        "my-team-key",
        "pass.word",
        "$ecret",
        "p<a>s",
        "KEYS=",
        f"sk-{LONG}-sk-{LONG[:5]}",
    ],
)
def test_keys_that_work_somewhere_are_left_alone(value: str, use: KeyUse) -> None:
    assert names(value, use) == {}


def test_a_header_without_a_scheme_may_have_one_in_its_key() -> None:
    assert names(f"Bearer {LONG}", OWN) == names(f"Basic {LONG}", OWN) == {}
    assert names(f"Bearer {LONG}", ANTHROPIC) == {"scheme": "error"}
    assert names(f"Token {LONG}", KeyUse(scheme="Token", vendors_own=False, required=True)) == {"scheme": "warning"}


@pytest.mark.parametrize("preset", [preset for preset in load_all() if preset.key_prefixes], ids=lambda found: found.id)
def test_a_vendor_takes_its_own_prefixes(preset) -> None:
    use = KeyUse(
        scheme=preset.auth.scheme, vendors_own=True, required=True, own=frozenset(preset.key_prefixes), vendors=VENDORS
    )
    for prefix in preset.key_prefixes:
        assert names(prefix + LONG, use) == {}


def test_space_around_a_key_is_told_apart_from_the_end_of_a_line(tmp_path) -> None:
    def read(value: str) -> Key:
        key = read_key(EnvReference("K"), {"K": value}, may_run=False, timeout=1, binding=agreed(EnvReference("K")))
        assert isinstance(key, Key)
        return key

    assert [read(value).padded for value in ("k", "k\n", "k\r\n", " k", "k ", "k\n\n", "\tk\n")] == [False] * 3 + [
        True
    ] * 4
    (tmp_path / "key").write_text("k\n")
    reference = FileReference("key", str(tmp_path / "key"))
    key = read_key(reference, {}, may_run=False, timeout=1, binding=agreed(reference))
    assert isinstance(key, Key)
    assert not key.padded
    assert names("k", GATEWAY, True) == {"space": "note"}


# No letters that the words themselves are made of in a row of six: digits, capitals and signs.
CODES = st.text(string.digits + "QWXZJ_-\"' ${}<>*.=,", min_size=6, max_size=60)


@given(prefix=st.sampled_from(["", *VENDORS]), rest=CODES, use=st.sampled_from([OPENAI, ANTHROPIC, GATEWAY, OWN]))
def test_no_part_of_a_key_is_in_any_word(prefix: str, rest: str, use: KeyUse) -> None:
    value = prefix + rest
    for fault in faults_of(value, True, use):
        text = f"{fault.name} {fault.what} {fault.hint}"
        assert not any(value[at : at + 6] in text for at in range(len(value) - 5))


@given(value=st.text(min_size=1), padded=st.booleans(), use=st.sampled_from([OPENAI, ANTHROPIC, GATEWAY, OWN]))
def test_any_text_at_all_is_judged(value: str, padded: bool, use: KeyUse) -> None:
    for fault in faults_of(value, padded, use):
        assert fault.severity in ("error", "warning", "note")
        assert fault.is_unsendable or fault.severity != "error"


@given(value=st.text(string.ascii_letters + string.digits + "-_", min_size=20, max_size=200))
def test_a_key_of_random_characters_is_never_stopped_at_a_gateway(value: str) -> None:
    assert "error" not in names(f"sk-{value}", GATEWAY).values() or f"sk-{value}".count("sk-") > 1
