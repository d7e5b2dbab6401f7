"""Terraform's HTTP state protocol as our client speaks it: to the letter."""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from typing import ClassVar

from tests.state.http_client import ANA, GITLAB, PASSWORD, PATH, Serve, asked, store
from tests.state.places.actions import enter
from tests.state.places.http_place import knows, knows_tokens
from tests.support.state_rules import LOCK_INFO, GitLabRules, TerraformRules, lock_info


def test_a_write_locks_reads_posts_and_unlocks(state_servers: Serve) -> None:
    server = state_servers(TerraformRules(etags=True), knows(PASSWORD))
    one = store(server, environ=ANA)
    version = one.write(b"1", None)
    one.write(b"2", version)
    locked, read, posted, unlocked = server.asked[-4:]
    assert asked(server)[-4:] == [f"LOCK {PATH} 200", f"GET {PATH} 200", f"POST {PATH} ID 200", f"UNLOCK {PATH} 200"]
    assert lock_info(locked.body), "every field is there, and text"
    info = json.loads(locked.body)
    assert tuple(info) == LOCK_INFO
    assert (info["Operation"], info["Who"]) == ("gwctl", "job 17 of acme/gateway")
    assert unlocked.body == locked.body
    assert posted.query == {"ID": info["ID"]}
    assert posted.body == b"2"
    for each in (locked, posted, unlocked):
        assert each.headers["content-md5"] == base64.b64encode(hashlib.md5(each.body).digest()).decode()
        assert each.headers["content-type"] == "application/json"
    assert read.headers["accept-encoding"] == "identity", "what compresses on the way may change the ETag"
    assert posted.headers["if-match"] == f'"{hashlib.sha256(b"1").hexdigest()}"'
    assert {each.headers["authorization"] for each in (locked, read, posted, unlocked)} == {
        f"Basic {base64.b64encode(f'ana:{PASSWORD}'.encode()).decode()}"
    }


def test_without_a_password_there_is_no_header_for_it(state_servers: Serve) -> None:
    server = state_servers()
    store(server).write(b"1", None)
    assert not [each for each in server.asked if "authorization" in each.headers]


def test_gitlab_s_lock_is_known_by_the_address_alone(state_servers: Serve) -> None:
    server = state_servers(GitLabRules(), knows_tokens(PASSWORD))
    store(server, f"{GITLAB}/", ANA).write(b'{"serial": 1}', None)
    wanted = [f"POST {GITLAB}/lock 200", f"GET {GITLAB} 204", f"POST {GITLAB} ID 200", f"DELETE {GITLAB}/lock 200"]
    assert asked(server) == wanted


def test_addresses_and_methods_may_be_said(state_servers: Serve) -> None:
    class Elsewhere(TerraformRules):
        locking: ClassVar = {"PUT": "lock", "DELETE": "unlock", "PATCH": "write"}

        def state_and_action(self, method: str, path: str) -> tuple[str, str]:
            return PATH, super().state_and_action(method, path)[1]

    server = state_servers(Elsewhere())
    said = {"LOCK_ADDRESS": f"{server.url}/lock", "UNLOCK_ADDRESS": f"{server.url}/unlock"}
    said |= {"LOCK_METHOD": "PUT", "UNLOCK_METHOD": "DELETE", "UPDATE_METHOD": "PATCH"}
    store(server, environ={f"GWCTL_HTTP_{name}": value for name, value in said.items()}).write(b"1", None)
    assert asked(server) == ["PUT /lock 200", f"GET {PATH} 404", f"PATCH {PATH} ID 200", "DELETE /unlock 200"]


def test_a_query_stays(state_servers: Serve) -> None:
    server = state_servers()
    one = store(server, f"{PATH}?team=a%26b&ID=x")
    one.write(b"1", None)
    assert "?" not in one.place
    assert [(each.method, each.query["team"]) for each in server.asked if each.method != "UNLOCK"] == [
        ("LOCK", "a&b"),
        ("GET", "a&b"),
        ("POST", "a&b"),
    ]
    posted = server.asked[2]
    assert posted.query["ID"] == json.loads(server.asked[0].body)["ID"]


def test_a_lock_s_id_is_a_uuid_like_all_others(state_servers: Serve) -> None:
    server = state_servers()
    for _ in range(3):
        enter(store(server))
    ids = {uuid.UUID(json.loads(each.body)["ID"]) for each in server.asked}
    assert len(ids) == 3
    assert {item.version for item in ids} == {8}
