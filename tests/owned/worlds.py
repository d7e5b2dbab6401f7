"""The world of each kind for the contract: its wanted things, what is outside, and how others change it."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Protocol

import yaml

from tests.support.keychain import FakeKeychain


class World(Protocol):
    """The outside of one kind, below one directory."""

    kind: str
    gives_back: bool  # what was there before is restored on removal
    asks: bool  # its first use on a machine needs consent
    folder: str  # below the root, where its files are; "" for none
    steps: int  # as many at least has every change of the contract
    parts: int  # as many rows of the ledger has what is wanted
    modules: tuple[str, ...]  # that have the kind, where only tests have it

    def environ(self, root: Path) -> dict[str, str]:
        """Return the environment of every command."""
        ...

    def endpoint(self, url: str, version: int) -> str:
        """Return an endpoint of the gateway file that wants something; 0: that wants nothing."""
        ...

    def more(self, version: int) -> str:
        """Return what else the gateway file has for that version."""
        ...

    def given(self, version: int) -> dict[str, str]:
        """Return the environment that makes this version wanted."""
        ...

    def content(self, version: int) -> str:
        """Return what is outside for that version."""
        ...

    def outside(self, root: Path) -> dict[str, str]:
        """Return {endpoint: what is there}."""
        ...

    def put(self, root: Path, text: str) -> None:
        """Somebody else writes that where the endpoint `it` has its own, or is to have it."""
        ...

    def drop(self, root: Path) -> None:
        """Somebody else takes it away."""
        ...

    def break_it(self, root: Path) -> dict[str, str]:
        """Make it unreadable; return what the environment of the next commands must have for that."""
        ...

    def mend(self, root: Path) -> None:
        """Make it readable again."""
        ...


class Keys:
    """Kept keys, in a keychain that is a file."""

    kind, gives_back, asks, folder, steps, parts = "key", False, False, "", 6, 1
    modules = ()

    def environ(self, root: Path) -> dict[str, str]:
        return self._keychain(root).environ

    def endpoint(self, url: str, version: int) -> str:
        kept = ", store_key: keyring" if version else ""
        return f"{{base_url: '{url}', key: {{env: CANARY}}{kept}}}"

    def more(self, version: int) -> str:
        return ""

    def given(self, version: int) -> dict[str, str]:
        return {"CANARY": self.content(version or 1)}

    def content(self, version: int) -> str:
        return ("quokka-7351-zebra-fjord", "walrus-9920-tapir-glade")[version - 1]

    def outside(self, root: Path) -> dict[str, str]:
        return {name.partition(" ")[2]: value for name, value in self._keychain(root).whole.items()}

    def put(self, root: Path, text: str) -> None:
        service = next((name for name in self._keychain(root).whole if name.endswith(" it")), "")
        self._keychain(root).put(service or self.first_name(root), text)

    def drop(self, root: Path) -> None:
        (root / "keychain.json").unlink(missing_ok=True)

    def break_it(self, root: Path) -> dict[str, str]:
        return {"TEST_KEYCHAIN_IS": "locked"}

    def mend(self, root: Path) -> None:
        """The environment alone had broken it."""

    def first_name(self, root: Path) -> str:
        """Return the name that the entry will have: it carries the ID of the stack, which `gwctl trust` draws."""
        with closing(sqlite3.connect(root / "home" / "state" / "gwctl" / "ledger.sqlite3")) as rows:
            (stack,) = rows.execute("SELECT id FROM stack").fetchone()
        return f"gwctl:acme/{stack[:8]} it"

    def _keychain(self, root: Path) -> FakeKeychain:
        return FakeKeychain(root / "keychain.json")


class Notes:
    """The kind that only tests have: real files, of the models that an endpoint has."""

    kind, gives_back, asks, folder, steps, parts = "note", True, False, "notes", 6, 1
    modules = ("tests.owned.note_kind",)

    def environ(self, root: Path) -> dict[str, str]:
        return {"TEST_NOTES": str(root / "notes")}

    def endpoint(self, url: str, version: int) -> str:
        models = f"note, v{version}" if version else "v1"
        return f"{{base_url: '{url}', discover: false, models: [{models}]}}"

    def more(self, version: int) -> str:
        return ""

    def given(self, version: int) -> dict[str, str]:
        return {}

    def content(self, version: int) -> str:
        return f"note\nv{version}\n"

    def outside(self, root: Path) -> dict[str, str]:
        return {path.name.removesuffix(".txt"): path.read_text() for path in self._folder(root).iterdir()}

    def put(self, root: Path, text: str) -> None:
        (self._folder(root) / "it.txt").write_text(text)

    def drop(self, root: Path) -> None:
        (self._folder(root) / "it.txt").unlink(missing_ok=True)

    def break_it(self, root: Path) -> dict[str, str]:
        place = self._folder(root) / "it.txt"
        place.exists() and place.rename(root / "it.kept")
        place.mkdir()
        return {}

    def mend(self, root: Path) -> None:
        shutil.rmtree(self._folder(root) / "it.txt")
        (root / "it.kept").exists() and (root / "it.kept").rename(self._folder(root) / "it.txt")

    def _folder(self, root: Path) -> Path:
        folder = root / "notes"
        folder.mkdir(exist_ok=True)
        return folder


class OwnFiles:
    """A client with a file of gwctl's own: the settings of Claude Code, for an endpoint without a key."""

    kind, gives_back, asks, folder, steps, parts = "client", True, True, "claude", 2, 1
    modules = ()
    tool = "claude-code"
    name, use = "acme-it.settings.json", "file: own"

    def environ(self, root: Path) -> dict[str, str]:
        return {"CLAUDE_CONFIG_DIR": str(root / "claude")}

    def endpoint(self, url: str, version: int) -> str:
        return f"{{preset: litellm, base_url: '{url}', discover: false, models: [v{version or 1}]}}"

    def more(self, version: int) -> str:
        client = f"{{tool: {self.tool}, {self.use}, when_absent: write}}"
        return f"clients: {{it: {client}}}\n" if version else ""

    def given(self, version: int) -> dict[str, str]:
        return {}

    def content(self, version: int) -> str:
        return f"v{version}"

    def outside(self, root: Path) -> dict[str, str]:
        place = self.place(root)
        if place.is_file():
            return {self.gateway(root)[0]: self.told(root, place.read_text())}
        is_left = self.use == "file: own" and place.parent.is_dir() and not any(place.parent.iterdir())
        return {"": "an empty directory"} if is_left else {}

    def put(self, root: Path, text: str) -> None:
        self.place(root).parent.mkdir(exist_ok=True)
        is_ours = text in ("v1", "v2")
        self.place(root).write_text(json.dumps(self.document(root, text)) if is_ours else self.foreign(text))

    def drop(self, root: Path) -> None:
        self.place(root).unlink(missing_ok=True)
        any(self.place(root).parent.iterdir()) or self.place(root).parent.rmdir()

    def break_it(self, root: Path) -> dict[str, str]:
        place = self.place(root)
        place.exists() and place.rename(root / "it.kept")
        place.mkdir(parents=True)
        return {}

    def mend(self, root: Path) -> None:
        shutil.rmtree(self.place(root))
        (root / "it.kept").exists() and (root / "it.kept").rename(self.place(root))

    def place(self, root: Path) -> Path:
        """Return the file."""
        return root / "claude" / self.name

    def gateway(self, root: Path) -> tuple[str, str]:
        """Return name and base URL of the endpoint."""
        ((name, endpoint),) = yaml.safe_load((root / "work" / "gateway.yaml").read_text())["endpoints"].items()
        return name, endpoint["base_url"]

    def document(self, root: Path, model: str) -> dict:
        """Return the file that gwctl makes for that model."""
        tiers = {f"ANTHROPIC_DEFAULT_{tier}_MODEL": model for tier in ("HAIKU", "SONNET", "OPUS", "FABLE")}
        url = {"ANTHROPIC_BASE_URL": self.gateway(root)[1], "ANTHROPIC_AUTH_TOKEN": "", "ANTHROPIC_API_KEY": ""}
        env = {**tiers, **url, "CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY": "1", "ANTHROPIC_MODEL": model}
        return {"env": env, "apiKeyHelper": "echo none"}

    def foreign(self, text: str) -> str:
        """Return a file of somebody else's."""
        return text

    def told(self, root: Path, text: str) -> str:
        """Return the model of a file of gwctl's, else its text."""
        ours = [
            version
            for version in ("v1", "v2")
            if text.startswith("{") and json.loads(text) == self.document(root, version)
        ]
        return ours[0] if ours else text


class SharedFiles(OwnFiles):
    """A client with gwctl's own keys in the user's settings of Claude Code; the rest of them stays."""

    name, use = "settings.json", "file: shared, set_default: never"

    def document(self, root: Path, model: str) -> dict:
        document = super().document(root, model)
        del document["env"]["ANTHROPIC_MODEL"]
        return document

    def foreign(self, text: str) -> str:
        return json.dumps({"theme": "dark", "env": {"ANTHROPIC_BASE_URL": text, "OTHER": "1"}})

    def told(self, root: Path, text: str) -> str:
        document = json.loads(text)
        assert document.pop("theme", "dark") == "dark"
        assert document.get("env", {}).pop("OTHER", "1") == "1"
        ours = [version for version in ("v1", "v2") if document == self.document(root, version)]
        return ours[0] if ours else document["env"]["ANTHROPIC_BASE_URL"]


class SeveralParts(OwnFiles):
    """A client with three parts in one file of the user's: opencode's entry of the endpoint, and its two models.

    An entry that is not gwctl's may have a key, so it is kept in the keychain.
    """

    folder, steps, parts = "config", 6, 3
    use = "file: shared, set_default: always"
    tool = "opencode"

    def environ(self, root: Path) -> dict[str, str]:
        return {"XDG_CONFIG_HOME": str(root / "config"), **FakeKeychain(root / "keychain.json").environ}

    def place(self, root: Path) -> Path:
        return root / "config" / "opencode" / "opencode.json"

    def put(self, root: Path, text: str) -> None:
        self.place(root).parent.mkdir(parents=True, exist_ok=True)
        is_ours = text in ("v1", "v2")
        document = self.document(root, text) if is_ours else json.loads(self.foreign(text))
        self.place(root).write_text(json.dumps({"theme": "dark", **document}))

    def document(self, root: Path, model: str) -> dict:
        name, url = self.gateway(root)
        options = {"baseURL": url}  # where the server's model list is, too
        entry = {"npm": "@ai-sdk/openai-compatible", "name": f"acme-{name}", "options": options}
        chosen = f"acme-{name}/{model}"
        entries = {f"acme-{name}": {**entry, "models": {model: {"name": model}}}}
        return {"provider": entries, "model": chosen, "small_model": chosen}

    def foreign(self, text: str) -> str:
        return json.dumps({"provider": {"acme-it": {"npm": text}}, "model": text, "small_model": text})

    def told(self, root: Path, text: str) -> str:
        document = json.loads(text)
        assert document.pop("theme", "dark") == "dark"
        ours = [version for version in ("v1", "v2") if document == self.document(root, version)]
        if ours or not document:
            return ours[0] if ours else ""
        assert document == json.loads(self.foreign(document["model"])), "no part is left alone with others"
        return str(document["model"])


WORLDS: tuple[World, ...] = (Keys(), Notes(), OwnFiles(), SharedFiles(), SeveralParts())


def rows_of(root: Path) -> list[tuple[str, str, str]]:
    """Return (kind, status, the address that owns it) of every row of the ledger."""
    path = root / "home" / "state" / "gwctl" / "ledger.sqlite3"
    if not path.exists():
        return []
    with closing(sqlite3.connect(path)) as rows:
        return rows.execute(
            "SELECT kind, status, address FROM owned JOIN owner USING (kind, slot) ORDER BY kind, address"
        ).fetchall()


def share(root: Path) -> None:
    """Let another stack have a share in every row of the ledger, as older versions did."""
    path = root / "home" / "state" / "gwctl" / "ledger.sqlite3"
    with closing(sqlite3.connect(path)) as rows, rows:
        rows.execute(
            "INSERT INTO owner SELECT kind, slot, 'another', lineage, address, name, '/elsewhere/state.json' FROM owner"
        )
