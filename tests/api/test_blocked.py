"""The plan itself says what blocks an apply: calling `apply` with it changes nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.engine.apply import apply, to_apply
from reconciler.engine.options import Options
from reconciler.engine.plan import Run, gather
from reconciler.errors import Failed
from reconciler.plan.build import make_plan
from tests.support.state_server import StateServer

FILE = """
version: 1
name: acme
STATE
endpoints:
  team:
    {preset: litellm, base_url: 'http://llm.acme.example', key: {env: KEY}, insecure_http: true, models: [m]}
"""


@pytest.fixture
def gathered(tmp_path: Path, server, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Run]:
    """Gathers the inputs of a gateway file whose endpoint is behind a proxy that writes down what it is sent."""
    server.lists("m")
    for name in ("HOME", "XDG_STATE_HOME"):
        monkeypatch.setitem(os.environ, name, str(tmp_path / "home"))
    path = tmp_path / "work" / "gateway.yaml"
    path.parent.mkdir()

    def run(state: str = "", **environ: str) -> Run:
        path.write_text(FILE.replace("STATE", f"state: '{state}'" if state else ""), encoding="utf-8")
        return gather(
            Options(files=(path,), environ={"HTTP_PROXY": server.url, **environ}, scope="shared" if state else None)
        )

    return run


def refused(run: Run) -> list[str]:
    with pytest.raises(Failed) as caught:
        apply(make_plan(run.inputs), run, lambda _: pytest.fail("nothing is to be decided"))
    return [diagnostic.code for diagnostic in caught.value.diagnostics]


def test_a_withheld_key_that_the_plan_reports(gathered: Callable[..., Run], tmp_path: Path) -> None:
    run = gathered(KEY="quokka-7351-zebra-fjord")
    assert [change.address.name for change in make_plan(run.inputs).effective] == ["team", "team/m", "chat"]
    assert refused(run) == ["KEY_WITHHELD"]
    assert not (tmp_path / "work" / ".gwctl").exists()


def test_a_place_for_a_secret_that_nobody_agreed_to_in_a_state_that_others_believe(
    gathered: Callable[..., Run], state_servers: Callable[..., StateServer]
) -> None:
    """The reference gives nothing here, so the plan sends nothing and reports no withheld key."""
    place = state_servers()
    run = gathered(f"{place.url}/state/acme")
    plan = make_plan(run.inputs)
    assert "KEY_WITHHELD" not in [diagnostic.code for diagnostic in plan.diagnostics]
    assert plan.effective
    assert refused(run) == ["KEY_WITHHELD"]
    final = make_plan(to_apply(run).inputs)
    assert not final.effective
    assert [found.code for found in final.diagnostics if found.severity == "error"] == ["KEY_WITHHELD"]
    assert run.session.store.read() is None
