"""`gwctl doctor`: for each thing that is wrong, the line that says so; and no key is ever sent."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.test_documents import valid
from tests.scenarios.test_secrets import MARKER, clean
from tests.support.command import Gwctl
from tests.support.libraries import library
from tests.support.scripted import Reply

NOW = datetime.now(UTC)
posix = pytest.mark.skipif(os.name != "posix", reason="file modes: POSIX only")


def gateway(url: str, more: str = "key: {env: CANARY}") -> str:
    return f"version: 1\nname: acme\nendpoints: {{it: {{base_url: '{url}', models: [m], {more}}}}}\n"


def examined(gwctl: Gwctl, *arguments: str, code: int | None = 0, **environ: str) -> dict[str, Any]:
    """The findings of the json document by code, after a look at the whole of it."""
    document = gwctl("doctor", "--format", "json", *arguments, code=code, **environ).json
    valid("doctor", document)
    assert document["ok"] is all(finding["severity"] != "error" for finding in document["findings"])
    for finding in document["findings"]:
        assert (finding["code"] == "OK") is (finding["severity"] == "ok")
        if finding["severity"] in ("warning", "error"):
            assert finding["hint"] or finding["source"], finding
    return {finding["code"]: finding for finding in document["findings"]}


def summaries(gwctl: Gwctl, *arguments: str, code: int | None = 0, **environ: str) -> list[str]:
    return [
        finding["summary"]
        for finding in gwctl("doctor", "--format", "json", *arguments, code=code, **environ).json["findings"]
    ]


def test_all_is_well(gwctl, hosts) -> None:
    host = hosts()
    gwctl.write(gateway(host.url))
    out = gwctl("doctor", CANARY=MARKER).out
    end = "No problems found. The keys and the model lists were not tested. To test them: gwctl test"
    assert out.endswith(f"{end}\n")
    for line in (
        "gwctl 0.1.0, Python 3.",
        "gateway.yaml: `acme`, endpoints: it",
        "nothing is applied yet",
        "not locked",
        "key: env CANARY is set",
        "proxy: none; loopback addresses never use a proxy",
        "reachable: HTTP 404",
        "clock: same time",
    ):
        assert line in out
    assert gwctl("doctor", "-q", "it", CANARY=MARKER).out == f"{end} it\n"
    assert not gwctl.state_file.parent.exists()
    assert examined(gwctl, CANARY=MARKER).keys() == {"OK", "NOT_TESTED"}


def test_no_request_holds_a_key(gwctl, hosts) -> None:
    host = hosts()
    gwctl.write(gateway(host.url, "key: {env: CANARY}, headers: {X-Team: platform}"))
    for arguments in ((), ("-v",), ("--format", "json"), ("--offline",), ("it",)):
        result = gwctl("doctor", *arguments, CANARY=MARKER)
        clean(result.out + result.err, arguments)
    assert len(host.seen) == 4
    for headers in host.seen:
        clean(str(headers), "request")
        assert not headers.keys() & {"authorization", "x-team", "x-api-key"}


@pytest.mark.parametrize(
    ("value", "code", "severity"),
    [
        ("", "MISSING_API_KEY", "error"),
        (f"{MARKER}\nsecond", "KEY_UNREADABLE", "error"),
        (f"${{{MARKER}}}", "KEY_MALFORMED", "error"),
        (f'"{MARKER}"', "KEY_MALFORMED", "warning"),
        (f"sk-ant-{MARKER}", "KEY_MALFORMED", "warning"),
        (f" {MARKER} ", "KEY_PADDED", "note"),
    ],
)
def test_a_bad_key_is_named_and_not_shown(gwctl, hosts, value: str, code: str, severity: str) -> None:
    gwctl.write(gateway(hosts().url))
    result = 1 if severity == "error" else 0
    assert examined(gwctl, code=result, CANARY=value)[code]["severity"] == severity
    text = gwctl("doctor", "-v", code=result, CANARY=value)
    clean(text.out + text.err, code)
    assert "env CANARY" in text.out or "variable CANARY" in text.out


def test_an_optional_key_that_is_not_set_is_a_note(gwctl, hosts) -> None:
    gwctl.write(gateway(hosts().url, "preset: litellm, key: {env: CANARY}"))
    assert examined(gwctl)["NO_KEY"]["severity"] == "note"


def test_a_key_that_this_machine_should_store_and_does_not_have_is_a_warning(gwctl, hosts, keychain) -> None:
    """So it is after `gwctl leave`: the status says that the key is missing, too."""
    gwctl.write(gateway(hosts().url, "preset: litellm, key: {env: CANARY}, store_key: if-available"))
    found = examined(gwctl)["NO_KEY"]
    assert (found["severity"], found["hint"]) == ("warning", "gwctl join")
    assert "No problems found" not in gwctl("doctor").out


@pytest.mark.parametrize(
    ("fields", "hint"),
    [
        ("preset: litellm, key: {env: CANARY}", "gwctl join"),
        ("preset: litellm", "add `key: {env: NAME}` under endpoints.it"),
    ],
)
@pytest.mark.parametrize("status", [200, 401, 404])
def test_an_optional_key_that_the_server_requires_is_a_warning(
    gwctl, server, status: int, fields: str, hint: str
) -> None:
    body = {"data": [{"id": "m"}]} if status == 200 else {"error": {"message": "no"}}
    for path in ("/models", "/v1/models"):
        server.routes[path] = Reply(status=status, body=body)
    gwctl.write(gateway(server.url, fields))
    found = examined(gwctl).get("NO_KEY", {"severity": "ok"})
    assert (found["severity"] == "warning") == (status == 401)
    if status == 401:
        assert "and the server rejects a request without a key (HTTP 401)" in found["summary"]
        assert found["hint"] == hint
    assert ("No problems found" in gwctl("doctor").out) == (status != 401)
    asked = [request for request in server.requests if request.method == "GET"]
    assert asked
    assert not any("authorization" in request.headers for request in server.requests)
    gwctl("doctor", "--offline")
    assert [request for request in server.requests if request.method == "GET"] == asked


def test_the_doctor_requests_no_list_where_it_would_send_a_secret(gwctl, server) -> None:
    server.lists("m")
    for fields in ("preset: litellm, key: {env: CANARY}", "preset: litellm, headers: {X-Team: {env: CANARY}}"):
        gwctl.write(gateway(server.url, fields))
        examined(gwctl, code=None, CANARY=MARKER)
    assert not [request for request in server.requests if request.path == "/models"]


@posix
def test_a_key_file_is_for_its_owner_only(gwctl, hosts) -> None:
    key = gwctl.folder / "key.txt"
    key.write_text(MARKER)
    gwctl.write(gateway(hosts().url, "key: {file: key.txt}"))
    for mode, said in (
        (0o644, "can be read by other users (mode 0644)"),
        (0o620, "can be written by other users (mode 0620)"),
    ):
        key.chmod(mode)
        assert said in examined(gwctl)["FILE_MODE"]["summary"]
    key.chmod(0o600)
    assert "FILE_MODE" not in examined(gwctl)


def test_a_command_is_not_run_unasked(gwctl, hosts) -> None:
    gwctl.write(
        gateway(hosts().url, f'key: {{command: [\'{sys.executable}\', -c, \'open("ran", "w"); print("{MARKER}")\']}}')
    )
    for arguments in ((), ("--offline", "--allow-commands")):
        assert examined(gwctl, *arguments)["KEY_NOT_READ"]["severity"] == "note"
        assert not (gwctl.folder / "ran").exists()
    assert "KEY_NOT_READ" not in examined(gwctl, "--allow-commands")
    assert (gwctl.folder / "ran").exists()


@posix
def test_the_state_s_modes(gwctl, server) -> None:
    server.lists("m")
    gwctl.write(gateway(server.url, ""))
    gwctl("apply", "--auto-approve")
    assert any("serial 1, 3 recorded" in each for each in summaries(gwctl))
    assert "FILE_MODE" not in examined(gwctl)
    gwctl.state_file.chmod(0o644)
    assert examined(gwctl)["FILE_MODE"]["hint"].startswith("chmod 600")
    gwctl.state_file.chmod(0o600)
    gwctl.state_file.parent.chmod(0o755)
    assert examined(gwctl)["FILE_MODE"]["severity"] == "note"
    gwctl.state_file.parent.chmod(0o777)
    assert examined(gwctl)["FILE_MODE"]["severity"] == "warning"


def test_a_state_that_cannot_be_read(gwctl, hosts) -> None:
    gwctl.write(gateway(hosts().url, ""))
    gwctl.state_file.parent.mkdir()
    gwctl.state_file.write_text("{")
    findings = gwctl("doctor", "--format", "json", code=1).json["findings"]
    assert [finding["group"] for finding in findings if finding["severity"] == "error"] == ["state"]
    assert any(finding["summary"].startswith("clock:") for finding in findings), "the rest is examined all the same"


def test_a_held_lock_names_its_holder_and_a_killed_one_s_is_free(gwctl, server) -> None:
    server.lists("m")
    gwctl.write(gateway(server.url, ""))
    gwctl("apply", "--auto-approve")
    script = (
        "import sys, time; from pathlib import Path; from reconciler.state.stores.file.store import FileStore\n"
        f"with FileStore(Path({str(gwctl.state_file)!r})).lock():\n    print('held', flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        result = examined(gwctl)["STATE_LOCKED"]
        holder.kill()
    assert result["severity"] == "warning"
    assert f"process {holder.pid} since" in result["summary"]
    assert "not locked" in summaries(gwctl)
    gwctl("apply", "--auto-approve")


def test_a_bad_gateway_file_is_said_with_its_places(gwctl) -> None:
    gwctl.write("version: 1\nname: acme\nendpoints: {it: {base_ur: 'http://localhost'}}\n")
    findings = gwctl("doctor", "--format", "json", code=1).json["findings"]
    errors = [finding for finding in findings if finding["severity"] == "error"]
    assert {error["group"] for error in errors} == {"gateway file"}
    assert errors[0]["source"]["line"] == 3
    assert "gateway.yaml:3:" in gwctl("doctor", code=1).out
    gwctl.folder.joinpath("gateway.yaml").unlink()
    assert "gateway.yaml" in gwctl("doctor", code=1).out


def test_only_the_endpoints_that_are_named(gwctl, hosts) -> None:
    url = hosts().url
    gwctl.write(f"version: 1\nname: acme\nendpoints: {{a: {{base_url: '{url}'}}, b: {{base_url: '{url}'}}}}\n")
    findings = gwctl("doctor", "b", "--format", "json").json["findings"]
    assert {finding["group"] for finding in findings if finding["group"].startswith("endpoint")} == {"endpoint.b"}
    valid("doctor", gwctl("doctor", "c", "--format", "json", code=1).json)
    assert "not an endpoint of the gateway file" in gwctl("doctor", "c", code=1).err


def test_offline_asks_nobody(gwctl, hosts) -> None:
    host = hosts()
    gwctl.write(gateway(host.url))
    text = summaries(gwctl, "--offline", CANARY=MARKER)
    assert host.seen == []
    assert "key: env CANARY is set" in text
    assert not any(each.startswith(("reachable", "not reachable", "clock", "DNS", "certificate")) for each in text)


@pytest.mark.parametrize(("ahead", "said"), [(600.0, "10 minutes behind"), (-86400.0, "1440 minutes ahead of")])
def test_a_clock_that_is_off(gwctl, hosts, ahead: float, said: str) -> None:
    gwctl.write(gateway(hosts(ahead=ahead).url, ""))
    result = examined(gwctl)["CLOCK_DIFFERS"]
    assert (result["severity"], said in result["summary"]) == ("warning", True)


def test_a_clock_that_is_a_little_off_or_not_told(gwctl, hosts) -> None:
    gwctl.write(gateway(hosts(ahead=240).url, ""))
    assert "CLOCK_DIFFERS" not in examined(gwctl)
    gwctl.write(gateway(hosts(ahead=None).url, ""))
    assert "the server sends no date" in examined(gwctl)["NOT_LOOKED_AT"]["summary"]


def test_a_host_that_is_not_there(gwctl) -> None:
    gwctl.write(gateway("http://127.0.0.1:9", "timeout: 2s"))
    assert "Connection refused" in examined(gwctl, code=1)["UNREACHABLE"]["summary"]
    gwctl.write(gateway("https://llm.acme.invalid", "timeout: 2s"))
    result = examined(gwctl, code=1)["UNREACHABLE"]
    assert result["summary"].startswith("DNS: ")


def test_a_host_that_hangs_costs_its_timeout(gwctl, server) -> None:
    from tests.support.scripted import Reply

    server.routes["/"] = Reply(silent=True)
    gwctl.write(gateway(server.url, "timeout: 500ms"))
    assert "no response within 0.5 s" in examined(gwctl, code=1)["UNREACHABLE"]["summary"]


@pytest.fixture
def authority(tmp_path: Path) -> tuple[Any, dict[str, str]]:
    """A private CA, and the environment in which it is trusted."""
    authority, path = library("trustme").CA(), tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return authority, {"SSL_CERT_FILE": str(path)}


@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="SSL_CERT_FILE: where OpenSSL judges")
@pytest.mark.parametrize(
    ("names", "until", "trusting", "code", "severity"),
    [
        (["localhost"], 365, True, None, None),
        (["localhost"], 10, True, "CERTIFICATE_EXPIRES", "warning"),
        (["localhost"], -1, True, "CERTIFICATE_EXPIRED", "error"),
        (["other.example"], 365, True, "CERTIFICATE_NAME", "error"),
        (["localhost"], 365, False, "CERTIFICATE_UNTRUSTED", "error"),
    ],
)
def test_certificates(gwctl, hosts, authority, names, until: int, trusting: bool, code, severity) -> None:
    issuer, environ = authority
    times = {"not_before": NOW - timedelta(days=30), "not_after": NOW + timedelta(days=until)}
    host = hosts(issuer.issue_cert(*names, **times))
    gwctl.write(gateway(host.url))
    environ = environ if trusting else {}
    result = examined(gwctl, code=1 if severity == "error" else 0, CANARY=MARKER, **environ)
    if code is None:
        assert result.keys() == {"OK", "NOT_TESTED"}
        assert f"certificate: trusted, until {times['not_after']:%Y-%m-%d}" in summaries(
            gwctl, CANARY=MARKER, **environ
        )
    else:
        assert result[code]["severity"] == severity
    assert bool(host.seen) is (severity != "error"), "nothing is sent to a server that is not trusted"


def test_plain_http_on_a_tls_port_and_the_other_way_about(gwctl, hosts) -> None:
    gwctl.write(gateway(hosts().url.replace("http:", "https:"), "timeout: 3s"))
    assert "TLS" in examined(gwctl, code=1)["UNREACHABLE"]["summary"]


@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="SSL_CERT_FILE: where OpenSSL judges")
def test_which_authorities_count(gwctl, hosts, authority) -> None:
    issuer, environ = authority
    gwctl.write(gateway(hosts(issuer.issue_cert("localhost")).url, ""))
    assert any(
        each.startswith(f"trust: SSL_CERT_FILE={environ['SSL_CERT_FILE']}") for each in summaries(gwctl, **environ)
    )
    result = examined(gwctl, code=1, SSL_CERT_FILE="nowhere.pem", REQUESTS_CA_BUNDLE="corp.pem")
    assert result["CA_MISSING"]["severity"] == "warning"
    assert result["CA_NOT_READ"]["summary"].startswith("trust: REQUESTS_CA_BUNDLE is set")


def test_which_proxy_counts(gwctl, servers) -> None:
    proxy = servers()
    gwctl.write(gateway("http://llm.acme.invalid", "timeout: 2s"))
    with_password = proxy.url.replace("http://", f"http://user:{MARKER}@")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        result = gwctl("doctor", "-v", **{name: with_password})
        clean(result.out + result.err, name)
        assert f"proxy: {proxy.url}, from {name.upper()}" in result.out
        assert "DNS: the proxy resolves the name" in result.out
        assert "reachable: HTTP 404" in result.out
    assert len([each for each in proxy.requests if each.method == "HEAD"]) == 4
    assert not any("authorization" in each.headers for each in proxy.requests)
    assert "no proxy is set for http" in gwctl("doctor", code=1, HTTPS_PROXY=with_password).out


def test_what_no_proxy_covers(gwctl, servers) -> None:
    proxy = servers()
    gwctl.write(gateway("http://llm.acme.invalid", "timeout: 2s"))
    for covering in ("other.example,acme.invalid", "*.acme.invalid", "*"):
        out = gwctl("doctor", code=1, HTTP_PROXY=proxy.url, NO_PROXY=covering).out
        assert "proxy: none; NO_PROXY contains the host" in out
    assert proxy.requests == []


def test_an_endpoint_s_own_proxy_wins(gwctl, servers) -> None:
    proxy = servers()
    gwctl.write(gateway("http://llm.acme.invalid", f"proxy: '{proxy.url}', timeout: 2s"))
    out = gwctl("doctor", code=None, HTTP_PROXY="http://127.0.0.1:9", NO_PROXY="*").out
    assert f"proxy: {proxy.url}, from `proxy:` of the endpoint" in out
    assert len([each for each in proxy.requests if each.method == "HEAD"]) == 1


def test_the_keychain_is_looked_at_where_one_is_wanted(gwctl, keychain, server) -> None:
    server.lists("m", "n")
    gwctl.write(gateway(server.url, "key: {env: CANARY}, store_key: keyring"))
    gwctl("apply", "--auto-approve", CANARY=MARKER)
    text = gwctl("doctor", "-v", code=0)
    clean(text.out + text.err, "doctor")
    assert "tests.support.file_keychain.FileKeychain" in text.out
    assert "the ledger records 1 stored key: " in text.out
    assert "key: stored in the keychain by gwctl" in text.out
    result = examined(gwctl, code=1, PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring")
    assert "the null backend" in result["KEYCHAIN"]["summary"]


@pytest.mark.parametrize("bad", ["socks5://127.0.0.1:9", "http://:9", "http://127.0.0.1:notaport"])
def test_a_proxy_that_no_request_can_use(gwctl, bad: str) -> None:
    gwctl.write(gateway("http://llm.acme.invalid", "timeout: 2s"))
    assert "ALL_PROXY" in examined(gwctl, code=1, ALL_PROXY=bad)["PROXY_UNUSABLE"]["summary"]


def test_a_socks_proxy_is_an_outcome_and_no_fault_of_ours(gwctl) -> None:
    gwctl.write(gateway("http://llm.acme.invalid", "timeout: 2s"))
    result = gwctl("test", "-v", code=1, ALL_PROXY="socks5://127.0.0.1:9")
    assert "UNREACHABLE" in result.err
    assert "has a type that is not supported" in result.out


def test_a_proxy_that_refuses(gwctl, servers) -> None:
    from tests.support.scripted import Reply

    proxy = servers()
    proxy.routes["/"] = Reply(status=407)
    gwctl.write(gateway("http://llm.acme.invalid", "timeout: 2s"))
    assert examined(gwctl, code=1, HTTP_PROXY=proxy.url)["PROXY_REFUSED"]["severity"] == "error"


def test_a_withheld_key_is_said(gwctl, servers, hosts) -> None:
    old = servers()
    old.lists("m")
    gwctl.write(gateway(old.url))
    gwctl("apply", "--auto-approve", CANARY=MARKER)
    gwctl.write(gateway(hosts().url))
    assert "--allow-host it" in examined(gwctl, CANARY=MARKER)["KEY_WITHHELD"]["hint"]
