"""The paths that a pull may change: bound by content, or reached by no link of the checkout."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.files.working_tree import ABSENT, content_of, digest_of, is_led_by_link

MARKS = [".git", ".hg", ".jj", ".svn", ".bzr", ".fslckout", "_FOSSIL_", "_darcs", ".pijul", ".sl"]
DIGEST = digest_of(b"one")


@pytest.fixture
def places(tmp_path: Path) -> Path:
    """`etc/ca` of the machine; `repo`, with a gateway file's directory `repo/conf`; all of them side by side."""
    for each in ("etc", "repo/.git", "repo/conf", "other/.hg", "plain"):
        (tmp_path / each).mkdir(parents=True)
    for each in ("etc/ca", "repo/ca", "repo/conf/ca", "other/ca", "plain/ca"):
        (tmp_path / each).write_bytes(b"one")
    return tmp_path


def link(at: Path, to: str | Path) -> str:
    at.symlink_to(to)
    return str(at)


WAYS: dict[str, tuple[Callable[[Path], str], str, bool]] = {
    "the machine's": (lambda at: str(at / "etc/ca"), "", False),
    "the machine's, by a link of its own": (lambda at: link(at / "etc/link", at / "plain/ca"), "", False),
    "the machine's, past the checkout": (lambda at: str(at / "repo/conf/../../etc/ca"), "", False),
    "beside the gateway file": (lambda at: str(at / "repo/conf/ca"), DIGEST, False),
    "above it in the checkout": (lambda at: str(at / "repo/conf/../ca"), DIGEST, False),
    "in another checkout": (lambda at: str(at / "other/ca"), DIGEST, False),
    "by a link in the checkout": (lambda at: link(at / "repo/conf/link", at / "etc/ca"), DIGEST, True),
    "by a relative link": (lambda at: link(at / "repo/conf/link", "../../etc/ca"), DIGEST, True),
    "by a link to a directory": (lambda at: link(at / "repo/conf/there", at / "etc") + "/ca", DIGEST, True),
    "by the machine's link into it": (lambda at: link(at / "etc/link", at / "repo/ca"), DIGEST, False),
    "by a link on the way of the machine's": (
        lambda at: link(at / "etc/link", link(at / "repo/link", at / "plain/ca")),
        DIGEST,
        True,
    ),
    "by a directory on the way of the machine's": (
        lambda at: link(at / "etc/there", link(at / "repo/there", at / "plain")) + "/ca",
        DIGEST,
        True,
    ),
    "not there": (lambda at: str(at / "repo/none"), ABSENT, False),
    "a directory": (lambda at: str(at / "repo/conf"), ABSENT, False),
    "in a circle": (lambda at: link(at / "repo/circle", "circle"), ABSENT, True),
    "no path at all": (lambda at: f"{at}/repo/\0", ABSENT, False),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_a_pull_may_change_is_known_by_its_content(places: Path, way: str) -> None:
    make, content, is_led = WAYS[way]
    path, beside = make(places), str(places / "repo/conf")
    assert content_of(path, beside) == content
    if "\0" not in path:
        assert is_led_by_link(path, beside) == is_led


@pytest.mark.parametrize("mark", MARKS)
def test_every_version_control_makes_a_checkout(tmp_path: Path, mark: str) -> None:
    (tmp_path / "repo" / "deep").mkdir(parents=True)
    (tmp_path / "repo" / "deep" / "ca").write_bytes(b"one")
    (tmp_path / "conf").mkdir()
    path, beside = str(tmp_path / "repo/deep/ca"), str(tmp_path / "conf")
    assert content_of(path, beside) == ""
    (tmp_path / "repo" / mark).mkdir()
    assert content_of(path, beside) == DIGEST


def test_a_gateway_file_behind_a_link_is_where_it_is(places: Path) -> None:
    beside = link(places / "here", places / "plain")
    assert content_of(str(places / "plain/ca"), beside) == DIGEST


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files here")
def test_a_pipe_is_never_waited_for(places: Path) -> None:
    os.mkfifo(places / "repo/pipe")
    assert content_of(str(places / "repo/pipe"), str(places / "repo")) == ABSENT


def test_a_digest_tells_nothing_of_a_file_that_holds_no_certificate(tmp_path: Path) -> None:
    """A stranger's gateway file may name a secret as its `ca_file`; a short one could be guessed from its digest."""
    (tmp_path / "first").write_text("quokka-7351")
    (tmp_path / "second").write_text("walrus-9920")
    digests = {content_of(str(tmp_path / name), str(tmp_path)) for name in ("first", "second")}
    assert digests == {digest_of(b"")}
