"""Faults that no real server makes when it is asked to, by respx."""

from __future__ import annotations

import errno
import socket

import httpx
import pytest

from reconciler.live.http.errors import fault_of
from tests.live.test_exchange import look
from tests.support.libraries import library

respx = library("respx")
URL = "http://llm.acme.test"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("kind", "asked", "words"),
    [
        (httpx.WriteError, 4, "The connection was cut"),
        (httpx.ReadError, 4, "The connection was cut"),
        (httpx.CloseError, 4, "The connection was cut"),
        (httpx.ConnectError, 1, "no connection could be made"),
    ],
)
@respx.mock
def test_a_connection_that_fails_is_unreachable(kind: type[httpx.RequestError], asked: int, words: str) -> None:
    route = respx.get(f"{URL}/models").mock(side_effect=kind)
    seen = look(URL)
    assert (seen.code, seen.summary) == ("UNREACHABLE", "Could not fetch models")
    assert words in seen.detail
    assert route.call_count == asked


@respx.mock
def test_one_that_heals_is_a_list() -> None:
    good = httpx.Response(200, json={"data": [{"id": "m"}]})
    respx.get(f"{URL}/models").mock(side_effect=[httpx.WriteError, httpx.ReadError, good])
    assert look(URL).status == "listed"


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (socket.gaierror(socket.EAI_AGAIN, "again"), "cannot be found (DNS)"),
        (OSError(errno.ECONNREFUSED, "no"), "Connection refused"),
        (ExceptionGroup("both", [OSError(errno.ECONNREFUSED, "no"), OSError(errno.ENETUNREACH, "no")]), "refused"),
    ],
)
def test_the_cause_is_found_also_in_a_chain_that_is_a_circle(cause: Exception, words: str) -> None:
    first, second = httpx.ConnectError(""), RuntimeError()
    first.__cause__, second.__cause__, cause.__context__ = second, cause, first
    assert words in fault_of("connection", first, URL).detail
