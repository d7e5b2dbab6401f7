"""What each tool's module says of an offer, without a file or a process."""

from __future__ import annotations

import json
from pathlib import Path, PurePath

import pytest

from reconciler.clients.choose import Left, Wish, choose
from reconciler.clients.offer import Choice, Offer, OfferedEndpoint, OfferedModel
from reconciler.clients.registry import PRINTED, TOOLS, all_tools, printed_named, tool_named
from reconciler.clients.tool import Surroundings, Tool, canonical, flat, nested, values_in
from tests.support.libraries import library

pytestmark = pytest.mark.pure
VSCODE = Path(__file__).parent / "vscode-custom-endpoint.json"
HERE = Surroundings(home=PurePath("/users/me"), environ={})
MODELS = (OfferedModel(id="gpt-x", context=128000, output=16000), OfferedModel(id="gpt-y"))


def endpoint(name: str = "it", **fields) -> OfferedEndpoint:
    given = {"base_url": "https://llm.example", "apis": ("chat", "responses", "messages"), "models": MODELS, **fields}
    return OfferedEndpoint(name=name, **given)


def offer(tool: Tool, *endpoints: OfferedEndpoint, **wish) -> Offer:
    wanted = {"gateway": "acme", "client": tool.name, "key_from": tool.keys[0], **wish}
    offered = choose(tool, Wish(**wanted), endpoints or (endpoint(),)).offer
    assert offered
    return offered


def document(name: str, *endpoints: OfferedEndpoint, **wish) -> dict:
    tool = tool_named(name)
    assert tool
    (part,) = tool.parts(offer(tool, *endpoints, **wish), "own")
    return part.values[()]


@pytest.mark.parametrize("tool", all_tools(), ids=lambda tool: tool.name)
def test_the_row_of_a_tool_fits_what_its_module_gives(tool: Tool) -> None:
    assert TOOLS[tool.name].rstrip("_") == tool.name.replace("-", "_"), "a keyword has one more `_`"
    assert set(tool.uses) <= {"own", "shared", "none"}
    assert tool.title
    assert tool.apis
    for use in tool.uses:
        parts = tool.parts(offer(tool), use) if use != "none" else ()
        for part in parts:
            assert set(part.values) <= set(part.covers)
            assert values_in(part.text) == {place: part.values[place] for place in part.values}
            assert part.covers == ((),) or part.covers[0] not in tool.credentials, "a slot is named by what is written"
    assert not tool.plain & tool.credentials


def test_claude_code_is_told_of_one_endpoint_and_no_key_of_the_shell() -> None:
    env = document("claude-code", endpoint(helper=("/bin/py", "key print")))["env"]
    assert env["ANTHROPIC_BASE_URL"] == "https://llm.example"
    assert (env["ANTHROPIC_API_KEY"], env["ANTHROPIC_AUTH_TOKEN"]) == ("", "")
    assert env["CLAUDE_CODE_MAX_CONTEXT_TOKENS"] == "128000"
    assert document("claude-code", endpoint(helper=("/bin/py", "key print")))["apiKeyHelper"] == "/bin/py 'key print'"
    keyless = document("claude-code", endpoint(base_url="https://llm.example/v1", has_key=False))
    assert (keyless["apiKeyHelper"], keyless["env"]["ANTHROPIC_BASE_URL"]) == ("echo none", "https://llm.example")
    small = Choice(endpoint="it", model="gpt-y")
    assert document("claude-code", small=small)["env"]["ANTHROPIC_DEFAULT_HAIKU_MODEL"] == "gpt-y"


@pytest.mark.parametrize("name", ["openai", "ollama", "lmstudio", "amazon-bedrock"])
def test_codex_never_has_a_provider_of_a_name_of_its_own(name: str) -> None:
    profile = document("codex", endpoint(name))
    assert list(profile["model_providers"]) == [profile["model_provider"]] == [f"acme-{name}"]
    assert "profile" not in profile


def test_codex_gets_a_key_by_one_way_only() -> None:
    ways = {"auth", "env_key"}

    def table(**fields) -> dict:
        key_from = fields.pop("key_from", "helper")
        return document("codex", endpoint(**fields), key_from=key_from)["model_providers"]["acme-it"]

    assert table(helper=("/bin/py", "-I"))["auth"]["command"] == "/bin/py"
    assert ways & table(helper=("/bin/py", "-I")).keys() == {"auth"}
    assert ways & table(variable="K", key_from="env").keys() == {"env_key"}
    assert ways & table(has_key=False, key_from="env").keys() == set()
    assert ways & table(key_from="none").keys() == set()


def test_what_vs_code_gets_fits_the_schema_of_vs_code_itself() -> None:
    jsonschema = library("jsonschema")
    schema = json.loads(VSCODE.read_text())["schema"]
    tool = tool_named("vscode")
    assert tool
    seeing = OfferedModel(id="gpt-x", context=128000, output=16000, capabilities=("tools", "vision"))
    plain = OfferedModel(id="gpt-y", context=8192, output=512)
    (part,) = tool.parts(offer(tool, endpoint(chat_base="https://llm.example/v1", models=(seeing, plain))), "shared")
    group = {str(place[-1]): value for place, value in part.values.items()}
    jsonschema.validate(group, schema)
    assert group.keys() <= schema["properties"].keys()
    for model in group["models"]:
        assert model.keys() <= schema["properties"]["models"]["items"]["properties"].keys()


def test_the_default_chooses_the_endpoint_and_the_rest_is_left_out() -> None:
    tool = tool_named("codex")
    assert tool
    wish = Wish(gateway="acme", client="codex", key_from="helper", chat=Choice(endpoint="b", model="gpt-y"))
    chosen = choose(tool, wish, [endpoint("a"), endpoint("b"), endpoint("c", apis=("chat",))])
    assert chosen.offer
    assert [each.name for each in chosen.offer.endpoints] == ["b"]
    assert chosen.offer.chat == wish.chat
    assert chosen.left == (Left(kind="api", endpoint="c"),)
    assert choose(tool, wish, []).offer is None


@pytest.mark.parametrize("hostile", ["a\nb", "a\x1b[2J", "a\u2028b"])
def test_an_id_with_control_characters_reaches_no_tool(hostile: str) -> None:
    for tool in all_tools():
        wish = Wish(gateway="acme", client=tool.name, key_from=tool.keys[0])
        chosen = choose(tool, wish, [endpoint(models=(OfferedModel(id=hostile, context=1, output=1), *MODELS))])
        assert Left(kind="hostile", endpoint="it", models=(hostile,)) in chosen.left
        assert chosen.offer
        assert hostile not in [model.id for model in chosen.offer.first.models]


def test_values_are_compared_whatever_their_order() -> None:
    one = {("a", "b"): {"x": 1, "y": [2]}, ("c",): None}
    other = {("c",): None, ("a", "b"): {"y": [2], "x": 1}}
    assert canonical(one) == canonical(other)
    assert values_in(canonical(one)) == one
    assert values_in(canonical({("groups", (("name", "it"),)): 1})) == {("groups", (("name", "it"),)): 1}
    assert flat(one) == {"a.b.x": 1, "a.b.y": [2], "c": None}
    assert nested({("a", "b"): 1, ("a", "c"): 2, ("d",): 3}) == {"a": {"b": 1, "c": 2}, "d": 3}


def test_a_tools_folder_follows_its_variable() -> None:
    moved = Surroundings(home=PurePath("/users/me"), environ={"CLAUDE_CONFIG_DIR": "/c", "CODEX_HOME": "/x"})
    claude, codex = tool_named("claude-code"), tool_named("codex")
    assert claude and codex
    assert str(claude.own(HERE, "acme")) == "/users/me/.claude/acme.settings.json"
    assert str(claude.own(moved, "acme")) == "/c/acme.settings.json"
    assert str(codex.own(moved, "acme")) == "/x/acme.config.toml"
    assert codex.start(codex.own(HERE, "acme")) == "codex --profile acme"


@pytest.mark.parametrize("tool", [tool for tool in all_tools() if tool.tried], ids=lambda tool: tool.name)
def test_the_page_of_a_tool_names_the_version_that_was_tried(tool: Tool) -> None:
    folder = Path(__file__).parents[2] / "docs" / "clients"
    title = tool.title.removesuffix("'s proxy")
    words = f"{title} {tool.tried}"
    assert len([path for path in folder.glob("*.md") if words in path.read_text()]) == 1, words


@pytest.mark.parametrize("name", PRINTED)
def test_what_is_printed_names_the_endpoint_and_its_model(name: str) -> None:
    tool = printed_named(name)
    assert tool
    models = (*MODELS, OfferedModel(id="it's", context=9000, output=100), OfferedModel(id="emb", purpose="embedding"))
    base = "https://llm.example/v1"
    first = endpoint(variable="ACME_KEY", models=models, chat_base=base)
    (part,) = tool.parts(offer(tool, first, endpoint("two", has_key=False, chat_base=base)), tool.uses[0])
    text = json.dumps([str(value) for value in part.values.values()])
    assert "https://llm.example" in text
    assert "gpt-x" in text
