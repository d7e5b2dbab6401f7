"""`gwctl init --from`: the endpoints of another program's configuration, without its keys."""

from __future__ import annotations

import json

import pytest

from reconciler.engine.connect.sources import Described, described_in
from reconciler.errors import Failed
from tests.support.litellm import MASTER_KEY
from tests.support.scripted import Reply
from tests.wizard.conftest import ENTER, contents

KEY = "a-secret-" + "of-another-program-0815"
LITELLM = """\
model_list:
  - model_name: gpt-x
    litellm_params: {model: openai/gpt-4o, api_base: "http://up.example/v1", api_key: os.environ/GW_KEY}
  - model_name: emb
    litellm_params: {model: openai/text-embedding-3-small, api_key: KEY}
  - model_name: "anthropic/*"
    litellm_params: {model: "anthropic/*"}
general_settings: {master_key: MASTER}
"""
OPENCODE = {
    "provider": {
        "gw": {"env": ["GW_KEY"], "options": {"baseURL": "https://gw.example/v1/"}, "models": {"gpt-x": {"name": "x"}}},
        "openai": {"options": {"apiKey": "{env:OPENAI_API_KEY}"}},
        "old": {"options": {"baseURL": "https://u:p@old.example", "apiKey": KEY}},
    },
}
CODEX = """\
model = "gpt-x"
model_provider = "gw"
[model_providers.gw]
base_url = "https://gw.example/v1"
env_key = "GW_KEY"
[model_providers."My Own"]
base_url = "http://localhost:9/v1"
experimental_bearer_token = "KEY"
"""
DOTENV = "# keys\nexport OPENAI_API_KEY='KEY'\nLITELLM_API_KEY=\nLITELLM_BASE_URL=https://gate.example\nOTHER=1\n"


def written(tmp_path, name: str, text: str) -> str:
    path = tmp_path / name
    path.write_text(text.replace("KEY'", f"{KEY}'").replace('"KEY"', f'"{KEY}"').replace(": KEY", f": {KEY}"))
    return str(path)


@pytest.mark.parametrize(
    ("master", "variable", "literal"),
    [("os.environ/LITELLM_MASTER_KEY", "LITELLM_MASTER_KEY", ""), (KEY, "", "`general_settings.master_key`")],
)
def test_a_litellm_configuration_is_its_proxy(tmp_path, master: str, variable: str, literal: str) -> None:
    path = written(tmp_path, "config.yaml", LITELLM.replace("MASTER", master))
    expected = {"name": "litellm", "preset": "litellm", "models": ("gpt-x", "emb")}
    assert described_in(path) == [Described(**expected, variable=variable, literal=literal)]


def test_opencode_has_an_endpoint_for_each_of_its_providers(tmp_path) -> None:
    path = written(tmp_path, "opencode.json", "// mine\n" + json.dumps(OPENCODE))
    assert described_in(path) == [
        Described(name="gw", base_url="https://gw.example/v1", variable="GW_KEY", models=("gpt-x",)),
        Described(name="openai", preset="openai", base_url="https://api.openai.com/v1", variable="OPENAI_API_KEY"),
        Described(name="old", literal="`provider.old.options.apiKey`"),
    ]


def test_codex_has_an_endpoint_for_each_of_its_providers(tmp_path) -> None:
    path = written(tmp_path, "config.toml", CODEX)
    assert described_in(path) == [
        Described(name="gw", base_url="https://gw.example/v1", variable="GW_KEY", models=("gpt-x",)),
        Described(
            name="my-own",
            base_url="http://localhost:9/v1",
            literal="`model_providers.My Own.experimental_bearer_token`",
        ),
    ]


def test_a_dotenv_file_names_vendors_and_lines(tmp_path) -> None:
    found = {each.name: each for each in described_in(written(tmp_path, ".env", DOTENV))}
    assert found["openai"].literal == "line 2, `OPENAI_API_KEY`"
    assert found["openai"].base_url == "https://api.openai.com/v1"
    assert (found["litellm"].base_url, found["litellm"].literal) == ("https://gate.example", "")
    assert len(found) == 2


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("config.yaml", "model_list: nothing"),
        ("config.yaml", "{"),
        ("config.toml", "a = 1"),
        ("opencode.json", "[1]"),
        ("opencode.json", "{{"),
        (".env", "A=1"),
        (".env", ""),
        ("config.yaml", "model_list: 1\nmodel_list: 2"),
    ],
)
def test_a_file_without_endpoints_is_refused(tmp_path, name: str, text: str) -> None:
    with pytest.raises(Failed) as fault:
        described_in(written(tmp_path, name, text))
    assert [diagnostic.code for diagnostic in fault.value.diagnostics] == ["SOURCE_UNUSABLE"]


def test_the_key_of_another_program_is_in_no_output_and_no_file(gwctl, server, keychain, tmp_path) -> None:
    server.lists("gpt-4o", "gpt-4o-mini")
    text = CODEX.replace("https://gw.example", server.url).replace("http://localhost:9/v1", server.url)
    path = written(tmp_path, "config.toml", text)
    result = gwctl("init", "--from", path, "--name", "acme", "--yes", GW_KEY="from-the-environment", code=None)
    assert "has a key in `model_providers.My Own.experimental_bearer_token`" in result.err
    assert KEY not in result.out + result.err
    assert [name for name, data in contents(tmp_path).items() if KEY.encode() in data] == ["config.toml"]
    assert KEY not in str([request.headers for request in server.requests])
    file = (gwctl.folder / "gateway.yaml").read_text()
    assert "my-own:" in file


def test_a_running_litellm_is_named_by_its_url(person, server) -> None:
    server.lists("gpt-4o", "gpt-4o-mini")
    person.runs("init", "--name", "acme", "--from", server.url, TEAM="x", LITELLM_API_KEY="")
    person.answers([("Where is the key?", "\x1b[A\r"), ("Which models?", ENTER), ("by default for:", ENTER)])
    person.answers([("Default model for chat:", ENTER), ("Save and apply?", ENTER), ("Send one short", "n\n")])
    assert person.at.ends() == 0, person.at.screen.text
    assert f"base_url: '{server.url}'" in (person.gwctl.folder / "gateway.yaml").read_text()


def test_the_models_of_a_configuration_are_declared_where_the_server_is_down(gwctl, server, tmp_path) -> None:
    server.routes["/models"] = Reply(status=503, body={})
    path = written(tmp_path, "config.toml", CODEX.replace("https://gw.example/v1", server.url))
    gwctl("init", "--from", path, "--name", "acme", "--yes", GW_KEY="from-the-environment", code=None)
    assert "{id: gpt-x, purpose: chat}" in (gwctl.folder / "gateway.yaml").read_text()


@pytest.mark.litellm
def test_a_real_litellm_by_its_url_and_a_variable(gwctl, litellm_pair) -> None:
    _, locked = litellm_pair
    words = ("--from", locked.url, "--key-env", "TEAM_KEY", "--purpose", "chat", "--name", "acme", "--yes")
    gwctl("init", *words, TEAM_KEY=MASTER_KEY)
    assert "model.litellm/gpt-4o-mini" in gwctl("state", "list").out
    assert gwctl("chat", "hello", TEAM_KEY=MASTER_KEY).out == "ok\n"
