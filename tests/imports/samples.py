"""Configurations as the tools' own documentation shows them; `HELD` stands where each of them can hold a key."""

from __future__ import annotations

HELD = "held-" + "by-the-file-0815"

LITELLM = f"""\
model_list:
  - model_name: gpt-x
    litellm_params: {{model: openai/gpt-4o, api_base: http://127.0.0.1:9/v1, api_key: os.environ/GW_KEY}}
    model_info: {{max_input_tokens: 128000, max_output_tokens: 16000}}
  - model_name: emb
    litellm_params: {{model: openai/text-embed-3, api_base: "http://127.0.0.1:9/v1/", api_key: os.environ/GW_KEY}}
    model_info: {{mode: embedding}}
  - model_name: img
    litellm_params: {{model: openai/dall-e-3}}
    model_info: {{mode: image_generation}}
  - model_name: "anthropic/*"
    litellm_params: {{model: "anthropic/*", api_key: {HELD}}}
  - model_name: deployment
    litellm_params: {{model: azure/my-gpt, api_base: "https://acme.openai.azure.com/", litellm_credential_name: azure}}
  - model_name: far
    litellm_params: {{model: bedrock/anthropic.claude-v2}}
credential_list:
  - credential_name: azure
    credential_values: {{api_key: os.environ/AZURE_KEY}}
include: [more.yaml]
general_settings: {{master_key: os.environ/LITELLM_MASTER_KEY}}
"""

OPENCODE = f"""\
{{
  "$schema": "https://opencode.ai/config.json", // the team's
  "provider": {{
    "acme": {{
      "npm": "@ai-sdk/openai-compatible",
      "env": ["ACME_KEY"],
      "options": {{"baseURL": "https://llm.acme.example/v1"}},
      "models": {{"gpt-x": {{"limit": {{"context": 32000, "output": 4000}}}}, "small": {{"id": "gpt-x-mini"}}}},
    }},
    "openrouter": {{"options": {{"apiKey": "{HELD}", "headers": {{"X-Team": "{HELD}"}}}}}},
    "claude": {{"npm": "@ai-sdk/anthropic", "options": {{
      "baseURL": "https://c.acme.example/v1", "apiKey": "{{file:~/c.key}}"}}}},
    "nobody": {{"models": {{"m": {{}}}}}},
  }},
  "model": "acme/small"
}}
"""

CODEX = f"""\
model = "gpt-x"
model_provider = "gw"

[model_providers.gw]
base_url = "http://127.0.0.1:4999/v1"
env_key = "GW_KEY"
wire_api = "responses"

[model_providers.held]
base_url = "https://held.example/v1"
experimental_bearer_token = "{HELD}"
http_headers = {{ "X-Team" = "{HELD}" }}

[model_providers.command]
base_url = "https://command.example/v1"
auth = {{ command = "/bin/pass", args = ["{HELD}"] }}

[profiles.other]
model = "o9"
model_provider = "held"
"""

DOTENV = f"""\
# of the team
OPENAI_BASE_URL=https://llm.acme.example/v1
OPENAI_API_KEY={HELD}
OPENAI_MODEL=gpt-x
export GROQ_API_KEY="{HELD}"   # free tier
MISTRAL_API_KEY=
OLLAMA_HOST=127.0.0.1:11434
APP_BASE_URL=https://www.acme.example
APP_KEY={HELD}
AZURE_OPENAI_API_KEY=$OTHER
"""

LIBRECHAT = f"""\
version: 1.3.17
endpoints:
  custom:
    - name: acme
      apiKey: "${{ACME_KEY}}"
      baseURL: https://llm.acme.example/v1
      models: {{default: [gpt-x, {{name: gpt-y}}], fetch: true}}
      headers: {{X-Team: {HELD}}}
    - {{name: Asked, apiKey: user_provided, baseURL: "https://asked.example/v1", models: {{default: [m]}}}}
    - {{name: held, apiKey: {HELD}, baseURL: "https://held.example/v1", models: {{default: [m], fetch: false}}}}
  azureOpenAI: {{groups: []}}
"""

CONTINUE = f"""\
name: mine
version: 1.0.0
schema: v1
models:
  - name: chat
    provider: openai
    model: gpt-x
    apiBase: https://llm.acme.example/v1
    apiKey: ${{{{ secrets.ACME_KEY }}}}
    roles: [chat, edit]
    defaultCompletionOptions: {{contextLength: 32000, maxTokens: 4000}}
  - {{name: emb, provider: openai, model: e1, apiBase: "https://llm.acme.example/v1", roles: [embed],
     apiKey: "${{{{secrets.ACME_KEY}}}}"}}
  - {{name: claude, provider: anthropic, model: claude-x, apiKey: {HELD}}}
  - {{name: far, provider: bedrock, model: nova}}
  - uses: continuedev/some-model
"""

LLM = f"""\
- {{model_id: acme-gpt-x, model_name: gpt-x, api_base: "https://llm.acme.example/v1", api_key_name: acme}}
- {{model_id: acme-gpt-y, model_name: gpt-y, api_base: "https://llm.acme.example/v1", api_key_name: acme}}
- model_id: local
  model_name: tiny
  api_base: http://127.0.0.1:9/v1
  headers: {{X-Team: {HELD}}}
"""

OPEN_WEBUI = f"""\
OPENAI_API_BASE_URLS='https://llm.acme.example/v1;https://held.example/v1;https://off.example/v1'
OPENAI_API_KEYS='${{ACME_KEY}};{HELD};none'
OPENAI_API_CONFIGS='{{"0": {{"prefix_id": "acme", "model_ids": ["gpt-x", "gpt-y"]}}, "2": {{"enable": false}}}}'
DEFAULT_MODELS=acme.gpt-y
RAG_OPENAI_API_BASE_URL=https://llm.acme.example/v1
RAG_OPENAI_API_KEY='${{ACME_KEY}}'
RAG_EMBEDDING_MODEL=e1
"""

COMPOSE = f"""\
services:
  db: {{image: postgres}}
  open-webui:
    environment:
      - OPENAI_API_BASE_URLS=https://llm.acme.example/v1;http://127.0.0.1:9/v1;https://held.example/v1
      - OPENAI_API_KEYS=${{ACME_KEY}};none;{HELD}
      - WEBUI_SECRET_KEY={HELD}
"""

SAMPLES = {
    "config.yaml": LITELLM, "opencode.jsonc": OPENCODE, "config.toml": CODEX, ".env": DOTENV,
    "librechat.yaml": LIBRECHAT, "continue.yaml": CONTINUE, "extra-openai-models.yaml": LLM,
    "open-webui.env": OPEN_WEBUI, "compose.yaml": COMPOSE,
}  # fmt: skip
