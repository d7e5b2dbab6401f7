"""The consents: no pair goes further than its words say, and its words show all of it."""

from __future__ import annotations

import json
import shutil

import pytest

from tests.scenarios.test_bindings import EVIL, GOOD, KEY, TOKEN, codes, everywhere, gateway, ledger_of
from tests.support.older_ledger import make_older

__all__ = ["everywhere"]

ACCOUNTS = "https://api.cloudflare.com/client/v4/accounts"


@pytest.mark.parametrize(
    "url",
    [
        "s3://bucket/key?region=x.stranger.example/",
        "s3://bucket/key?region=x.stranger.example%23",
        "s3://bucket/key?region=",
        "az://container/key?account=stranger.example/",
        "az://container/key?account=ana@stranger.example%3F",
    ],
)
def test_no_part_of_a_state_s_url_leads_to_another_server_than_the_one_shown(gwctl, everywhere, url: str) -> None:
    """The library puts a region and an account into the server's name as they are."""
    environ = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": KEY, "AZURE_STORAGE_ACCOUNT_KEY": "enp6"}
    gwctl.write(gateway(GOOD, "key: {env: UNSET}", head=f"state: '{url}'\n"))
    for words in (("plan",), ("plan", "--trust", "file"), ("plan", "--state", url)):
        done = gwctl(*words, code=1, HTTPS_PROXY=everywhere.url, https_proxy=everywhere.url, **environ)
        assert "part of the server name" in done.out + done.err
    assert everywhere.requests == []


@pytest.mark.parametrize(
    ("preset", "more"),
    [
        ("cloudflare", ""),
        ("openai", ""),
        ("mine", "presets: {mine: {dialect: openai}}\n"),
        ("mine", "presets: {mine: {dialect: cloudflare, base_url: 'https://api.cloudflare.com/client/v4/accounts'}}\n"),
    ],
)
def test_another_customer_is_another_place_whatever_preset_is_named(gwctl, state_servers, preset, more) -> None:
    """A pipeline believes the shared state about one account, not about its neighbour."""
    typed = ("--state", f"{state_servers().url}/states/acme", "--scope", "shared")
    environ = {"CF": KEY, "HTTPS_PROXY": "http://127.0.0.1:1", "https_proxy": "http://127.0.0.1:1"}
    own = "preset: {}, base_url: '{}/{}/ai/v1', models: [m], key: {{env: CF}}"
    text = f"version: 1\nname: acme\n{{}}endpoints: {{{{it: {{{{{own}}}}}}}}}\n"
    gwctl.write(text.format("", "cloudflare", ACCOUNTS, "team"))
    gwctl("apply", *typed, "--auto-approve", "--trust", "file", "--no-keys", **environ)
    assert "KEY_WITHHELD" not in codes(gwctl("plan", *typed, "--trust", "state", "--format", "json", **environ))
    gwctl.write(text.format(more, preset, ACCOUNTS, "stranger"))
    assert "KEY_WITHHELD" in codes(gwctl("plan", *typed, "--trust", "state", "--format", "json", **environ))


def test_a_preset_of_the_file_s_own_does_not_say_whose_a_path_is(gwctl, state_servers, everywhere) -> None:
    """The pull request that changes the path changes the preset with it."""
    typed = ("--state", f"{state_servers().url}/states/acme", "--scope", "shared")

    def written(pattern: str, team: str) -> str:
        head = f"presets: {{corp: {{base_url: '{GOOD}{pattern}'}}}}\n"
        return gateway(f"{GOOD}/{team}", "preset: corp, key: {env: K}", head=head)

    gwctl.write(written("/{team}", "ours"))
    gwctl("apply", *typed, "--auto-approve", "--trust", "file", K=KEY)
    for pattern in ("/{team}", "", "/x"):
        gwctl.write(written(pattern, "theirs"))
        asked = len(everywhere.requests)
        assert "KEY_WITHHELD" in codes(gwctl("plan", *typed, "--trust", "state", "--format", "json", K=KEY))
        assert len(everywhere.requests) == asked


def test_a_link_is_shown_with_the_file_that_it_leads_to(gwctl) -> None:
    """A repository may hold a link of an innocent name to this person's own files."""
    own = gwctl.folder.parent / "id_ed25519"
    own.write_text(TOKEN)
    (gwctl.folder / "team.key").symlink_to(own)
    tls = "tls: {client_cert: team.key, client_key: team.key}"
    gwctl.write(gateway("https://llm.stranger.example", f"key: {{file: team.key}}, {tls}"))
    out = gwctl("trust", "it").out
    assert out.count(str(own)) == 3, out
    assert gwctl("trust", "list").out.count(str(own)) == 3


@pytest.mark.parametrize("fields", ["key: {%s: '%s'}", "headers: {X-Team: {%s: '%s'}}"])
@pytest.mark.parametrize("kind", ["file", "keyring"])
def test_no_name_reads_as_a_place(gwctl, fields: str, kind: str) -> None:
    name = "A → https://api.openai.com, B/c"
    gwctl.write(gateway("https://llm.stranger.example", fields % (kind, name)))
    (line,) = gwctl("trust", "it").out.splitlines()
    assert f"{kind} '{name}'" in line
    assert line.endswith("→ https://llm.stranger.example")


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("\u0430pi.openai.com", "xn--pi-6kc.openai.com"),  # a Cyrillic first letter
        ("\u05d0\u05d1\u05d2.example", "xn--4dbcd.example"),  # runs from right to left
        ("stranger\u3002example", "stranger.example"),  # another dot
    ],
)
def test_a_host_is_shown_as_it_is_looked_up(gwctl, host: str, shown: str) -> None:
    gwctl.write(gateway(f"https://{host}"))
    assert gwctl("trust", "it").out.endswith(f"→ https://{shown}\n")
    (stack,) = json.loads(gwctl("trust", "list", "--format", "json").out)["stacks"]
    assert [pair["origin"] for pair in stack["pairs"]] == [f"https://{shown}"]


def test_a_service_s_host_is_not_called_this_machine() -> None:
    """Only libpq knows whom its service file names."""
    from reconciler.state.stores.postgres.credential import found_in

    for url, environ in (("postgresql:///x?service=prod", {}), ("postgresql:///x", {"PGSERVICE": "prod"})):
        credential = found_in(url, environ)
        assert credential is not None
        assert not credential.is_near
        assert "localhost" not in str(credential.pair.exposure)
        assert "prod" in str(credential.pair.exposure)


@pytest.mark.parametrize("mark", [".git", ".hg", ".jj", ".svn", "_darcs", ".sl"])
def test_no_working_tree_brings_a_ledger_along(gwctl, everywhere, mark: str) -> None:
    gwctl.write(gateway(EVIL))
    gwctl("trust", "it")
    tree = gwctl.folder.parent / "repository"
    (tree / mark).mkdir(parents=True)
    shutil.copytree(ledger_of(gwctl).parent, tree / "gwctl")
    done = gwctl("test", code=1, OPENAI_API_KEY=KEY, XDG_STATE_HOME=str(tree))
    assert "is a working tree" in done.out + done.err
    assert everywhere.requests == []


@pytest.mark.parametrize("version", [1, 2])
def test_naming_an_endpoint_takes_no_key_over_that_was_kept_for_another_place(
    gwctl, keychain, everywhere, version: int
) -> None:
    """A stranger's state with a copied lineage: whoever trusts its endpoint did not speak of the team's kept key."""
    gwctl.write(gateway(GOOD, "key: {env: K}, store_key: keyring"))
    gwctl("trust", "it")
    gwctl("apply", "--auto-approve", K=KEY)
    make_older(ledger_of(gwctl), version)
    asked, own = len(everywhere.requests), gwctl.folder
    gwctl.folder = own.with_name("stranger")
    shutil.copytree(own / ".gwctl", gwctl.folder / ".gwctl")
    gwctl.write(gateway(EVIL, "key: {env: X}, store_key: keyring"))
    gwctl("trust", "it")
    for words in (("test",), ("plan",), ("apply", "--auto-approve"), ("run", "--endpoint", "it", "--", "env")):
        done = gwctl(*words, code=None)
        assert KEY not in done.out + done.err
    assert KEY not in json.dumps([request.headers for request in everywhere.requests[asked:]])


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("words", [(), ("-f", "../link/gateway.yaml"), ("-f", "ABSOLUTE/gateway.yaml")])
def test_naming_an_endpoint_takes_over_what_was_kept_here_also_through_a_link(
    gwctl, keychain, everywhere, words: tuple[str, ...], version: int
) -> None:
    """An older gwctl wrote its place down as it was typed; a stack is known by where that leads."""
    link = gwctl.folder.with_name("link")
    link.symlink_to(gwctl.folder)
    words = tuple(word.replace("ABSOLUTE", str(link)) for word in words)
    gwctl.write(gateway(GOOD, "key: {env: K}, store_key: keyring"))
    gwctl("trust", "it", *words)
    gwctl("apply", "--auto-approve", *words, K=KEY)
    make_older(ledger_of(gwctl), version)
    kept = keychain.whole
    gwctl("trust", "it")
    planned = gwctl("plan", "--detailed-exitcode")
    assert "No changes" in planned.out
    assert everywhere.requests[-1].headers["authorization"] == f"Bearer {KEY}"
    gwctl("apply", "--auto-approve")
    assert keychain.whole == kept
