"""Start-up is a feature: what is heavy is imported only where it is used."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Collection

import pytest

HEAVY = ["httpx", "pydantic", "keyring", "deepdiff", "rich", "stamina", "truststore", "filelock", "yaml", "asyncio"]
HEAVY += ["psycopg", "obstore"]
OWN = ["reconciler.clients.tool", "reconciler.plan.change"]
GATEWAY = "version: 1\nname: acme\nendpoints: {a: {preset: litellm, models: [m]}}\n"


def imported(folder, *arguments: str, more: Collection[str] = ()) -> set[str]:
    script = (
        "import sys\n"
        "from reconciler.cli.main import run\n"
        f"code = run({list(arguments)!r})\n"
        f"sys.stderr.write('loaded ' + ' '.join(name for name in {[*HEAVY, *OWN, *more]!r} if name in sys.modules))\n"
    )
    home = folder.with_name(f"{folder.name}-home")  # the ledger must not be below the gateway file
    environ = {**os.environ, "HOME": str(home), "USERPROFILE": str(home), "XDG_STATE_HOME": str(home / "state")}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=folder, env=environ, capture_output=True, text=True, check=True
    )
    return set(done.stderr.rpartition("loaded ")[2].split())


@pytest.mark.parametrize(
    "arguments", [(), ("--help",), ("--version",), ("plan", "--help"), ("state", "--help"), ("lock", "--help")]
)
def test_help_and_version_load_nothing_heavy(tmp_path, arguments: tuple[str, ...]) -> None:
    assert imported(tmp_path, *arguments) == set()


def test_validate_loads_no_network_and_no_differ(tmp_path) -> None:
    (tmp_path / "gateway.yaml").write_text(GATEWAY)
    assert imported(tmp_path, "validate") == {"yaml"}


def test_validate_loads_the_tools_only_for_a_file_with_clients(tmp_path) -> None:
    (tmp_path / "gateway.yaml").write_text(GATEWAY)
    assert not imported(tmp_path, "validate") & set(OWN)
    (tmp_path / "gateway.yaml").write_text(GATEWAY + "clients: {codex: {}}\n")
    assert imported(tmp_path, "validate") & set(OWN) == {"reconciler.clients.tool"}


def test_env_loads_no_network_and_no_differ(tmp_path) -> None:
    """And run, which becomes another process once it has done the same."""
    (tmp_path / "gateway.yaml").write_text(GATEWAY)
    assert imported(tmp_path, "env", "--with-keys", "--endpoint", "a") - set(OWN) <= {"yaml"}


def test_an_offline_plan_loads_no_network(tmp_path) -> None:
    (tmp_path / "gateway.yaml").write_text(GATEWAY)
    unwanted = {"httpx", "stamina", "truststore", "keyring", "deepdiff", "pydantic", "pydantic_core"}
    assert not imported(tmp_path, "plan", "--offline", more=unwanted) & unwanted
    assert "httpx" in imported(tmp_path, "apply", "--auto-approve", more=unwanted)
    assert not imported(tmp_path, "plan", "--offline", more=unwanted) & unwanted


def test_the_line_of_status_loads_no_store_and_no_plan(tmp_path) -> None:
    """A git hook runs it after each pull."""
    (tmp_path / "gateway.yaml").write_text(GATEWAY)
    unwanted = {
        *HEAVY,
        *OWN,
        "reconciler.engine.plan",
        "reconciler.state.stores.registry",
        "reconciler.secrets.keychain",
    }
    assert imported(tmp_path, "status", "--line", more=unwanted) <= {"yaml"}
    assert "reconciler.state.stores.registry" in imported(tmp_path, "status", more=unwanted)


def test_deepdiff_is_loaded_only_where_something_is_updated(tmp_path) -> None:
    (tmp_path / "gateway.yaml").write_text(GATEWAY)
    assert "deepdiff" not in imported(tmp_path, "apply", "--auto-approve")
    (tmp_path / "gateway.yaml").write_text(GATEWAY.replace("models", "timeout: 11s, models"))
    assert "deepdiff" in imported(tmp_path, "plan")
