"""The machine of each page whose blocks of shell are typed; a page without one has the usual machine."""

from __future__ import annotations

from tests.docs.reader import GATEWAY, KEY, Machine

CTRL_C, CLEAR, ENTER, UP = "\x03", "\x15", "\r", "\x1b[A"
_NO_KEY = {"LITELLM_API_KEY": ""}
_KEY_SET = {"gwctl connect litellm --base": f"LITELLM_API_KEY={KEY} gwctl connect litellm --base"}
_KEY_TYPED = {"it is not shown": f"{KEY}{ENTER}"}
_TOOLS = {"Which tools will use the gateway?": ENTER, "Which tool should answer": f"{UP}{ENTER}"}  # the last: none
_WIZARD = {
    "Name of the gateway:": f"{CLEAR}acme{ENTER}",
    "Which server or vendor?": f"litellm{ENTER}",
    "Name of the endpoint:": ENTER,
    "Base URL:": f"{CLEAR}https://llm.acme.example{ENTER}",
    "Where is the key?": ENTER,
    "Which endpoints?": ENTER,
    "What next?": f"{UP}{UP}{ENTER}",  # leave out what else runs on a usual port of this machine
    "Which models?": ENTER,
    "by default for:": ENTER,
    "Default model for chat:": ENTER,
    **_TOOLS,
    "Save and apply?": ENTER,
    **_KEY_TYPED,
}
_IN_A_SESSION = {
    "~/.gwctl/bin/python endpoint.py": "setsid ~/.gwctl/bin/python endpoint.py",  # it outlives the terminal
    "gwctl doctor\n": "! gwctl doctor\n",
}
_SHARED = GATEWAY.replace("    preset: litellm\n", "    preset: litellm\n    scope: shared\n")
_EMPTY = "version: 1\nname: acme\nendpoints: {}\n"
_JOIN = {**_KEY_TYPED, **_TOOLS}
_CLONED = """\
git add gateway.yaml && git commit -q -m begin && git clone -q --bare . ~/ai.git
export GIT_CONFIG_COUNT=3 GIT_CONFIG_KEY_2="url.$HOME/ai.git.insteadOf" GIT_CONFIG_VALUE_2=https://github.com/acme/ai
"""
_TEAM = f"git commit -q --allow-empty -m begin\n{_CLONED.partition('&& ')[2].partition('&& ')[2]}"
_TEAM += "git remote add origin ~/ai.git && gwctl apply\n"
_UPSTREAM = "git commit -q --allow-empty -m begin && git clone -q --bare . ~/up.git && git pull -q ~/up.git"
_WHERE = {"git pull": "cd ~/gwctl && git pull -q ~/up.git", "gwctl leave": "cd ~/acme-ai && gwctl leave"}
_CONFIGURATIONS = {
    "team/config.yaml": """\
model_list:
  - model_name: gpt-x
    litellm_params: {model: openai/gpt-x, api_base: https://llm.acme.example, api_key: os.environ/LITELLM_API_KEY}
""",
    ".config/opencode/opencode.json": """\
{"provider": {"acme": {"npm": "@ai-sdk/openai-compatible", "env": ["LITELLM_API_KEY"],
 "options": {"baseURL": "https://llm.acme.example"}, "models": {"gpt-x": {}}}}}
""",
    ".codex/config.toml": """\
model = "gpt-x"
model_provider = "acme"
[model_providers.acme]
base_url = "https://llm.acme.example"
env_key = "LITELLM_API_KEY"
""",
    "team/.env": "OPENAI_BASE_URL=https://llm.acme.example\nOPENAI_API_KEY=$LITELLM_API_KEY\nOPENAI_MODEL=gpt-x\n",
    "team/librechat.yaml": """\
version: 1.3.17
endpoints:
  custom:
    - {name: acme, apiKey: "${LITELLM_API_KEY}", baseURL: https://llm.acme.example, models: {default: [gpt-x]}}
""",
    ".continue/config.yaml": """\
name: mine
version: 1.0.0
schema: v1
models:
  - name: chat
    provider: openai
    model: gpt-x
    apiBase: https://llm.acme.example
    apiKey: ${{ secrets.LITELLM_API_KEY }}
""",
    ".config/io.datasette.llm/extra-openai-models.yaml": "- {model_id: x, model_name: gpt-x, api_base: https://llm.acme.example/open}\n",
    "team/compose.yaml": """\
services:
  open-webui:
    image: ghcr.io/open-webui/open-webui
    environment: {OPENAI_API_BASE_URLS: https://llm.acme.example, OPENAI_API_KEYS: "${LITELLM_API_KEY}"}
""",
}
_GEMINI = """\
version: 1
name: acme
endpoints:
  gemini:
    preset: gemini
    base_url: https://generativelanguage.googleapis.com/v1beta
    key: {env: GEMINI_API_KEY}
    models: [gemini-2.5-flash]
"""
_ADOPTED = "mkdir -p ~/.config/opencode && echo '{}' > ~/.config/opencode/opencode.json\ngwctl apply"

MACHINES = {
    "clients/claude-code": Machine(clients="claude-code: {}", tools=("claude",)),
    "clients/codex": Machine(clients="codex: {}", tools=("codex",)),
    "clients/continue": Machine(clients="continue: {}", tools=("cn",)),
    "clients/copilot-cli": Machine(clients="copilot: {}", tools=("copilot",)),
    "clients/crush": Machine(clients="crush: {}", tools=("provider", "model"), idle=("crush",)),
    "clients/direnv": Machine(clients="direnv: {path: llm.envrc}", after="direnv exec . env | grep OPENAI_API_KEY="),
    "clients/dotfiles": Machine(before=_ADOPTED, after="~/modify_opencode.json < ~/.config/opencode/opencode.json"),
    "clients/gemini-cli": Machine(gateway=_GEMINI, environ={"GEMINI_API_KEY": KEY}, tools=("gemini",)),
    "clients/goose": Machine(clients="goose: {}", tools=("goose",)),
    "clients/opencode": Machine(clients="opencode: {}\n  kilo: {}", tools=("opencode", "kilo")),
    "clients/open-webui": Machine(tools=("open-webui", "docker")),
    "clients/pi": Machine(clients="pi: {}", tools=("pi",)),
    "clients/qwen": Machine(clients="qwen: {}", tools=("qwen",)),
    "clients/run": Machine(tools=("llm", "aider")),
    "using/connecting": Machine(gateway=_EMPTY, environ=_NO_KEY, before="", says=_KEY_SET, answers=_WIZARD),
    "using/joining": Machine(clients="claude-code: {}", idle=("claude",), before=_CLONED, answers=_JOIN),
    "using/starting": Machine(gateway="", before="", files=_CONFIGURATIONS, answers=_WIZARD, port=11434),
    "using/tools": Machine(tools=("llm", "claude", "python"), environ={"SHELL": "/usr/bin/env"}),
    "using/ui": Machine(answers={"Open this page": CTRL_C}, is_forked=False),
    "howto/air-gap": Machine(before="", says={"    tls: {ca_file: acme-ca.pem}\n": ""}),
    "howto/leaver": Machine(clients="opencode: {}", idle=("opencode",)),
    "howto/rotation": Machine(says={"LITELLM_API_KEY=…": f"LITELLM_API_KEY={KEY}-new"}, answers=_KEY_TYPED),
    "howto/team": Machine(before=_TEAM, says={"commit -q -a": "commit -q -a --allow-empty"}, answers=_JOIN),
    "howto/tool": Machine(tools=("opencode",)),
    "using/tutorial": Machine(gateway="", folder="gwctl", before="", environ=_NO_KEY, says=_IN_A_SESSION),
    "using/container": Machine(tools=("podman",)),
    "using/install": Machine(gateway="", before="", tools=("uv", "pipx")),
    "using/metrics": Machine(gateway=_SHARED, says={"/var/lib/prometheus/node-exporter": "."}),
    "using/pre-commit": Machine(tools=("pre-commit",)),
    "using/editors": Machine(tools=("check-jsonschema",)),
    "using/terminal": Machine(
        before="gwctl apply && mkdir -p ~/.config/fish/completions",
        says={'eval "$(gwctl completion zsh)"': "gwctl completion zsh > ~/completion.zsh"},
        tools=("man",),
    ),
    "/README": Machine(gateway="", folder="gwctl", before=_UPSTREAM, environ=_NO_KEY, says=_WHERE, answers=_WIZARD),
}
