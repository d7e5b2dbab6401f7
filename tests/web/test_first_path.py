"""From the entry page to an applied plan, in a real browser in which no script runs."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.xdist_group("chromium")


def test_the_plan_is_shown_confirmed_and_applied(gwctl, server, enters) -> None:
    server.lists("gpt-4o", "text-embedding-3-small")
    gwctl.write(
        f"version: 1\nname: acme\nendpoints: {{it: {{base_url: '{server.url}'}}}}\nroles: {{chat: it/gpt-4o}}\n"
    )
    reader = enters()
    assert "The gateway file is not applied on this machine" in reader.text
    assert not reader.local.entry.exists()
    reader.goes("Show the plan")
    reader.press("Apply…")
    assert reader.heading == "Apply these 5 changes?"
    assert gwctl.state is None
    reader.press("Apply")
    assert reader.heading == "Results"
    assert "Applied: 5 created" in reader.text
    assert gwctl.models() == ["model.it/gpt-4o", "model.it/text-embedding-3-small"]
    reader.goes("Status")
    assert "Nothing to do." in reader.text
    assert reader.page.complaints() == []
    assert "No changes" in gwctl("plan").out
