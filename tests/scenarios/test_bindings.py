"""No secret moves except along a binding that somebody on this machine agreed to.

The hosts here are not loopback, and every one of them is this server: what it was asked it was asked as their proxy.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.support.older_ledger import make_older
from tests.support.scripted import ScriptedServer

GOOD, EVIL = "http://llm.acme.example", "http://llm.stranger.example"
KEY, TOKEN = "quokka-7351-zebra-fjord", "walrus-2048-gannet-scree"


@pytest.fixture
def everywhere(gwctl, server: ScriptedServer) -> ScriptedServer:
    """The proxy of the environment, which writes down all that is sent to whichever host."""
    server.lists("m", "n")
    gwctl.environ |= {"HTTP_PROXY": server.url, "http_proxy": server.url}
    return server


def gateway(url: str, fields: str = "key: {env: OPENAI_API_KEY}", more: str = "", head: str = "") -> str:
    own = f"base_url: '{url}', {fields}, insecure_http: true, models: [m], timeout: 5s"
    return f"version: 1\nname: acme\n{head}endpoints:\n  it: {{{own}}}\n{more}"


def sent(server: ScriptedServer) -> str:
    return json.dumps([(request.path, request.headers) for request in server.requests])


def codes(result) -> list[str]:
    return [diagnostic["code"] for diagnostic in result.json["diagnostics"]]


def ledger_of(gwctl) -> Path:
    return gwctl.folder.parent / "home" / "state" / "gwctl" / "ledger.sqlite3"


ASKS = {
    "key": "key: {env: OPENAI_API_KEY}",
    "header": "headers: {X-Team: {env: OPENAI_API_KEY}}",
    "file": "key: {file: ../keys/one}",
    "header file": "headers: {X-Team: {file: ../keys/one}}",
    "keyring": "key: {keyring: somebody/ana}",
    "command": "key: {command: [cat, ../keys/one]}",
    "the preset's own variable, elsewhere": "preset: openai, key: {env: OPENAI_API_KEY}",
}
COMMANDS = [
    ("plan",),
    ("test",),
    ("models",),
    ("chat", "it/m", "hello"),
    ("apply", "--auto-approve"),
    ("lock",),
    ("doctor",),
    ("run", "--endpoint", "it", "--", "env"),
    ("env", "--endpoint", "it", "--with-keys"),
]


@pytest.mark.parametrize("asks", ASKS)
def test_a_fresh_clone_gets_no_secret(gwctl, keychain, everywhere, asks: str) -> None:
    keychain.put("somebody ana", KEY)
    (gwctl.folder.parent / "keys").mkdir()
    (gwctl.folder.parent / "keys" / "one").write_text(KEY)
    gwctl.write(gateway(EVIL, ASKS[asks]))
    for command in COMMANDS:
        done = gwctl(*command, *(("--allow-commands",) if command[0] != "doctor" else ()), code=None)
        allowed = gwctl(*command, code=None, OPENAI_API_KEY=KEY)
        for each in (done, allowed):
            assert KEY not in each.out + each.err
    assert KEY not in sent(everywhere)
    gwctl("plan", "--allow-host", "it", "--allow-commands", OPENAI_API_KEY=KEY)
    assert KEY in sent(everywhere)


def test_the_exit_code_says_that_something_was_withheld(gwctl, everywhere) -> None:
    other = f"  open: {{base_url: '{GOOD}', models: [x]}}\n"
    gwctl.write(gateway(EVIL, more=other))
    assert gwctl("plan", OPENAI_API_KEY=KEY).code == 0
    gwctl("plan", "--detailed-exitcode", OPENAI_API_KEY=KEY, code=1)
    applied = gwctl("apply", "--auto-approve", "--format", "json", OPENAI_API_KEY=KEY, code=1)
    assert "KEY_WITHHELD" in codes(applied)
    assert {resource["address"] for resource in gwctl.state["resources"] if resource["kind"] == "endpoint"} == {
        "endpoint.open"
    }


def test_auto_approve_makes_no_binding(gwctl, everywhere) -> None:
    """Approving a plan is not agreeing to a host."""
    gwctl.write(gateway(GOOD))
    gwctl("trust", "it")
    gwctl("apply", "--auto-approve", OPENAI_API_KEY=KEY)
    asked = len(everywhere.requests)
    gwctl.write(gateway(EVIL, more=f"  open: {{base_url: '{GOOD}', models: [x]}}\n"))
    applied = gwctl("apply", "--auto-approve", "--format", "json", code=1, OPENAI_API_KEY=KEY)
    assert "KEY_WITHHELD" in codes(applied)
    assert KEY not in json.dumps([request.headers for request in everywhere.requests[asked:]])
    recorded = {
        resource["address"]: resource["attributes"]
        for resource in gwctl.state["resources"]
        if resource["kind"] == "endpoint"
    }
    assert recorded["endpoint.it"]["base_url"] == GOOD, "it is left as it is recorded"
    assert "endpoint.open" in recorded, "the rest is applied"
    gwctl("plan", OPENAI_API_KEY=KEY)
    assert KEY not in json.dumps([request.headers for request in everywhere.requests[asked:]])


def test_a_header_that_is_added_to_a_recorded_endpoint_is_a_new_pair(gwctl, everywhere) -> None:
    gwctl.write(gateway(GOOD))
    gwctl("trust", "it")
    gwctl("apply", "--auto-approve", OPENAI_API_KEY=KEY)
    gwctl.write(gateway(GOOD, "key: {env: OPENAI_API_KEY}, headers: {X-Team: {env: GITHUB_TOKEN}}"))
    asked = len(everywhere.requests)
    plan = gwctl("plan", "--format", "json", OPENAI_API_KEY=KEY, GITHUB_TOKEN=TOKEN)
    assert codes(plan) == ["KEY_WITHHELD"]
    assert len(everywhere.requests) == asked
    gwctl("plan", OPENAI_API_KEY=KEY, GITHUB_TOKEN="", code=None)


def test_a_committed_state_agrees_to_nothing(gwctl, keychain, everywhere) -> None:
    """Everybody who reads a state has its lineage."""
    gwctl.write(gateway(GOOD, "key: {env: LITELLM_API_KEY}, store_key: keyring"))
    gwctl("trust", "it")
    gwctl("apply", "--auto-approve", LITELLM_API_KEY=KEY)
    assert list(keychain.entries.values()) == [KEY]
    asked, own = len(everywhere.requests), gwctl.folder
    gwctl.folder = own.with_name("clone")
    shutil.copytree(own, gwctl.folder)
    doctored = json.loads(gwctl.state_file.read_text().replace(GOOD, EVIL))
    gwctl.state_file.write_text(json.dumps(doctored))
    gwctl.write(gateway(EVIL, "key: {env: LITELLM_API_KEY}, store_key: keyring"))
    for command in (("plan", "--trust", "state"), ("plan", "--format", "json"), ("apply", "--auto-approve"), ("test",)):
        for environ in ({}, {"LITELLM_API_KEY": KEY}):
            done = gwctl(*command, code=None, **environ)
            assert "KEY_WITHHELD" in done.out + done.err or "withheld" in done.out + done.err
            assert f"gwctl trust --moved-from {own / 'gateway.yaml'}" in (done.out + done.err).replace("\\/", "/")
    assert KEY not in json.dumps([request.headers for request in everywhere.requests[asked:]])


STORES = {
    "http": ("state: http://state.stranger.example/s\n", {"GWCTL_HTTP_USERNAME": "ana", "GWCTL_HTTP_PASSWORD": KEY}),
    "postgresql": ("state: postgresql://ana@state.stranger.example/x\n", {"PGPASSWORD": KEY}),
    "s3": (
        "state: s3://bucket/key?endpoint=https://state.stranger.example&region=eu-central-1\n",
        {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": KEY},
    ),
    "az": ("state: az://container/key?account=stranger\n", {"AZURE_STORAGE_ACCOUNT_KEY": KEY}),
    "gs": ("state: gs://bucket/key\n", {"GOOGLE_BEARER_TOKEN": KEY}),
}


@pytest.mark.parametrize("kind", STORES)
def test_a_state_gets_no_credential_before_somebody_agreed(gwctl, everywhere, kind: str) -> None:
    head, environ = STORES[kind]
    gwctl.write(gateway(GOOD, "key: {env: UNSET}", head=head))
    commands = [("plan",), ("apply", "--auto-approve"), ("state", "list"), ("state", "pull"), ("state", "unlock")]
    for command in (*commands, ("env",), ("run", "true"), ("key", "list"), ("doctor",), ("test",), ("destroy",)):
        done = gwctl(*command, code=1, **environ)
        assert "is withheld from" in done.out + done.err, command
        assert KEY not in done.out + done.err
    assert "state.stranger" not in sent(everywhere)
    assert KEY not in sent(everywhere)
    gwctl("plan", "--offline", **environ)
    withheld = gwctl("plan", "--trust", "state", code=1, **environ)
    assert "gwctl trust --state" in withheld.out


def test_who_types_the_state_s_url_agrees_to_it(gwctl, everywhere) -> None:
    url = "http://127.0.0.1:1/s"
    head, environ = STORES["http"]
    gwctl.write(gateway(GOOD, "key: {env: UNSET}", head=head))
    typed = gwctl("plan", "--state", url, code=1, **environ)
    assert "withheld" not in typed.out
    assert "Connection refused" in typed.out


def test_env_gives_no_base_url_beside_somebody_s_own_key(gwctl, everywhere) -> None:
    """Else the next tool sends that key there."""
    gwctl.write(gateway(EVIL, "key: {env: UNSET}"))
    for output_format in ("shell", "dotenv", "json"):
        done = gwctl("env", "--endpoint", "it", "--format", output_format, code=1, OPENAI_API_KEY=KEY)
        assert "KEY_WITHHELD" in done.out or "withheld" in done.err
        assert "OPENAI_BASE_URL" not in done.out
    assert EVIL in gwctl("env", "--endpoint", "it").out
    gwctl("trust", "it")
    assert "withheld" in gwctl("env", "--endpoint", "it", code=1, OPENAI_API_KEY=KEY).err, "it is another secret"
    gwctl("env", "--endpoint", "it", "--allow-host", "it", OPENAI_API_KEY=KEY)


@pytest.mark.parametrize("variable", ["GWCTL_LEDGER", "XDG_STATE_HOME"])
@pytest.mark.parametrize("how", ["below the gateway file", "in a working tree"])
def test_a_ledger_that_a_repository_brings_along_is_refused(gwctl, everywhere, variable: str, how: str) -> None:
    gwctl.write(gateway(EVIL), "gateway.yaml")
    gwctl("trust", "it")
    folder = gwctl.folder / "brought"
    if how == "in a working tree":
        tree = gwctl.folder.parent / "repository"
        (tree / ".git").mkdir(parents=True)
        folder = tree / "brought"
    shutil.copytree(ledger_of(gwctl).parent, folder / "gwctl")
    value = folder / "gwctl" / "ledger.sqlite3" if variable == "GWCTL_LEDGER" else folder
    for command in (("plan", "--format", "json"), ("apply", "--auto-approve"), ("test",), ("trust", "it"), ("models",)):
        done = gwctl(*command, code=1, OPENAI_API_KEY=KEY, **{variable: str(value)})
        assert "LEDGER_MISPLACED" in done.out or "is not safe for the ledger" in done.out + done.err, command
    assert everywhere.requests == []


def test_a_ledger_that_others_can_write_is_refused(gwctl, everywhere) -> None:
    gwctl.write(gateway(EVIL))
    folder = gwctl.folder.parent / "shared"
    folder.mkdir()
    folder.chmod(0o777)
    done = gwctl("plan", "--format", "json", code=1, OPENAI_API_KEY=KEY, GWCTL_LEDGER=str(folder / "ledger.sqlite3"))
    assert codes(done) == ["LEDGER_MISPLACED"]


def test_local_servers_just_work_and_the_first_use_is_remembered(gwctl, servers) -> None:
    one, other = servers(), servers()
    for each in (one, other):
        each.lists("m")
    gwctl.write(gateway(one.url, "key: {env: K}"))
    gwctl("plan", K=KEY)
    gwctl.write(gateway(other.url, "key: {env: K}"))
    assert codes(gwctl("plan", "--format", "json", K=KEY)) == ["KEY_WITHHELD"], "it is bound already, elsewhere"
    assert KEY not in sent(other)
    gwctl.write(gateway(one.url, "key: {env: K}"))
    gwctl("plan", K=KEY)
    assert len(one.requests) == 2


@pytest.mark.parametrize("more", ["proxy: 'http://proxy.stranger.example:1'", "tls: {ca_file: ca.pem}"])
def test_nothing_is_free_where_the_file_names_a_proxy_or_a_ca(gwctl, server, more: str) -> None:
    server.lists("m")
    gwctl.write(gateway(server.url, f"key: {{env: K}}, {more}"))
    assert "KEY_WITHHELD" in codes(gwctl("plan", "--format", "json", K=KEY))
    gwctl.write(f"version: 1\nname: acme\nendpoints: {{it: {{preset: openai, {more}}}}}\n")
    assert "KEY_WITHHELD" in codes(gwctl("plan", "--format", "json", OPENAI_API_KEY=KEY))


def test_agreed_to_by_name_listed_and_taken_back(gwctl, everywhere) -> None:
    gwctl.write(gateway(GOOD))
    assert "name the endpoints to trust: gwctl trust it" in gwctl("trust", code=1).err
    assert f"trusted: env OPENAI_API_KEY → {GOOD}" in gwctl("trust", "it").out
    again = gwctl("trust", "it")
    assert (again.out, again.err) == ("", f"already trusted: env OPENAI_API_KEY → {GOOD}\n")
    (stack,) = gwctl("trust", "list", "--format", "json").json["stacks"]
    assert stack["path"] == str(gwctl.folder / "gateway.yaml")
    assert [(pair["secret"], pair["origin"], pair["how"]) for pair in stack["pairs"]] == [
        ("env OPENAI_API_KEY", GOOD, "gwctl trust")
    ]
    assert GOOD in gwctl("trust", "list").out
    gwctl("test", OPENAI_API_KEY=KEY)
    assert KEY in sent(everywhere)
    assert f"revoked: env OPENAI_API_KEY → {GOOD}" in gwctl("trust", "revoke", "it").out
    gwctl("test", code=1, OPENAI_API_KEY=KEY)
    assert "nothing to revoke" in gwctl("trust", "revoke", "it").err
    gwctl("trust", "revoke", code=1)
    gwctl("trust", "nobody", code=1)


def test_where_no_secret_is_sent_there_is_nothing_to_agree_to(gwctl) -> None:
    gwctl.write("version: 1\nname: acme\nendpoints: {it: {base_url: 'https://127.0.0.1:1/v1', models: [m]}}\n")
    assert gwctl("trust", "it").err == "endpoint.it sends no secrets: there is nothing to agree to\n"
    assert gwctl("trust").err == "this gateway file sends no secrets: there is nothing to agree to\n"
    at_state = gwctl("trust", "--state", "https://127.0.0.1:1/state")
    assert at_state.err == "the server of the state is sent no secrets: there is nothing to agree to\n"


@pytest.mark.parametrize("tail", ["?a=1", "#f", "?a=1#f", "?"])
def test_what_an_older_gwctl_kept_is_known_however_its_store_is_written(
    gwctl, keychain, everywhere, state_servers, tail: str
) -> None:
    url = f"{state_servers().url}/states/acme{tail}"
    gwctl.write(gateway(GOOD, "key: {env: K}, store_key: keyring", head=f"state: '{url}'\n"))
    gwctl("trust", "it")
    gwctl("apply", "--auto-approve", "--scope", "shared", K=KEY)
    gwctl("apply", "--auto-approve", K=KEY)
    make_older(ledger_of(gwctl), 2)
    assert "taken over: keys and records of an older gwctl" in gwctl("trust", "it").out
    assert "No changes" in gwctl("plan").out


def test_a_state_s_url_that_no_store_understands_is_not_agreed_to(gwctl) -> None:
    gwctl.write(gateway(GOOD))
    for url in ("gopher://x/y", "https://ana:secret@llm.acme.example/s", "s3://", "postgresql:x"):
        refused = gwctl("trust", "--state", url, code=1)
        assert "error: " in refused.err
        assert "nothing to agree to" not in refused.err


def test_a_key_that_is_typed_is_for_the_host_that_is_shown(gwctl, keychain, everywhere) -> None:
    """And for no other to which an earlier key might go; what was agreed to for a key goes with it."""
    kept = "key: {env: UNSET_HERE}, store_key: keyring"
    gwctl.write(gateway(GOOD, kept))
    gwctl("apply", "--auto-approve", code=None)
    assert GOOD in gwctl("key", "set", "it", stdin=f"{KEY}\n").out
    gwctl("test")
    assert KEY in sent(everywhere)
    gwctl.write(gateway(EVIL, kept))
    assert EVIL in gwctl("key", "set", "it", stdin=f"{TOKEN}\n").out
    everywhere.requests.clear()
    gwctl.write(gateway(GOOD, kept))
    gwctl("test", code=1)
    assert TOKEN not in sent(everywhere)
    gwctl.write(gateway(EVIL, kept))
    gwctl("key", "rm", "it")
    assert not [pair for stack in gwctl("trust", "list", "--format", "json").json["stacks"] for pair in stack["pairs"]]


def test_a_pull_that_changes_what_a_reference_leads_to_is_a_new_secret(gwctl, everywhere) -> None:
    """The gateway file stays as it is; the link beside it is changed."""
    own, other = gwctl.folder.parent / "one", gwctl.folder.parent / "two"
    own.write_text(KEY)
    other.write_text(TOKEN)
    (gwctl.folder / "key").symlink_to(own)
    gwctl.write(gateway(GOOD, "key: {file: key}"))
    gwctl("trust", "it")
    gwctl("test")
    (gwctl.folder / "key").unlink()
    (gwctl.folder / "key").symlink_to(other)
    gwctl("test", code=1)
    assert KEY in sent(everywhere)
    assert TOKEN not in sent(everywhere)


@pytest.mark.parametrize(
    "written", ["gwctl:acme/it", " GWCTL:acme/it", "ｇｗctl:acme/it", "gwctl :acme/it", "g\u200bwctl:a/it"]
)
def test_an_entry_that_gwctl_keeps_is_no_reference(gwctl, written: str) -> None:
    for field in ("key: {keyring: '%s'}", "headers: {X-Team: {keyring: '%s'}}"):
        gwctl.write(gateway(GOOD, field % written))
        assert "an entry that gwctl manages" in gwctl("validate", code=1).err


@pytest.mark.parametrize("version", [1, 2])
def test_what_an_older_gwctl_kept_is_taken_over_by_agreeing_once(gwctl, keychain, everywhere, version: int) -> None:
    """It is known by the lineage of a state alone, which is no proof."""
    gwctl.write(gateway(GOOD, "key: {env: K}, store_key: keyring"))
    gwctl("trust", "it")
    gwctl("apply", "--auto-approve", K=KEY)
    kept = keychain.whole
    make_older(ledger_of(gwctl), version)
    before, asked = ledger_of(gwctl).read_bytes(), len(everywhere.requests)
    assert "KEY_WITHHELD" in codes(gwctl("plan", "--format", "json", code=None))
    assert len(everywhere.requests) == asked
    assert ledger_of(gwctl).read_bytes() == before, "who only looks upgrades nothing"
    gwctl("trust", "it")
    assert "No changes" in gwctl("plan").out
    assert KEY in json.dumps([request.headers for request in everywhere.requests[asked:]])
    assert keychain.whole == kept


def test_an_older_entry_can_be_adopted_by_name(gwctl, keychain, everywhere) -> None:
    gwctl.write(gateway(GOOD, "key: {env: K}, store_key: keyring"))
    gwctl("trust", "it")
    gwctl("apply", "--auto-approve", K=KEY)
    make_older(ledger_of(gwctl), 2)
    refused = gwctl("apply", "--auto-approve", "--allow-host", "it", "--format", "json", code=1, K=KEY)
    assert "NOT_OURS" in codes(refused)
    kept = keychain.whole
    gwctl("apply", "--auto-approve", "--allow-host", "it", "--adopt", "key.it", K=KEY)
    assert keychain.whole == kept
    assert gwctl("key", "list", "--format", "json").json["entries"][0]["condition"] == "kept"


def test_a_moved_stack_takes_all_that_is_its_own_along(gwctl, keychain, everywhere) -> None:
    gwctl.write(gateway(GOOD, "key: {env: K}, store_key: keyring"))
    gwctl("trust", "it")
    gwctl("apply", "--auto-approve", K=KEY)
    old = gwctl.folder
    gwctl.folder = old.rename(old.with_name("elsewhere"))
    assert "KEY_WITHHELD" in codes(gwctl("plan", "--format", "json", code=None))
    gwctl("trust", "--moved-from", str(old))
    assert "No changes" in gwctl("plan").out
    gwctl("trust", "--moved-from", "nowhere", code=1)


def test_a_stack_cannot_move_to_itself(gwctl, everywhere) -> None:
    """Its own row would be deleted, with every consent."""
    gwctl.write(gateway(GOOD, "key: {env: K}"))
    gwctl("trust", "it")
    before = gwctl("trust", "list").out
    assert "no records of a gateway file at" in gwctl("trust", "--moved-from", str(gwctl.folder), code=1).err
    assert gwctl("trust", "list").out == before
    assert "K" in before


def test_another_one_with_the_same_state_has_nothing_of_the_first(gwctl, keychain, everywhere) -> None:
    gwctl.write(gateway(GOOD, "key: {env: K}, store_key: keyring"))
    gwctl("trust", "it")
    gwctl("apply", "--auto-approve", K=KEY)
    shutil.copytree(gwctl.folder, gwctl.folder.with_name("other"))
    gwctl.folder = gwctl.folder.with_name("other")
    gwctl("trust", "--another")
    plan = gwctl("plan", "--format", "json", code=None).json
    assert "MISSING_API_KEY" in [diagnostic["code"] for diagnostic in plan["diagnostics"]]
    assert len(gwctl("trust", "list", "--format", "json").json["stacks"]) == 2


def test_an_apply_records_no_pair_that_nobody_agreed_to_where_others_believe_it(gwctl, state_servers) -> None:
    """Else the next pipeline with `--trust state` sends a key there."""
    kept = state_servers()
    head = f"state: {kept.url}/states/acme\n"
    gwctl.write(gateway(EVIL, "key: {env: UNSET}, preset: litellm", head=head))
    for options in (("--no-keys",), ()):
        done = gwctl("apply", "--scope", "shared", "--auto-approve", *options, "--format", "json", code=1)
        assert "KEY_WITHHELD" in codes(done)
    assert not any(each.method == "POST" for each in kept.asked)
    gwctl("apply", "--scope", "shared", "--auto-approve", "--no-keys", "--allow-host", "it")
    assert any(each.method == "POST" for each in kept.asked)


def test_a_pipeline_believes_what_the_shared_state_records(gwctl, everywhere, state_servers) -> None:
    kept = state_servers()
    typed = ("--state", f"{kept.url}/states/acme", "--scope", "shared")
    gwctl.write(gateway(GOOD))
    gwctl("apply", *typed, "--auto-approve", "--trust", "file", OPENAI_API_KEY=KEY)
    assert not ledger_of(gwctl).exists(), "a container has no ledger, and needs none"
    asked = len(everywhere.requests)
    assert "No changes" in gwctl("plan", *typed, "--trust", "state", OPENAI_API_KEY=KEY).out
    assert KEY in json.dumps([request.headers for request in everywhere.requests[asked:]])
    for changed in (
        gateway(EVIL),
        gateway(GOOD, "key: {env: GITHUB_TOKEN}"),
        gateway(GOOD, "key: {env: OPENAI_API_KEY}, headers: {X-Team: {env: GITHUB_TOKEN}}"),
        gateway(GOOD, f"key: {{env: OPENAI_API_KEY}}, proxy: '{EVIL}:3128'"),
    ):
        gwctl.write(changed)
        asked = len(everywhere.requests)
        plan = gwctl("plan", *typed, "--trust", "state", "--format", "json", OPENAI_API_KEY=KEY, GITHUB_TOKEN=TOKEN)
        assert "KEY_WITHHELD" in codes(plan)
        assert len(everywhere.requests) == asked
    new = f"  new: {{base_url: '{EVIL}', key: {{env: GITHUB_TOKEN}}, insecure_http: true, models: [m]}}\n"
    gwctl.write(gateway(GOOD, more=new))
    plan = gwctl("plan", *typed, "--trust", "state", "--format", "json", OPENAI_API_KEY=KEY, GITHUB_TOKEN=TOKEN).json
    assert [endpoint["status"] for endpoint in plan["endpoints"]] == ["listed", "skipped"]


def test_a_state_that_only_the_file_names_is_not_believed(gwctl, everywhere, state_servers) -> None:
    """A pull request could name a state of its own, which records whatever it likes, and wants no password."""
    kept = state_servers()
    url = f"{kept.url}/states/acme"
    gwctl.write(gateway(EVIL))
    gwctl("apply", "--state", url, "--scope", "shared", "--auto-approve", "--trust", "file", OPENAI_API_KEY=KEY)
    asked = len(everywhere.requests)
    gwctl.write(gateway(EVIL, head=f"state: {url.replace('127.0.0.1', 'state.stranger.example')}\n"))
    done = gwctl("plan", "--trust", "state", "--scope", "shared", code=1, OPENAI_API_KEY=KEY)
    assert "withheld" in done.out
    assert len(everywhere.requests) == asked


def test_a_saved_plan_records_only_pairs_that_it_carries(gwctl, everywhere) -> None:
    gwctl.write(gateway(GOOD))
    gwctl("plan", "--offline", "--out", "p.plan")
    refused = gwctl("apply", "p.plan", "--format", "json", code=1, OPENAI_API_KEY=KEY)
    assert codes(refused) == ["KEY_WITHHELD"]
    gwctl("plan", "--offline", "--allow-host", "it", "--out", "p.plan")
    carried = json.loads((gwctl.folder / "p.plan").read_text())["pairs"]
    assert [(each["endpoint"], each["secret"], each["origin"]) for each in carried] == [
        ("it", "env OPENAI_API_KEY", GOOD)
    ]
    assert GOOD in gwctl("show", "p.plan").out
    gwctl("apply", "p.plan")
    assert codes(gwctl("plan", "--format", "json", OPENAI_API_KEY=KEY)) == ["KEY_WITHHELD"], "it makes no binding"
    assert everywhere.requests == []


def test_two_customers_of_one_origin_are_two_exposures(gwctl) -> None:
    account = "preset: cloudflare, base_url: 'https://api.cloudflare.com/client/v4/accounts/{}/ai/v1', models: [m]"
    text = "version: 1\nname: acme\nendpoints: {{it: {{{}, key: {{env: CF}}, timeout: 1s}}}}\n"
    gwctl.write(text.format(account.format("team")))
    gwctl("trust", "it")
    for other in ("stranger", "team/../stranger", "team/%2e%2e/stranger"):
        gwctl.write(text.format(account.format(other)))
        assert codes(gwctl("plan", "--format", "json", CF=KEY)) == ["KEY_WITHHELD"], other
