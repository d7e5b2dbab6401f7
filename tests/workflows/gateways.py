"""Gateway files for the tests of workflows."""

from __future__ import annotations

from tests.workflows.actions import ROOT

EXAMPLE = (ROOT / "examples" / "gateway.yaml").read_text(encoding="utf-8")
MORE = EXAMPLE.replace("      - gpt-4o-mini", "      - gpt-4o-mini\n      - gpt-4o")
BROKEN = EXAMPLE.replace("preset: litellm ", "preset: litelm ")
THREE = "version: 1\nname: acme\nendpoints:\n" + "".join(
    f"  {name}: {{base_url: 'https://{name}.acme.example', models: [m]}}\n" for name in ("a", "b", "c")
)


def team(url: str, models: str = "[gpt]", more: str = "") -> str:
    """A gateway file with one endpoint that everybody shares, whose key is TEAM_KEY."""
    endpoint = f"base_url: '{url}', scope: shared, timeout: 2s, key: {{env: TEAM_KEY}}, models: {models}"
    return f"version: 1\nname: acme\nendpoints:\n  team: {{{endpoint}}}\n{more}"
