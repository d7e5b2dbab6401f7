"""Base URLs as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.resources.urls import is_loopback, join, normalise_base_url, origin, reached, reaches


@pytest.mark.parametrize(
    ("written", "base"),
    [
        ("http://h:4000", "http://h:4000"),
        ("http://h:4000/", "http://h:4000"),
        ("http://h:4000///", "http://h:4000"),
        ("http://h:4000/v1", "http://h:4000/v1"),
        ("http://h:4000/v1/", "http://h:4000/v1"),
        ("http://h:4000/v1/chat/completions", "http://h:4000/v1"),
        ("http://h:4000/v1/chat/completions/", "http://h:4000/v1"),
        ("http://h:4000/chat/completions", "http://h:4000"),
        ("http://h:4000/v1/models", "http://h:4000/v1"),
        ("http://h:4000/v4", "http://h:4000/v4"),
        ("https://api.vendor.example/compatible-mode/v1/responses", "https://api.vendor.example/compatible-mode/v1"),
        ("HTTP://H:4000/V1", "http://h:4000/V1"),
        ("http://[::1]:8080/v1", "http://[::1]:8080/v1"),
    ],
)
def test_a_base_url_is_read(written: str, base: str) -> None:
    """/v1, /v1/, none, /v4, a pasted /chat/completions: wayland#1178, LibreChat#4671, MyBrain#335."""
    assert normalise_base_url(written) == base
    assert normalise_base_url(base) == base


@pytest.mark.parametrize(
    "written",
    [
        "h:4000",
        "ftp://h/v1",
        "file:///etc/passwd",
        "http://",
        "http:///v1",
        "http://h:0",
        "http://h:99999",
        "http://h:port",
        "http://h/a b",
        "http://h/\n",
        "http://h\\@evil",
        "http://u:p@h",
        "http://u@h",
        "http://h?api_key=x",
        "http://h/v1?x=1",
        "http://h/v1#top",
        "http://[::1",
        "",
    ],
)
def test_a_url_that_is_none_is_refused_and_not_repeated(written: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as caught:
        normalise_base_url(written)
    for part in ("api_key=x", "u:p", "evil"):
        assert part not in str(caught.value)


@given(st.text(max_size=60))
def test_any_text_is_a_base_url_or_refused(text: str) -> None:
    try:
        base = normalise_base_url("http://" + text)
    except ValueError:
        return
    assert normalise_base_url(base) == base
    assert origin(base).startswith("http://")


@pytest.mark.parametrize("base", ["http://h", "http://h/v1", "http://h/api/v1"])
def test_the_list_is_tried_with_and_without_v1(base: str) -> None:
    first, second = (join(reached(base, reach), "/models") for reach in reaches(base))
    assert first == f"{base}/models"
    assert {first, second} == {f"{base.removesuffix('/v1')}/models", f"{base.removesuffix('/v1')}/v1/models"}


def test_an_origin_is_scheme_host_and_port() -> None:
    assert origin("https://H.example:443/v1") == origin("https://h.example") == "https://h.example"
    assert origin("http://h.example") != origin("https://h.example")
    assert origin("http://h:81") != origin("http://h")
    assert origin("https://h.example.evil") != origin("https://h.example")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://localhost:4000", True),
        ("http://LOCALHOST.", True),
        ("http://a.localhost", True),
        ("http://127.0.0.1", True),
        ("http://127.9.9.9", True),
        ("http://[::1]", True),
        ("http://127.0.0.1.evil.example", False),
        ("http://localhost.evil.example", False),
        ("http://10.0.0.1", False),
        ("http://0.0.0.0", False),
    ],
)
def test_loopback_is_this_machine_and_nothing_that_looks_like_it(url: str, expected: bool) -> None:
    assert is_loopback(url) is expected
