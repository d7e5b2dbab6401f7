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


# What only a run with keys, a state, a ledger or a lock file needs.
UNUSED_BY_A_FIRST_PLAN = {
    *("httpx", "stamina", "truststore", "keyring", "deepdiff", "pydantic", "pydantic_core", "packaging"),
    *("hmac", "sqlite3", "platformdirs", "tempfile", "secrets", "subprocess", "shutil", "ssl", "socket"),
    "datetime",
    "reconciler.apply",
    *("reconciler.engine.keys.keyring", "reconciler.engine.keys.kept", "reconciler.engine.keys.request"),
    *("reconciler.engine.trust.commands", "reconciler.engine.trust.contents", "reconciler.engine.trust.pairs"),
    *("reconciler.engine.trust.questions", "reconciler.engine.trust.recorded"),
    "reconciler.engine.trust.withheld_messages",
    *("reconciler.ledger.database", "reconciler.ledger.locate", "reconciler.ledger.owned_rows"),
    "reconciler.ledger.tables",
    *("reconciler.files.ownership", "reconciler.files.working_tree"),
    *("reconciler.lockfile.apply_pins", "reconciler.lockfile.codec", "reconciler.lockfile.document"),
    "reconciler.owned",
    *("reconciler.plan.diff", "reconciler.plan.manual_edits", "reconciler.plan.owned.table"),
    *("reconciler.secrets.binding", "reconciler.secrets.commands", "reconciler.secrets.keychain"),
    *("reconciler.secrets.marks", "reconciler.secrets.resolve_key"),
    *("reconciler.state.codec", "reconciler.state.text", "reconciler.state.upgrades", "reconciler.identity"),
    *("reconciler.state.stores.credential", "reconciler.state.stores.http_exchange", "reconciler.state.stores.offline"),
    "reconciler.state.stores.file.lock",
}
PLAINLY = GATEWAY + "requires: '>=0.1'\n"


def test_an_offline_plan_loads_nothing_that_it_does_not_use(tmp_path) -> None:
    (tmp_path / "gateway.yaml").write_text(PLAINLY)
    always = imported(tmp_path, "--version", more=UNUSED_BY_A_FIRST_PLAN)  # click loads some of the standard library
    loaded = imported(tmp_path, "plan", "--offline", more=UNUSED_BY_A_FIRST_PLAN)
    assert not (loaded - always - {"yaml", "reconciler.plan.change"})


def test_validate_loads_nothing_of_a_plan(tmp_path) -> None:
    (tmp_path / "gateway.yaml").write_text(PLAINLY)
    unwanted = UNUSED_BY_A_FIRST_PLAN | {"reconciler.plan.planner", "reconciler.state", "reconciler.ledger"}
    always = imported(tmp_path, "--version", more=unwanted)
    assert not (imported(tmp_path, "validate", more=unwanted) - always - {"yaml"})


def test_a_first_offline_plan_compiles_few_patterns_and_reads_one_preset_for_each_endpoint(tmp_path) -> None:
    (tmp_path / "gateway.yaml").write_text(PLAINLY)
    script = (
        "import re._compiler, sys\n"
        "from reconciler.cli.main import run\n"
        "whole, own = re._compiler.compile, []\n"
        "re._compiler.compile = lambda *given: own.append(given) or whole(*given)\n"
        "is_preset = lambda event, given: event == 'open' and 'presets/data' in str(given[0])\n"
        "sys.addaudithook(lambda event, given: is_preset(event, given) and own.append(None))\n"
        "run(['plan', '--offline'])\n"
        "sys.stderr.write(f'{own.count(None)} {len(own)}')\n"
    )
    home = tmp_path.with_name(f"{tmp_path.name}-home")
    environ = {**os.environ, "HOME": str(home), "USERPROFILE": str(home), "XDG_STATE_HOME": str(home / "state")}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=environ, capture_output=True, text=True, check=True
    )
    presets, all_together = map(int, done.stderr.rpartition("\n")[2].split())
    assert presets == 1
    assert all_together - presets <= 45  # more than half of them are PyYAML's


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


def test_a_command_does_not_load_what_httpx_could_use(tmp_path) -> None:
    """Its command line, trio and sniffio, which are installed beside it here."""
    (tmp_path / "gateway.yaml").write_text(GATEWAY.replace("{preset: litellm,", "{base_url: 'http://127.0.0.1:9',"))
    command = [sys.executable, "-X", "importtime", "-m", "reconciler", "test", "--format", "json"]
    home = tmp_path.with_name(f"{tmp_path.name}-home")
    environ = {**os.environ, "HOME": str(home), "USERPROFILE": str(home), "XDG_STATE_HOME": str(home / "state")}
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time")}
    assert "httpx._client" in loaded and not loaded & {
        "rich",
        "rich.console",
        "pygments",
        "trio._core",
        "sniffio._impl",
    }
