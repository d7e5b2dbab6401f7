"""The object stores' promises besides the contract: objects beside the state, credentials, mistakes."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reconciler.engine.stack.open_store import open_store
from reconciler.errors import Failed
from reconciler.state.stores.objects.settings import find
from tests.state.places.actions import enter, failure
from tests.state.places.object_places import ObjectsPlace
from tests.support.bindings import agreed_store
from tests.support.gcs import Gcs
from tests.support.libraries import library
from tests.support.process import free_port

pytestmark = pytest.mark.xdist_group("store-s3")


@pytest.fixture
def place(s3_place: ObjectsPlace) -> ObjectsPlace:
    return s3_place


def beside(place: ObjectsPlace, ending: str) -> tuple[Any, str]:
    at = find(place.url, place.environ)
    return library("reconciler.state.stores.objects.bucket").Bucket(at, 5), f"{at.key}.{ending}"


def test_the_previous_one_is_kept_beside_it(place: ObjectsPlace) -> None:
    store = place.client()
    first = store.write(b"1", None)
    assert store.read().version == first
    store.write(b"2", first)
    bucket, key = beside(place, "backup")
    assert bucket.get(key).data == b"1"
    assert f"copy the object {key} over the object " in store.undo


def test_another_one_may_be_kept_in_place_of_the_previous_one(place: ObjectsPlace) -> None:
    store = place.client()
    store.write(b"2", store.write(b"1", None), b"instead of 1")
    bucket, key = beside(place, "backup")
    assert bucket.get(key).data == b"instead of 1"


def test_whoever_was_refused_leaves_the_previous_one_alone(place: ObjectsPlace) -> None:
    one, two = place.client("1"), place.client("2")
    first = one.write(b"1", None)
    for each in (one, two):
        each.read()
    one.write(b"2", first)
    assert failure(lambda: two.write(b"3", first)).code == "STATE_CHANGED"
    bucket, key = beside(place, "backup")
    assert bucket.get(key).data == b"1"


def test_a_lock_is_let_go_and_nothing_is_deleted(place: ObjectsPlace) -> None:
    bucket, key = beside(place, "lock")
    with place.client().lock():
        assert json.loads(bucket.get(key).data)["who"] == "job 1 of acme/gateway"
    assert json.loads(bucket.get(key).data) == {"held": False}


@pytest.mark.parametrize("left", [b"", b"[]", b'{"held": true}', b'{"held": true, "who": "\\u001b[2J", "since": []}'])
def test_what_is_no_lock_holds_for_a_lease_and_no_longer(left: bytes, place: ObjectsPlace) -> None:
    bucket, key = beside(place, "lock")
    bucket.replace(key, left, None)
    diagnostic = failure(lambda: enter(place.client()))
    assert diagnostic.code == "STATE_LOCKED"
    assert "\x1b" not in diagnostic.summary
    enter(replace(place, lease=-1).client())


@pytest.mark.parametrize("left", [None, b'{"held": true, "who": "job 9", "since": "2026-01-01"}'])
def test_who_knows_a_free_lock_s_version_takes_no_other_lock(left: bytes | None, place: ObjectsPlace) -> None:
    """The version of a free lock is foretold after a read; the object may be gone, or held."""
    place.client().write(b"1", None)
    store = place.client()
    assert store.read()
    if left is not None:
        bucket, key = beside(place, "lock")
        bucket.replace(key, left, None)
        assert "job 9" in failure(lambda: enter(store)).summary
        store = replace(place, lease=-1).client()  # the lock has expired
        assert store.read()
    for _ in range(2):
        enter(store)


def test_the_lease_of_a_lock_is_at_most_a_minute() -> None:
    store = open_store("s3://bucket/key", Path(), {}, agreed_store("s3://bucket/key", {}))
    assert 30 <= store._leased()._seconds <= 60


def test_a_bucket_that_is_not_there_is_no_empty_state(place: ObjectsPlace, gs_place: ObjectsPlace) -> None:
    for objects_place in (place, gs_place):
        store = replace(objects_place, url=objects_place.url.replace("acme-team", "acme-taem")).client()
        for doing in (store.read, lambda store=store: store.write(b"1", None)):
            diagnostic = failure(doing, *objects_place.secrets)
            assert "acme-taem" in diagnostic.summary
            if objects_place is gs_place:  # S3 tells only those who may look into it whether there is such a bucket
                assert diagnostic.code in ("STATE_UNREADABLE", "STATE_UNWRITABLE")
                assert "there is no bucket `acme-taem`" in diagnostic.summary
            else:
                assert diagnostic.code == "STORE_REFUSED"


def test_a_server_that_heeds_no_conditions_keeps_no_state(gs_place: ObjectsPlace, gcs: Gcs) -> None:
    gcs.heeds_conditions = False
    try:
        diagnostic = failure(lambda: enter(gs_place.client()))
    finally:
        gcs.heeds_conditions = True
    assert diagnostic.code == "STATE_UNWRITABLE"
    assert "ignores conditional writes" in diagnostic.summary


def test_this_machine_is_reached_through_no_proxy(gs_place: ObjectsPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    assert gs_place.client().read() is None


def test_no_credentials_at_all_is_said_and_not_waited_for(place: ObjectsPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    """They would be looked for at an address that only a machine of the cloud has."""
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", f"http://127.0.0.1:{free_port()}")
    begun = time.monotonic()
    diagnostic = failure(place.opened({}).read)
    assert diagnostic.code == "STORE_REFUSED"
    assert "no credentials" in diagnostic.summary
    assert "aws configure export-credentials" in diagnostic.hint
    assert time.monotonic() - begun < 10


def test_half_of_the_credentials(place: ObjectsPlace) -> None:
    environ = {"AWS_SECRET_ACCESS_KEY": place.environ["AWS_SECRET_ACCESS_KEY"]}
    diagnostic = failure(place.opened(environ).read, *place.secrets)
    assert diagnostic.code == "STORE_REFUSED"
    assert "are not valid" in diagnostic.summary


def test_the_environment_may_name_the_server(place: ObjectsPlace) -> None:
    version = place.client().write(b"1", None)
    environ = place.environ | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{place.port}", "AWS_REGION": "us-east-1"}
    assert replace(place, url=place.url.partition("?")[0]).opened(environ).read().version == version


@pytest.mark.parametrize(
    ("url", "environ", "said"),
    [
        ("s3://b/key", {}, "at least three"),
        ("s3://ana@bucket/key", {}, "at least three"),
        ("s3://bucket", {}, "needs a bucket and an object"),
        ("s3://bucket/team/", {}, "the object name is missing"),
        ("s3://bucket/a//b", {}, "the object name is missing"),
        ("s3://bucket/key?regoin=x", {}, "`region` or `endpoint`"),
        ("gs://bucket/key?region=x", {}, "not allowed"),
        ("az://container/key", {}, "?account=NAME"),
        ("s3://bucket/key?endpoint=http://minio.example:9000", {}, "AWS_ALLOW_HTTP"),
        ("s3://bucket/key", {"AWS_ENDPOINT_URL": "http://minio.example:9000"}, "AWS_ALLOW_HTTP"),
    ],
)
def test_a_url_that_is_not_understood(url: str, environ: dict[str, str], said: str) -> None:
    diagnostic = failure(lambda: open_store(url, Path(), environ))
    assert diagnostic.code == "UNKNOWN_STORE"
    assert said in diagnostic.summary


def test_plain_http_is_for_this_machine_and_for_whoever_says_so() -> None:
    far = {"AWS_ENDPOINT_URL": "http://minio.example:9000"}
    assert find("s3://bucket/key", far | {"AWS_ALLOW_HTTP": "true"}).plain_http
    assert find("s3://bucket/key?endpoint=http://localhost:9000", {}).plain_http
    assert not find("s3://bucket/key?endpoint=https://minio.example", {}).plain_http
    assert not find("s3://bucket/key", {}).plain_http


def test_without_obstore_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)
    monkeypatch.delitem(sys.modules, "reconciler.state.stores.objects.bucket", raising=False)
    with pytest.raises(Failed) as caught:
        open_store("gs://bucket/key", Path(), {})
    assert caught.value.diagnostics[0].code == "STORE_NOT_INSTALLED"
    assert "`gs:`" in caught.value.diagnostics[0].summary
    assert "'obstore>=" in caught.value.diagnostics[0].hint
