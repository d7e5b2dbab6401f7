"""Filters on listed IDs: shell patterns, in which a bracket that fits as it is written stands for itself."""

from __future__ import annotations

import pytest

from reconciler.config.gateway import Discover

IDS = [
    "opus",
    "opus[1m]",
    "sonnet[200k]",
    "gemma-1",
    "gemma-m",
    "gpt-4",
    "gpt-5",
    "Llama-3",
    "llama-2",
    "o1[beta]",
    "beta",
]


@pytest.mark.parametrize(
    ("pattern", "fitting"),
    [
        ("*[1m]", ["opus[1m]"]),
        ("*[200k]", ["sonnet[200k]"]),
        ("*[beta]", ["o1[beta]"]),
        ("gpt-[45]", ["gpt-4", "gpt-5"]),
        ("gpt-[3-5]", ["gpt-4", "gpt-5"]),
        ("[Ll]lama-*", ["Llama-3", "llama-2"]),
        ("gemma-[!1]", ["gemma-m"]),
        ("*[[]*", ["opus[1m]", "sonnet[200k]", "o1[beta]"]),
    ],
)
def test_a_bracket_is_read_as_it_is_meant(pattern: str, fitting: list[str]) -> None:
    """vscode#229047: `*[1m]` kept `opus[1m]` and dropped `gemma-1`."""
    assert Discover(include=(pattern,)).passing(IDS, IDS) == fitting
    assert Discover(exclude=(pattern,)).passing(IDS, IDS) == [each for each in IDS if each not in fitting]


def test_what_has_gone_from_the_list_changes_no_meaning() -> None:
    assert Discover(exclude=("*[1m]",)).passing(["gemma-1"], ["gemma-1"]) == ["gemma-1"]
