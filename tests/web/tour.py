"""A walk through every page, with something on each: for axe-core, for the pictures of the docs, for a look."""

from __future__ import annotations

from collections.abc import Iterator

from tests.support.command import Gwctl
from tests.support.local_page import Reader
from tests.support.scripted import Reply, Request, ScriptedServer

KEY = "typed-" + "on-the-page-4711"
LISTED = ("gpt-4o", "gpt-4o-mini", "text-embedding-3-small", "whisper-1")


def gateway(first: str, second: str) -> str:
    """A team's file with two endpoints: one open, one that wants the key of a variable."""
    return f"""\
version: 1
name: acme
endpoints:
  laptop: {{base_url: '{first}'}}
  gateway: {{preset: litellm, base_url: '{second}', key: {{env: TEAM_KEY}}}}
roles:
  chat: [gateway/gpt-4o, laptop/gpt-4o]
"""


def prepare(gwctl: Gwctl, first: ScriptedServer, second: ScriptedServer) -> None:
    """Apply a file with one endpoint, so that the second has a new binding, and let both servers answer."""
    for server in (first, second):
        server.lists(*LISTED)
        server.routes["/chat/completions"] = Reply(
            body={"model": "gpt-4o", "choices": [{"message": {"content": "I am a double.\nI say little."}}]}
        )
    gwctl.write(f"version: 1\nname: acme\nendpoints: {{laptop: {{base_url: '{first.url}', key: {{env: TEAM_KEY}}}}}}\n")
    gwctl("apply", "--auto-approve", TEAM_KEY="a-key-of-the-team-1")
    gwctl.write(gateway(first.url, second.url))


def wants(key: str):
    """A route that refuses every other key."""

    def listed(request: Request) -> Reply:
        if request.headers.get("authorization") != f"Bearer {key}":
            return Reply(status=401, body={"error": {"message": "no such key"}})
        return Reply(body={"data": [{"id": each} for each in LISTED]})

    return listed


def walk(reader: Reader, third: ScriptedServer, gwctl: Gwctl) -> Iterator[str]:
    """Go through all pages; yield the name of each state that is reached."""
    third.routes["/models"] = wants(KEY)
    third.routes["/v1/models"] = wants(KEY)
    yield "status"
    reader.goes("Show the plan")
    yield "plan-with-a-question"
    reader.fill("type gateway", "gatewai").press("Allow")
    yield "plan-with-a-wrong-name"
    reader.fill("type gateway", "gateway").press("Allow")
    reader.press("Apply…")
    yield "confirm"
    reader.press("Apply")
    yield "results"
    reader.goes("Connect")
    yield "connect"
    reader.select("Which server or vendor?", option_with(reader, "litellm")).press("Go on")
    reader.fill("Base URL:", "no url").press("Go on")
    yield "connect-place"
    reader.fill("Base URL:", third.url).press("Go on")
    reader.choose("Type the key; gwctl stores the key").fill("Key:", "wrong-key-4711").press("Go on")
    yield "connect-key"
    reader.fill("Key:", "wrong-key-4711").fill("To send the key", "litellm").press("Go on")
    yield "connect-next"
    reader.press("Type the model IDs")
    yield "connect-typed"
    reader.fill("Model IDs", "gpt-4o, whisper-1").press("Go on")
    yield "connect-purposes"
    reader.goes("Begin again").select("Which server or vendor?", option_with(reader, "litellm")).press("Go on")
    reader.fill("Base URL:", third.url).press("Go on")
    reader.choose("Type the key; gwctl stores the key").fill("Key:", KEY).fill("To send the key", "litellm").press(
        "Go on"
    )
    yield "connect-models"
    reader.press("Go on")
    yield "connect-defaults"
    reader.press("Go on")
    yield "review"
    (gwctl.folder / "gateway.yaml").write_text((gwctl.folder / "gateway.yaml").read_text() + "# changed meanwhile\n")
    reader.press("Save gateway.yaml and apply the plan")
    yield "stale"
    reader.goes("Show it as it is now").press("Save gateway.yaml and apply the plan")
    reader.goes("Models")
    yield "models"
    reader.goes("Clients")
    yield "clients"
    reader.goes("Chat").fill("Message:", "Which model are you?").press("Send")
    yield "chat"
    reader.goes("Status").select("Endpoint:", "laptop").press("Remove…")
    yield "removal"
    reader.press("Save gateway.yaml and apply the plan")
    (gwctl.folder / "gateway.yaml").write_text("version: 1\nname: acme\nendpoints: {}\n")
    reader.goes("Plan")
    yield "plan-with-consents"
    (gwctl.folder / "gateway.yaml").write_text("version: 1\nname: acme\nendpoint: {}\n")
    reader.goes("Plan")
    yield "problem"


def option_with(reader: Reader, word: str) -> str:
    """The text of the option whose first word that is."""
    texts = reader.page.run("return [...document.querySelectorAll('#preset option')].map((each) => each.text)")
    return next(str(text) for text in texts if str(text).split()[0] == word)
