"""The purpose of a model, from the words of many servers; what listens, speaks or embeds is never for chat."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.live.purposes import purpose_of
from reconciler.resources.purpose import _hints, purpose_of_id
from tests.support.scripted import Reply

SAID: list[tuple[dict[str, Any], str]] = [
    # Xinference
    ({"model_type": "LLM", "model_ability": ["chat", "vision"]}, "chat"),
    ({"model_type": "embedding"}, "embedding"),
    ({"model_type": "rerank"}, "other"),
    ({"model_type": "image"}, "image"),
    ({"model_type": "audio", "model_ability": ["audio2text"]}, "voice"),
    ({"model_type": "video"}, "other"),
    # LocalAI
    ({"capabilities": ["transcript"]}, "voice"),
    ({"capabilities": ["FLAG_TRANSCRIPT"]}, "voice"),
    ({"capabilities": ["tts"]}, "voice"),
    ({"capabilities": ["sound_generation"]}, "voice"),
    ({"capabilities": ["vad"]}, "voice"),
    ({"capabilities": ["chat", "transcript"]}, "chat"),
    ({"capabilities": ["embeddings", "tokenize"]}, "embedding"),
    ({"capabilities": ["rerank"]}, "other"),
    # Hugging Face, New API, paths
    ({"pipeline_tag": "automatic-speech-recognition"}, "voice"),
    ({"pipeline_tag": "feature-extraction"}, "embedding"),
    ({"pipeline_tag": "image-text-to-text"}, "chat"),
    ({"task": "text-to-audio"}, "voice"),
    ({"task": {"name": "Voice Activity Detection"}}, "other"),
    ({"supported_endpoint_types": ["image-generation"]}, "image"),
    ({"supported_endpoint_types": ["jina-rerank"]}, "other"),
    ({"supported_endpoints": ["/v1/chat/completions", "/v1/embeddings"]}, "chat"),
    ({"supported_endpoints": ["/v1/embeddings"]}, "embedding"),
    ({"supported_endpoints": ["/v1/audio/transcriptions"]}, "voice"),
    ({"supported_endpoints": ["/v1/audio/speech"]}, "voice"),
    # words that nobody has told of
    ({"mode": "audio_translation"}, "voice"),
    ({"mode": "speech_enhancement"}, "voice"),
    ({"type": "text-embedder"}, "embedding"),
    ({"type": "multimodal_embedding"}, "embedding"),
    ({"kind": "RERANKER_MODEL"}, "other"),
    ({"type": "image-upscaler"}, "image"),
    ({"type": "content-moderator"}, "other"),
    ({"mode": "Speech To Text"}, "voice"),
    ({"type": "something"}, "chat"),
    # abilities of chat models that are not purposes
    ({"capabilities": ["vision", "audio_input", "function-calling"]}, "chat"),
    ({"capabilities": {"vision": True, "image_input": True, "embedding": False}}, "chat"),
    ({"capabilities": {"completion": True}}, "chat"),
    # modalities
    ({"architecture": {"input_modalities": ["audio"], "output_modalities": ["text"]}}, "voice"),
    ({"architecture": {"input_modalities": ["audio", "text"], "output_modalities": ["text"]}}, "chat"),
    ({"modalities": {"input": ["text"], "output": ["audio"]}}, "voice"),
    ({"outputModalities": ["EMBEDDING"]}, "embedding"),
    ({"output_modalities": [7, None], "type": 3, "capabilities": "chat", "task": ["x"], "mode": {"a": 1}}, "chat"),
    pytest.param({"type": "x" * 10_000, "capabilities": ["y" * 10_000] * 10_000}, "chat", id="a hundred megabytes"),
]


@pytest.mark.parametrize(("item", "purpose"), SAID, ids=lambda each: str(each)[:60])
def test_a_word_says_the_purpose(item: dict[str, Any], purpose: str) -> None:
    assert purpose_of(item, "some-model")[0] == purpose


@pytest.mark.parametrize("field", ["mode", "kind", "type", "model_type", "task", "pipeline_tag", "capabilities"])
@pytest.mark.parametrize(
    "word",
    ["unheard-asr", "speech", "stt-2", "my_transcriber", "embed-x", "vectorizer", "text_to_music", "voice.x"],
)
def test_what_listens_speaks_or_embeds_is_never_for_chat(field: str, word: str) -> None:
    for value in (word, word.upper(), word.replace("-", "_")):
        assert purpose_of({field: [value] if field == "capabilities" else value}, "some-model")[0] != "chat"


@pytest.mark.parametrize(
    ("model_id", "purpose"),
    [
        ("Systran/faster-whisper-large-v3", "voice"),
        ("hexgrad/Kokoro-82M", "voice"),
        ("kokoro", "voice"),
        ("nvidia/parakeet-tdt-0.6b-v2", "voice"),
        ("nvidia/canary-1b-flash", "voice"),
        ("iic/SenseVoiceSmall", "voice"),
        ("suno/bark", "voice"),
        ("qwen3-asr-flash", "voice"),
        ("speech-02-hd", "voice"),
        ("voice-en-us-amy-low", "voice"),
        ("facebook/wav2vec2-base-960h", "voice"),
        ("voyage-3-large", "embedding"),
        ("sentence-transformers/all-mpnet-base-v2", "embedding"),
        ("openai/clip-vit-base-patch32", "embedding"),
        ("e5-mistral-7b-instruct", "embedding"),
        ("gpt-4o", "chat"),
        ("claude-opus-4-6", "chat"),
        ("embark-7b", "chat"),
        ("invoice-reader", "chat"),
        ("attitude-tuned", "chat"),
        ("piperline-llm", "chat"),
        ("mistral-small-2506", "chat"),
    ],
)
def test_a_name_says_the_purpose(model_id: str, purpose: str) -> None:
    assert purpose_of_id(model_id)[0] == purpose


def test_a_model_that_listens_is_not_the_chat_default(gwctl, server) -> None:
    entries = [{"id": "a-first", "capabilities": ["transcript"]}, {"id": "b", "model_type": "audio"}, {"id": "c"}]
    server.routes["/models"] = Reply(body={"data": entries})
    gwctl.write(f"version: 1\nname: acme\nendpoints: {{it: {{base_url: '{server.url}'}}}}\n")
    document = gwctl("plan", "--format", "json").json
    chosen = {
        change["address"]: change["after"] for change in document["changes"] if change["address"].startswith("default.")
    }
    assert chosen["default.chat"]["model"] == "it/c"


@given(st.data())
def test_each_way_to_match_a_purpose_contains_a_word_of_its_patterns(data: st.DataObject) -> None:
    """Otherwise the patterns would not be looked at."""
    hints = data.draw(st.sampled_from(_hints()))
    model_id = data.draw(st.from_regex(re.compile(hints.pattern.pattern, re.ASCII)))
    assert hints.fit(model_id)
