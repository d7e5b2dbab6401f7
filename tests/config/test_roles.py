"""`roles:` of a gateway file, and `defaults:`, its older spelling."""

from __future__ import annotations

import pytest

from reconciler.config.gateway import Role
from tests.config.gateway_files import HEAD, gateway, loaded, the_one

ONE = HEAD + "endpoints: {x: {base_url: 'https://h/v1'}}\n"


def candidates(text: str) -> dict[str, list[str]]:
    built = gateway(ONE + text)
    return {role: [each.model.name for each in some] for role, some in built.defaults.items()}


def test_every_form_of_a_role() -> None:
    text = (
        "roles:\n  chat: [x/a, x/b]\n  voice: x/v\n  image: {models: x/i}\n  small: x/s\n"
        "  judge: {purpose: chat, models: [x/j]}\n  ear: {purpose: voice, models: x/v}\n"
    )
    assert candidates(text) == {
        "chat": ["x/a", "x/b"],
        "voice": ["x/v"],
        "image": ["x/i"],
        "small": ["x/s"],
        "judge": ["x/j"],
        "ear": ["x/v"],
    }
    assert gateway(ONE + text).own_roles == (Role("small", "chat"), Role("judge", "chat"), Role("ear", "voice"))


def test_defaults_is_another_spelling_for_purposes() -> None:
    assert candidates("defaults: {chat: x/a}\nroles: {voice: x/v}\n") == {"chat": ["x/a"], "voice": ["x/v"]}
    old, new = gateway(ONE + "defaults: {chat: [x/a]}\n"), gateway(ONE + "roles: {chat: [x/a]}\n")
    assert [each.model for each in old.defaults["chat"]] == [each.model for each in new.defaults["chat"]]


# (the last lines, code, line:column, a part of the summary, a part of the hint)
WRONG = [
    ("defaults: {chat: x/a}\nroles: {chat: x/b}\n", "DUPLICATE_ROLE", "5:9", "`chat` is in `roles` and", "only one"),
    ("roles: {judge: x/a}\n", "BAD_ROLE", "4:9", "`roles.judge` has no purpose", "{purpose: chat, models: […]}"),
    ("roles: {judge: {models: x/a}}\n", "BAD_ROLE", "4:9", "has no purpose", "write `judge: {purpose"),
    ("roles: {embeddings: x/a}\n", "BAD_ROLE", "4:9", "has no purpose", "did you mean `embedding`?"),
    ("roles: {smal: x/a}\n", "BAD_ROLE", "4:9", "has no purpose", "did you mean `small`?"),
    (
        "roles: {small: {purpose: voice, models: x/a}}\n",
        "BAD_ROLE",
        "4:26",
        "has the purpose chat, not voice",
        "remove",
    ),
    ("roles: {chat: {purpose: voice, models: x/a}}\n", "BAD_ROLE", "4:25", "has the purpose chat, not voice", "remove"),
    ("roles: {Judge: {purpose: chat, models: x/a}}\n", "BAD_NAME", "4:9", "not a valid name", "as in `judge`"),
    (
        "roles: {judge: {purpose: chatt, models: x/a}}\n",
        "BAD_VALUE",
        "4:26",
        "must be one of chat",
        "did you mean `chat`?",
    ),
    ("roles: {judge: {purpose: chat}}\n", "MISSING_FIELD", "4:9", "`models` of `roles.judge`", ""),
    ("roles: {judge: {purpose: chat, models: []}}\n", "BAD_VALUE", "4:40", "`roles.judge` has no candidate", "role"),
    ("roles: {chat: []}\n", "BAD_VALUE", "4:15", "`roles.chat` has no candidate", "let gwctl select"),
    ("roles: {small: z/m}\n", "UNKNOWN_ENDPOINT", "4:16", "`z` is not an endpoint", "known: x"),
    ("roles: {small: m}\n", "BAD_DEFAULT", "4:16", "ENDPOINT/ID", "`x/m`"),
    ("defaults: {small: x/m}\n", "UNKNOWN_PURPOSE", "4:12", "`defaults.small`", ""),
]


@pytest.mark.parametrize(("lines", "code", "place", "summary", "hint"), WRONG)
def test_a_wrong_role_is_said_with_its_place(lines: str, code: str, place: str, summary: str, hint: str) -> None:
    diagnostic = the_one(loaded(ONE + lines))
    assert (diagnostic.code, str(diagnostic.source)) == (code, f"gateway.yaml:{place}")
    assert summary in diagnostic.summary
    assert hint in diagnostic.hint
