"""A checkout that was moved, on a runner that keeps its home: the command of the hint, typed as it is printed."""

from __future__ import annotations

import json
import shlex

import pytest

from tests.scenarios.test_bindings import EVIL, GOOD, KEY, gateway


@pytest.fixture
def everywhere(gwctl, server):
    server.lists("m", "n")
    gwctl.environ |= {
        "HTTP_PROXY": server.url,
        "http_proxy": server.url,
        "OPENAI_API_KEY": KEY,
        "NO_PROXY": "127.0.0.1",
    }
    return server


def sent(server) -> str:
    return json.dumps([(request.path, request.headers) for request in server.requests])


def hinted(text: str, begin: str) -> list[str]:
    """The words of the command that a hint begins like that, as a shell takes them."""
    return shlex.split(text[text.index(begin) :].partition(";")[0].partition("\n")[0])[1:]


WHERE: dict[str, tuple[str, str, bool]] = {
    "state in the file": ("gateway.yaml", "work", False),
    "state typed": ("gateway.yaml", "work", True),
    "another file, and blanks": ("our gateway.yaml", "old work", True),
}


@pytest.fixture(params=WHERE)
def moved(request, gwctl, everywhere, state_servers) -> tuple[str, ...]:
    """The options of a command in the new place, where nobody has said yet that it is the old one."""
    file, name, is_typed = WHERE[request.param]
    url = f"{state_servers().url}/states/acme"
    head = "" if is_typed else f"state: {url}\n"
    new = f"  new: {{base_url: '{EVIL}', key: {{env: OPENAI_API_KEY}}, insecure_http: true, models: [m]}}\n"
    gwctl.folder = gwctl.folder.rename(gwctl.folder.with_name(name))
    options = (*(("-f", file) if file != "gateway.yaml" else ()), *(("--state", url) if is_typed else ()))
    gwctl.write(gateway(GOOD, head=head), file)
    gwctl("trust", "it", *options)
    gwctl("apply", *options, "--scope", "shared", "--auto-approve")
    gwctl.write(gateway(GOOD, head=head, more=new), file)
    gwctl.folder = gwctl.folder.rename(gwctl.folder.with_name("elsewhere"))
    everywhere.requests.clear()
    return (*options, "--scope", "shared")


def test_the_hint_s_command_takes_the_agreements_along(gwctl, everywhere, moved) -> None:
    first = gwctl("plan", *moved).out
    assert sent(everywhere).count(KEY) == 0
    gwctl(*hinted(first, "gwctl trust --moved-from "))
    second = gwctl("plan", *moved).out
    assert sent(everywhere).count(KEY) == 1
    assert GOOD.removeprefix("http://") in sent(everywhere)
    gwctl(*hinted(second, "gwctl trust new"))
    assert "withheld" not in gwctl("plan", *moved).out
    assert len(gwctl("trust", "list", "--format", "json").json["stacks"]) == 1


def test_the_hint_s_other_command_makes_it_another_one(gwctl, everywhere, moved) -> None:
    gwctl(*hinted(gwctl("plan", *moved).out, "gwctl trust --another"))
    assert "gwctl trust it" in gwctl("plan", *moved).out
    assert sent(everywhere).count(KEY) == 0
    assert len(gwctl("trust", "list", "--format", "json").json["stacks"]) == 2


def test_a_pipeline_needs_neither(gwctl, everywhere, moved) -> None:
    """On a runner that keeps its home and moves its checkouts: what the typed state records gets its key."""
    if "--state" not in moved:
        moved = (*moved, "--state", url_of(gwctl))
    plan = gwctl("plan", *moved, "--trust", "state").out
    assert sent(everywhere).count(KEY) == 1
    assert "for one run, add --allow-host new" in plan
    assert "withheld" not in gwctl("plan", *moved, "--trust", "state", "--allow-host", "new").out


def url_of(gwctl) -> str:
    return (gwctl.folder / "gateway.yaml").read_text().partition("state: ")[2].partition("\n")[0]
