"""LibreChat's own schema reads what gwctl writes. LibreChat itself is on no registry, so no prompt was sent."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.clients.desk import Desk
from tests.clients.desk import desk as desk  # noqa: PLC0414 - a fixture

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("coding tools")]
PACKAGE = "librechat-data-provider"
READ = f"""\
const {{configSchema, endpointSchema}} = require("{PACKAGE}");
const document = JSON.parse(require("fs").readFileSync(0, "utf8"));
const results = [configSchema.strict().safeParse(document)];
for (const entry of document.endpoints.custom) results.push(endpointSchema.strict().safeParse(entry));
console.log(JSON.stringify(results.filter((result) => !result.success).map((result) => result.error.issues)));
"""
SAFE = ("gpt-x", "gpt-y", "$HOME", "{{x}}", 'a"b\\c: d', "ü/é", "- a", "#a", "true", "1.0")
MINE = "# mine\nversion: 1.3.17\nendpoints:\n  custom:\n    - name: mine  # first\n      apiKey: none\n"


def faults(desk: Desk, path: Path) -> list:
    """Return what LibreChat's own schema says of the file."""
    text = json.dumps(yaml.safe_load(path.read_text()))
    words = ("node", "-e", READ)
    done = subprocess.run(words, cwd=desk.tools.bin.parent, input=text, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def set_up(desk: Desk, client: str) -> Path:
    """Write a file with two endpoints, hostile IDs and models without limits, and apply it."""
    desk.tools.has(PACKAGE)
    desk.listed = (*SAFE, "a${HOME}b")
    desk.write(client)
    file = desk.work / "gateway.yaml"
    two = f"  two: {{base_url: '{desk.server.url}/v1', discover: false, models: [{{id: gpt-z}}]}}\n"
    file.write_text(file.read_text().replace("clients:", f"{two}clients:"))
    desk.agree()
    assert "HOSTILE_ID" in desk.gwctl("plan", "--format", "json")
    desk.apply()
    return desk.work / "librechat.yaml"


@pytest.mark.parametrize("use", ["own", "shared"])
def test_its_own_schema_accepts_two_endpoints_hostile_ids_and_models_without_limits(desk: Desk, use: str) -> None:
    written = set_up(desk, f"librechat: {{file: {use}, path: librechat.yaml}}")
    assert faults(desk, written) == []
    one, two = yaml.safe_load(written.read_text())["endpoints"]["custom"]
    assert (one["name"], one["apiKey"], two["apiKey"]) == ("acme-it", "${ACME_KEY}", "none")
    assert (one["models"]["default"][0], set(one["models"]["default"])) == ("gpt-x", set(SAFE))
    assert desk.files_with_the_key() == []


def test_its_own_schema_finds_a_fault_that_a_writer_could_make(desk: Desk) -> None:
    written = set_up(desk, "librechat: {path: librechat.yaml}")
    written.write_text(written.read_text().replace("baseURL:", "baseUrl:"))
    assert faults(desk, written) != []


def test_the_users_own_entries_stay_and_the_file_is_given_back_to_the_byte(desk: Desk) -> None:
    desk.tools.has(PACKAGE)
    desk.work.mkdir()
    file = desk.work / "librechat.yaml"
    text = f"{MINE}      baseURL: 'https://mine.example/v1'\n      models: {{default: [a], fetch: true}}\n"
    file.write_text(text)
    set_up(desk, "librechat: {file: shared, path: librechat.yaml}")
    assert file.read_text().startswith(text)
    assert faults(desk, file) == []
    assert [each["name"] for each in yaml.safe_load(file.read_text())["endpoints"]["custom"]] == [
        "mine",
        "acme-it",
        "acme-two",
    ]
    desk.gwctl("destroy", "--auto-approve")
    assert file.read_text() == text
