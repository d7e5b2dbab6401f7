"""The claims of README and the documents, checked against the code."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from reconciler.cli.main import COMMANDS
from reconciler.cli.main import gwctl as group
from reconciler.cli.usage.habits import OPTIONS
from reconciler.config.schema import gateway_schema
from reconciler.presets.load import names
from tests.docs import generated
from tests.docs.links import links

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCS = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs").rglob("*.md")}
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
ALL = "\n".join([README, CHANGELOG, *DOCS.values()])

FOREIGN = {f"--{name}" for name in OPTIONS}  # named as what there is not


@pytest.mark.parametrize("maker", generated.MAKERS, ids=lambda maker: maker.PAGE.name)
def test_every_generated_page_is_as_the_code_makes_it(maker: ModuleType) -> None:
    assert generated.difference(maker.PAGE, maker.page()) == "", "run: python -m tests.docs.generated"


def test_a_generated_page_that_was_edited_is_seen() -> None:
    maker = generated.MAKERS[0]
    assert "-# Commands" in generated.difference(maker.PAGE, maker.page().replace("# Commands", "# Befehle", 1))


def test_every_command_is_in_the_reference_and_the_changelog() -> None:
    for name in COMMANDS:
        assert f"\n## gwctl {name}\n" in DOCS["commands.md"], name
        assert f"`{name}" in CHANGELOG, name


def test_the_readme_is_short_and_leads_to_the_documentation() -> None:
    assert len(README.splitlines()) <= 160
    assert {"docs/README.md", "docs/reference/commands.md"} <= set(links(README))


def test_every_option_that_a_document_names_is_one() -> None:
    options = {"--help", "--version"}
    for name in COMMANDS:
        command = group.get_command(None, name)
        for each in (command, *getattr(command, "commands", {}).values()):
            options |= {option for parameter in each.params for option in parameter.opts if option.startswith("--")}
    text = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", ALL))
    others = {
        "--upgrade",
        "--bare",
        "--settings",
        "--profile",
        "--trust-folder",
        "--no-index",
        "--find-links",
    }  # of pip, git, and tools
    others |= {"--schemafile", "--all-files"}  # of check-jsonschema, of pre-commit
    others |= {"--rm", "--init", "--read-only", "--tmpfs", "--build-arg", "--from-file"}  # of podman, kubectl
    others |= {"--repo"}  # of gh
    others |= {"--user", "--now"}  # of systemctl
    others |= {"--context-window", "--discover-models", "--default-max-tokens", "--type"}  # of Crush
    assert text - {*others, *FOREIGN} <= options


def test_the_number_of_presets_is_right() -> None:
    assert f"Presets for {len(names())} vendors and servers" in CHANGELOG


def test_the_two_commands_are_marked_for_the_pipeline() -> None:
    for name in ("first", "second"):
        assert re.search(rf"^<!-- command: {name} -->\n```sh\n[^`]+\n```$", README, re.MULTILINE)
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())
    assert workflow["jobs"]


def test_what_a_newcomer_wants_to_know_has_its_heading() -> None:
    for heading in ("Give it a key", "After the first apply", "Undo", ".gitignore", "Upgrade and remove", "Exit codes"):
        assert re.search(rf"^#+ .*{re.escape(heading)}", README, re.MULTILINE), heading


def test_nothing_names_a_machine_or_a_package_registry() -> None:
    """A clone works anywhere: no path of the machine that it was written on."""
    command = ["git", "-c", "safe.directory=*", "ls-files"]  # whoever owns the checkout
    tracked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    if not tracked:
        pytest.skip("not a git checkout: what is tracked is unknown")
    for name in tracked:
        text = (ROOT / name).read_text(encoding="utf-8", errors="replace")
        assert not re.search("/[w]ork/|/[r]oot/|[p]ythonhosted|/[h]ome/[a-z]", text), name


def test_the_architecture_page_names_every_room_and_no_other() -> None:
    """A room is a folder of modules; one store, one format and the like are told by the room around them."""
    page = DOCS["architecture.md"]
    package = ROOT / "reconciler"
    text = {
        name.strip("/")
        for row in re.findall(r"^\| (`[a-z_/]+/`.*?) \|", page, re.MULTILINE)
        for name in re.findall("`(.*?)`", row)
    }
    there = {str(path.parent.relative_to(package)) for path in package.rglob("*.py")} - {"."}
    assert text <= there
    assert {name for name in there if "/" not in name} <= text
    for module in re.findall(r"`([a-z_/]+\.py)`", page):
        assert (package / module).exists() or (ROOT / module).exists(), module


def test_the_doors_of_the_architecture_page_are_those_of_the_code() -> None:
    package = ROOT / "reconciler"
    table = DOCS["architecture.md"].partition("| library | door |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| ([a-z0-9, ]+) \| (`.*`) \|$", table, re.MULTILINE)
    assert len(rows) >= 12
    for libraries, doors in rows:
        for library in libraries.split(", "):
            inside = re.compile(rf"^\s*(?:import|from) {library}\b", re.MULTILINE)
            files = {path for path in package.rglob("*.py") if inside.search(path.read_text(encoding="utf-8"))}
            behind = {
                file for door in re.findall("`(.*?)`", doors) for file in files if file.is_relative_to(package / door)
            }
            assert files == behind, library
            assert files, library


def test_the_page_of_the_gateway_file_names_every_field() -> None:
    schema = gateway_schema()
    fields = {name for part in (schema, *schema["$defs"].values()) for name in part.get("properties", ())}
    missing = {name for name in fields if not re.search(rf"\b{name}\b", DOCS["gateway-file.md"])}
    assert len(fields) > 40
    assert missing == set()
