"""The consents survive no pull that changes them: a file of the checkout is known by its content, not its path.

The hosts here are not loopback, and every one of them is this server: what it was asked it was asked as their proxy.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from reconciler.files.working_tree import digest_of
from tests.support.older_ledger import make_three

HOST = "http://llm.acme.example"
KEY, OTHER = "quokka-7351-zebra-fjord", "walrus-2048-gannet-scree"

ONE, TWO = (f"-----BEGIN CERTIFICATE-----\n{name}\n-----END CERTIFICATE-----\n" for name in ("one", "two"))


def gateway(fields: str = "key: {env: K}, tls: {ca_file: ca.pem}") -> str:
    own = f"base_url: '{HOST}', {fields}, insecure_http: true, models: [m], timeout: 5s"
    return f"version: 1\nname: acme\nendpoints:\n  it: {{{own}}}\n"


@pytest.fixture
def acme(gwctl, server):
    """A gateway file with a CA file beside it, in a checkout."""
    server.lists("m", "n")
    gwctl.environ |= {"HTTP_PROXY": server.url, "http_proxy": server.url, "K": KEY}
    (gwctl.folder / ".git").mkdir()
    (gwctl.folder / "ca.pem").write_text(ONE)
    gwctl.write(gateway())
    return gwctl


def codes(result) -> list[str]:
    return [
        diagnostic["code"]
        for diagnostic in result.json["diagnostics"]
        if diagnostic["code"] not in ("UNUSED_TLS", "TO_BE_RECORDED")
    ]


def ledger_of(gwctl) -> Path:
    return gwctl.folder.parent / "home" / "state" / "gwctl" / "ledger.sqlite3"


def relink(path: Path, to: Path) -> None:
    path.unlink()
    path.symlink_to(to)


def behind_a_link(folder: Path) -> None:
    relink(folder / "ca.pem", folder.parent / "one.pem")


CHANGES: dict[str, tuple[Callable[[Path], None], Callable[[Path], object]]] = {
    "another content": (lambda at: None, lambda at: (at / "ca.pem").write_text(TWO)),
    "a link to elsewhere": (lambda at: None, lambda at: relink(at / "ca.pem", at.parent / "two.pem")),
    "another link": (behind_a_link, lambda at: relink(at / "ca.pem", at.parent / "two.pem")),
    "gone": (lambda at: None, lambda at: (at / "ca.pem").unlink()),
    "there at last": (lambda at: (at / "ca.pem").unlink(), lambda at: (at / "ca.pem").write_text(TWO)),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("secret", ["key: {env: K}", "headers: {X-Team: {env: K}}", "key: {file: ../keys}"])
def test_a_pulled_ca_file_is_asked_about(acme, server, change: str, secret: str) -> None:
    prepare, pull = CHANGES[change]
    for name, text in (("keys", KEY), ("one.pem", ONE), ("two.pem", TWO)):
        (acme.folder.parent / name).write_text(text)
    prepare(acme.folder)
    acme.write(gateway(f"{secret}, tls: {{ca_file: ca.pem}}"))
    acme("trust", "it")
    assert codes(acme("plan", "--format", "json")) == []
    asked = len(server.requests)
    assert asked
    pull(acme.folder)
    for command in (("plan",), ("apply", "--auto-approve")):
        assert codes(acme(*command, "--format", "json", code=None)) == ["KEY_WITHHELD"]
    for command in (("test",), ("chat", "it/m", "hello"), ("run", "--endpoint", "it", "--", "env")):
        done = acme(*command, code=1)
        assert KEY not in done.out + done.err
    assert len(server.requests) == asked
    acme("trust", "it")
    assert codes(acme("plan", "--format", "json")) == []
    assert len(server.requests) > asked


def test_the_question_and_the_list_show_the_content(acme) -> None:
    out = acme("trust", "it").out
    assert f"trusting the CA {acme.folder / 'ca.pem'} as it is now (sha256:" in out
    (stack,) = acme("trust", "list", "--format", "json").json["stacks"]
    assert [pair["ca_content"][:7] for pair in stack["pairs"]] == ["sha256:"]
    assert "as it is now (sha256:" in " ".join(acme("trust", "list").out.split())


def test_a_ca_file_of_the_machine_s_may_be_renewed_by_the_machine(acme, server) -> None:
    """Outside of every checkout a path is the machine's word: its CA is rotated without a question."""
    own = acme.folder.parent / "etc.pem"
    own.write_text(ONE)
    acme.write(gateway(f"key: {{env: K}}, tls: {{ca_file: '{own}'}}"))
    acme("trust", "it")
    own.write_text(TWO)
    assert codes(acme("plan", "--format", "json")) == []
    (stack,) = acme("trust", "list", "--format", "json").json["stacks"]
    assert [pair["ca_content"] for pair in stack["pairs"]] == [""]


def test_an_older_agreement_is_asked_about_once(acme, server) -> None:
    """It does not know the content; one about a file of the machine's goes on holding."""
    own = acme.folder.parent / "etc.pem"
    own.write_text(ONE)
    for text in (gateway(f"key: {{env: K}}, tls: {{ca_file: '{own}'}}"), gateway()):
        acme.write(text)
        acme("trust", "it")
    make_three(ledger_of(acme))
    with closing(sqlite3.connect(ledger_of(acme))) as rows:
        rows.execute("UPDATE binding SET ca_file=ca_file")
    before = ledger_of(acme).read_bytes()
    assert codes(acme("plan", "--format", "json")) == ["KEY_WITHHELD"]
    assert ledger_of(acme).read_bytes() == before, "who only looks upgrades nothing"
    assert server.requests == []
    acme("trust", "it")
    assert codes(acme("plan", "--format", "json")) == []
    acme.write(gateway(f"key: {{env: K}}, tls: {{ca_file: '{own}'}}"))
    assert codes(acme("plan", "--format", "json")) == []


def test_a_saved_plan_is_for_the_ca_file_that_was_reviewed(acme) -> None:
    acme("plan", "--allow-host", "it", "--out", "p.plan")
    (acme.folder / "ca.pem").write_text(TWO)
    assert codes(acme("apply", "p.plan", "--format", "json", code=1)) == ["KEY_WITHHELD"]
    (acme.folder / "ca.pem").write_text(ONE)
    acme("apply", "p.plan")


def test_a_pipeline_believes_the_ca_file_that_was_applied(acme, server, state_servers) -> None:
    typed = ("--state", f"{state_servers().url}/states/acme", "--scope", "shared")
    acme("apply", *typed, "--auto-approve", "--allow-host", "it")
    believing = ("plan", *typed, "--trust", "state", "--format", "json")
    assert codes(acme(*believing)) == []
    (acme.folder / "ca.pem").write_text(TWO)
    asked = len(server.requests)
    assert codes(acme(*believing)) == ["KEY_WITHHELD"]
    assert len(server.requests) == asked
    applied = acme("apply", *typed, "--trust", "state", "--auto-approve", "--allow-host", "it")
    assert "TO_BE_RECORDED" not in acme(*believing).out
    assert "an apply records the CA file that is trusted" in applied.out
    assert codes(acme(*believing)) == []


def test_a_state_that_does_not_know_the_ca_file_is_not_believed_and_learns_it(acme, server, state_servers) -> None:
    kept = state_servers()
    typed = ("--state", f"{kept.url}/states/acme", "--scope", "shared")
    acme("apply", *typed, "--auto-approve", "--allow-host", "it")
    pulled = json.loads(acme("state", "pull", *typed[:2]).out)
    for resource in pulled["resources"]:
        resource["facts"].pop("ca_content", None)
    (acme.folder / "older.json").write_text(json.dumps(pulled | {"serial": pulled["serial"] + 1}))
    acme("state", "push", "older.json", *typed[:2])
    believing = ("plan", *typed, "--trust", "state", "--format", "json")
    assert codes(acme(*believing)) == ["KEY_WITHHELD"]
    acme("apply", *typed, "--trust", "state", "--auto-approve", "--allow-host", "it")
    assert codes(acme(*believing)) == []


@pytest.mark.parametrize("secret", ["key: {file: key}", "headers: {X-Team: {file: key}}", "key: {file: there/key}"])
def test_a_pipeline_follows_no_link_of_the_checkout(acme, server, state_servers, secret: str) -> None:
    """The state records a path as it is written; a pull request may put a link to another file of the runner there."""
    typed = ("--state", f"{state_servers().url}/states/acme", "--scope", "shared")
    runner = acme.folder.parent / "runner"
    for folder in (acme.folder, acme.folder / "there", runner):
        folder.mkdir(exist_ok=True)
        (folder / "key").write_text(OTHER if folder == runner else KEY)
    acme.write(gateway(secret))
    acme("apply", *typed, "--auto-approve", "--trust", "file")
    believing = ("plan", *typed, "--trust", "state", "--format", "json")
    assert codes(acme(*believing)) == []
    if "there" in secret:
        (acme.folder / "there").rename(acme.folder / "was")
        (acme.folder / "there").symlink_to(runner)
    else:
        relink(acme.folder / "key", runner / "key")
    asked = len(server.requests)
    assert codes(acme(*believing)) == ["KEY_WITHHELD"]
    assert len(server.requests) == asked
    assert codes(acme(*believing, "--allow-host", "it")) == []


def test_a_pipeline_shows_no_certificate_behind_a_link_of_the_checkout(acme, server, state_servers) -> None:
    acme.environ |= {"HTTPS_PROXY": server.url, "https_proxy": server.url}
    typed = ("--state", f"{state_servers().url}/states/acme", "--scope", "shared")
    for folder in (acme.folder, acme.folder.parent):
        (folder / "me.pem").write_text("a certificate")
    acme.write(gateway("tls: {client_cert: me.pem}").replace("http://", "https://").replace("5s", "1s"))
    acme("apply", *typed, "--auto-approve", "--trust", "file")
    believing = ("plan", *typed, "--trust", "state", "--format", "json")
    assert "KEY_WITHHELD" not in codes(acme(*believing))
    relink(acme.folder / "me.pem", acme.folder.parent / "me.pem")
    assert "KEY_WITHHELD" in codes(acme(*believing))


def test_at_a_terminal_a_pulled_ca_file_is_one_question(acme, terminal, server) -> None:
    acme("trust", "it")
    (acme.folder / "ca.pem").write_text(TWO)
    shown = terminal(acme.command("plan"), acme.folder, acme.environ, 80)
    shown.until("[y/n]:")
    whole = "".join("".join(shown.screen.lines).split())
    content = f"{digest_of(TWO.encode())[: len('sha256:') + 16]}"
    assert f"trustingtheCA{acme.folder}/ca.pemasitisnow({content})" in whole
    assert server.requests == []
    shown.types("y\n")
    assert shown.ends() == 0
    assert shown.text.count("[y/n]:") == 1
    assert codes(acme("plan", "--format", "json")) == []


@pytest.mark.parametrize("command", [("test",), ("doctor",), ("models",), ("lock",), ("key", "list"), ("env",)])
def test_every_command_looks_at_the_same_content(acme, server, command: tuple[str, ...]) -> None:
    """Or one of them would withhold what was agreed to."""
    acme("trust", "it")
    acme("apply", "--auto-approve")
    done = acme(*command, code=None)
    assert "withheld" not in done.out + done.err
    (acme.folder / "ca.pem").write_text(TWO)
    done = acme(*command, code=None)
    assert ("withheld" in done.out + done.err) == (command[0] not in ("key", "env"))


def test_a_plan_that_was_saved_offline_knows_the_ca_file(acme) -> None:
    acme("plan", "--offline", "--allow-host", "it", "--out", "p.plan")
    (acme.folder / "ca.pem").write_text(TWO)
    assert codes(acme("apply", "p.plan", "--format", "json", code=1)) == ["KEY_WITHHELD"]
    (acme.folder / "ca.pem").write_text(ONE)
    acme("apply", "p.plan")


def test_an_apply_without_keys_records_no_other_ca_file_for_those_who_believe(acme, state_servers) -> None:
    """The next pipeline sends a key by what is recorded there."""
    typed = ("--state", f"{state_servers().url}/states/acme", "--scope", "shared")
    acme("apply", *typed, "--auto-approve", "--allow-host", "it")
    (acme.folder / "ca.pem").write_text(TWO)
    assert codes(acme("apply", *typed, "--no-keys", "--auto-approve", "--format", "json", code=1)) == ["KEY_WITHHELD"]
    assert codes(acme("plan", *typed, "--trust", "state", "--format", "json")) == ["KEY_WITHHELD"]
