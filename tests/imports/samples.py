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

SAMPLES = {"config.yaml": LITELLM, "opencode.jsonc": OPENCODE, "config.toml": CODEX, ".env": DOTENV}
