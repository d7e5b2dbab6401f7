"""A gwctl inside an environment that gwctl made: what was set for one endpoint is never another one's key."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable

import pytest

from tests.support.forks import Warm

OURS = "quokka-1111-litellm"
THEIRS = "zebra-2222-openai"
posix = pytest.mark.skipif(os.name != "posix", reason="a POSIX shell is asked")

Inside = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def vendor(gwctl, servers):
    """Two endpoints: one through which tools are sent, and a vendor's, whose key has the name that tools read."""
    gateway, result = servers(), servers()
    gateway.lists("gpt-4o")
    result.lists("o1")
    gwctl.write(f"""
        version: 1
        name: acme
        endpoints:
          litellm: {{base_url: '{gateway.url}', key: {{env: LITELLM_API_KEY}}, models: [gpt-4o]}}
          vendor: {{base_url: '{result.url}', key: {{env: OPENAI_API_KEY}}, models: [o1]}}
        defaults: {{chat: litellm/gpt-4o}}
        """)
    return result


@pytest.fixture(params=["run", "eval", "dotenv"])
def inside(request, gwctl, warm: Warm) -> Inside:
    """Runs words in a shell that `gwctl run` started, or that evaluated or sourced `gwctl env`."""
    own = shlex.join(warm.command)
    code = {
        "run": f'exec {own} run --endpoint litellm -- sh -c "$1"',
        "eval": f'eval "$({own} env --endpoint litellm --with-keys)"; eval "$1"',
        "dotenv": f'{own} env --endpoint litellm --with-keys --format dotenv > ../.env; set -a; . ../.env; eval "$1"',
    }[request.param]

    def go(words: str, **environ: str) -> subprocess.CompletedProcess[str]:
        given = gwctl.environ | {"LITELLM_API_KEY": OURS} | environ
        whole = ["sh", "-c", code, "sh", words.replace("gwctl", own)]
        return subprocess.run(whole, cwd=gwctl.folder, env=given, capture_output=True, text=True, check=False)

    return go


def keys_sent(server) -> set[str]:
    return {request.headers.get("authorization", "") for request in server.requests}


@posix
def test_what_was_set_for_one_endpoint_is_not_another_s_key(vendor, inside: Inside) -> None:
    done = inside("gwctl plan")
    assert keys_sent(vendor) <= {""}
    assert "OPENAI_API_KEY was set by gwctl for endpoint.litellm of acme" in done.stdout + done.stderr
    assert OURS not in done.stdout + done.stderr


@posix
def test_it_is_the_user_s_again_once_it_is_changed(vendor, inside: Inside) -> None:
    inside(f"OPENAI_API_KEY={THEIRS} gwctl plan")
    assert keys_sent(vendor) == {f"Bearer {THEIRS}"}


@posix
def test_a_second_endpoint_inside_forgets_nothing_of_the_first(vendor, inside: Inside) -> None:
    done = inside("gwctl run --endpoint vendor -- gwctl plan")
    assert "was set by gwctl for endpoint.litellm" in done.stdout + done.stderr
    assert keys_sent(vendor) <= {""}


@posix
def test_the_endpoint_that_it_was_set_for_may_read_it(gwctl, servers, inside: Inside) -> None:
    result = servers()
    result.lists("gpt-4o")
    gwctl.write(f"""
        version: 1
        name: acme
        endpoints:
          litellm: {{base_url: '{result.url}', key: {{env: OPENAI_API_KEY}}, models: [gpt-4o]}}
        """)
    inside("gwctl test", OPENAI_API_KEY=THEIRS)
    assert keys_sent(result) == {f"Bearer {THEIRS}"}
