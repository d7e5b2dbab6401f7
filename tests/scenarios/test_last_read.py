"""The last read of a shared state: a machine keeps the bytes, and the store is asked whether it still has them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.scenarios.test_scopes import laptop, person, team
from tests.state.places.http_place import SERVERS, HttpPlace
from tests.support.command import Gwctl
from tests.support.state_rules import Answered
from tests.support.state_server import Instead

__all__ = ["laptop", "person", "team"]
MACHINE = ("apply", "--auto-approve", "--trust", "file")
FILE = """\
version: 1
name: acme
state: 'STORE'
endpoints:
  team: {base_url: 'TEAM', scope: shared, timeout: 1s, models: [gpt], key: {env: K1}}
  laptop: {base_url: 'LAPTOP', timeout: 1s, models: [llama]}
"""


def write(gwctl: Gwctl, team, laptop, place: HttpPlace, text: str = FILE) -> None:
    text = text.replace("STORE", place.url).replace("TEAM", team.url)
    gwctl.write(text.replace("LAPTOP", laptop.url))


@pytest.fixture
def ana(gwctl, team, laptop, person, http_place) -> Gwctl:
    """A machine that has read the shared state, and has its bytes."""
    write(gwctl, team, laptop, http_place)
    gwctl.environ |= http_place.environ | {"K1": "sk-pipeline"}
    gwctl("apply", "--scope", "shared", "--auto-approve", "--trust", "file")
    result: Gwctl = person("ana")
    result.environ |= http_place.environ | {"K1": "sk-ana"}
    result(*MACHINE)
    result(*MACHINE)
    return result


def reads(place: HttpPlace) -> list[int]:
    """Return the status of each read of the store, and forget it."""
    server = SERVERS[place.port]
    result = [asked.status for asked in server.asked if asked.method == "GET"]
    server.asked.clear()
    return result


def kept(gwctl: Gwctl) -> list[Path]:
    return sorted(Path(gwctl.environ["HOME"]).rglob("*.read"))


def test_a_state_that_has_not_changed_is_not_sent_again(ana, gwctl, team, laptop, http_place) -> None:
    reads(http_place)
    assert "No changes" in ana(*MACHINE).out
    ana("plan", "--trust", "file")
    assert reads(http_place) == [304, 304]
    write(gwctl, team, laptop, http_place, FILE.replace("[gpt]", "[gpt, gpt-new]"))
    gwctl("apply", "--scope", "shared", "--auto-approve", "--trust", "file")
    reads(http_place)
    assert "model.team/gpt-new" in ana("state", "list").out
    ana(*MACHINE)
    ana(*MACHINE)
    assert reads(http_place) == [200, 200, 304]


def test_the_file_is_private_one_for_the_address_and_has_the_bytes_as_stored(ana, http_place) -> None:
    (path,) = kept(ana)
    assert path.parent == next(Path(ana.environ["HOME"]).rglob("ledger.sqlite3")).parent
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    latest = SERVERS[http_place.port].kept(http_place.path).latest
    assert latest
    assert path.read_bytes().endswith(b"\n" + latest)
    assert json.loads(latest)["serial"]


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def edited(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"gpt"', b'"gpu"').replace(b"/gpt", b"/gpu"))


def of_others(path: Path) -> None:
    path.chmod(0o640)


def a_link(path: Path) -> None:
    shutil.move(path, path.with_name("moved"))
    path.symlink_to("moved")


def a_second_name(path: Path) -> None:
    os.link(path, path.with_name("moved"))


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def something_else(path: Path) -> None:
    path.write_bytes(b"hello\n" * 100)


def _with_head(path: Path, head: bytes) -> None:
    beginning, _, _, state = path.read_bytes().split(b"\n", 3)
    rest = head + b"\n" + state
    path.write_bytes(b"\n".join([beginning, hashlib.sha256(rest).hexdigest().encode(), rest]))


def a_number(path: Path) -> None:
    _with_head(path, b"5")


def no_tag(path: Path) -> None:
    head = path.read_bytes().split(b"\n", 3)[2]
    _with_head(path, json.dumps([*json.loads(head)[:-1], 5]).encode())


HARMS = [truncated, edited, of_others, a_link, a_second_name, a_folder, empty, something_else, a_number, no_tag]


@pytest.mark.skipif(os.name != "posix", reason="file modes: POSIX only")
@pytest.mark.parametrize("harm", HARMS)
def test_a_file_that_is_not_as_gwctl_wrote_it_is_ignored(harm: Callable[[Path], None], ana, http_place) -> None:
    (path,) = kept(ana)
    harm(path)
    reads(http_place)
    result = ana(*MACHINE)
    assert "No changes" in result.out
    assert reads(http_place) == [200]
    assert result.err == ana(*MACHINE).err


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_ignored(ana, http_place) -> None:
    (path,) = kept(ana)
    os.chown(path, 65534, -1)
    reads(http_place)
    ana(*MACHINE)
    assert reads(http_place) == [200]


@pytest.mark.parametrize("etag", ['W/"1"', '"\xe9"', '""', "1"])
def test_an_etag_that_is_weak_or_that_a_request_cannot_have_is_not_named(etag: str, ana, http_place) -> None:
    latest = SERVERS[http_place.port].kept(http_place.path).latest
    assert latest
    (path,) = kept(ana)
    path.unlink()
    weak = Instead(Answered(200, latest, {"ETag": etag}))
    SERVERS[http_place.port].answers("GET", weak, weak)
    for _ in range(2):
        ana(*MACHINE)
    assert not kept(ana)
    assert not any("if-none-match" in asked.headers for asked in SERVERS[http_place.port].asked[-2:])


def test_a_file_of_another_address_is_ignored(ana, person, gwctl, team, laptop, http_place) -> None:
    (path,) = kept(ana)
    write(gwctl, team, laptop, replace(http_place, url=f"{http_place.url}?other=1"))
    ben = person("ben")
    ben.environ |= ana.environ | {"HOME": ben.environ["HOME"], "XDG_STATE_HOME": ben.environ["XDG_STATE_HOME"]}
    ben(*MACHINE)
    assert not kept(ben), "the first run has no records yet that `gwctl leave` would remove"
    ben(*MACHINE)
    (other,) = kept(ben)
    assert other.name != path.name
    other.write_bytes(path.read_bytes())
    reads(http_place)
    ben(*MACHINE)
    ben(*MACHINE)
    assert reads(http_place) == [200, 304]


def test_a_home_that_cannot_be_written_is_no_error(ana, http_place) -> None:
    (path,) = kept(ana)
    path.unlink()
    path.mkdir()
    (path / "in the way").touch()
    assert "No changes" in ana(*MACHINE).out
    assert path.is_dir()


def test_a_rejected_password_is_an_error_as_before(ana) -> None:
    result = ana(*MACHINE, code=1, GWCTL_HTTP_PASSWORD="wrong")
    assert "rejected" in result.out + result.err


def test_unchanged_is_no_answer_to_a_read_that_names_nothing(ana, http_place) -> None:
    (path,) = kept(ana)
    path.unlink()
    SERVERS[http_place.port].answers("GET", Instead(Answered(304)))
    result = ana(*MACHINE, code=1)
    assert (
        "the server answers that nothing has changed, but the request did not ask for changes (HTTP 304)" in result.out
    )
    assert "redirect" not in result.out


def test_a_pipeline_and_a_run_without_keys_keep_nothing(ana, gwctl, http_place) -> None:
    assert not kept(gwctl)
    (path,) = kept(ana)
    path.unlink()
    ana("plan", "--no-keys", "--trust", "file")
    ana("plan", "--scope", "shared", "--trust", "file")
    ana("state", "list")
    assert not kept(ana)


@pytest.mark.parametrize("command", [("leave", "--auto-approve"), ("destroy", "--scope", "machine", "--auto-approve")])
def test_leaving_removes_it(command: tuple[str, ...], ana) -> None:
    assert kept(ana)
    ana(*command)
    assert not kept(ana)


@pytest.mark.parametrize("command", [("leave", "--auto-approve"), ("destroy", "--scope", "machine", "--auto-approve")])
def test_leaving_removes_the_files_of_earlier_addresses(
    command: tuple[str, ...], ana, gwctl, team, laptop, http_place
) -> None:
    (path,) = kept(ana)
    others = [path.with_name(name) for name in (f"{path.name}.read", "mine.read", path.name.replace(".", ".other.", 1))]
    for other in others:
        other.write_bytes(path.read_bytes())
    write(gwctl, team, laptop, replace(http_place, url=f"{http_place.url}?other=1"))
    ana("trust", "--moved-from", str(ana.folder / "gateway.yaml"))
    ana(*MACHINE)
    assert len({*kept(ana)} - {*others}) == 2
    ana(*command)
    assert {*kept(ana)} == {*others}, "only the files of this ledger, by their names"


def test_leaving_lets_a_file_of_another_program_be(ana) -> None:
    (path,) = kept(ana)
    path.write_bytes(b"something else")
    ana("leave", "--auto-approve")
    assert path.read_bytes() == b"something else"


def test_an_empty_file_is_replaced(ana, http_place) -> None:
    (path,) = kept(ana)
    path.write_bytes(b"")
    reads(http_place)
    ana(*MACHINE)
    ana(*MACHINE)
    assert reads(http_place) == [200, 304]


def test_leaving_removes_it_also_while_the_store_does_not_respond(ana, http_place) -> None:
    SERVERS[http_place.port].close()
    ana("leave", "--auto-approve")
    assert not kept(ana)


def test_a_state_that_was_restored_is_noticed(ana, gwctl, team, laptop, http_place) -> None:
    write(gwctl, team, laptop, http_place, FILE.replace("[gpt]", "[gpt, gpt-new]"))
    gwctl("apply", "--scope", "shared", "--auto-approve", "--trust", "file")
    ana(*MACHINE)
    versions = SERVERS[http_place.port].kept(http_place.path).versions
    versions[max(versions) + 1] = versions[max(versions) - 1]
    reads(http_place)
    ana(*MACHINE)
    assert reads(http_place) == [200]
