"""direnv: a script of gwctl's own that an `.envrc` names in `source_env`. It runs the command that prints the key.

Tried with 2.32.1. direnv runs an `.envrc` only after `direnv allow`. https://direnv.net
"""

from __future__ import annotations

import shlex

from reconciler.clients.dotenv import variables
from reconciler.clients.offer import Offer, OfferedEndpoint
from reconciler.clients.tool import FileUse, Part, Tool


def _script(offer: Offer) -> str:
    lines = [f"export {name}={shlex.quote(value)}" for name, value in variables(offer).items()]
    return "\n".join(["# Written by gwctl, which writes it anew.", *lines, *_key(offer.first), ""])


def _key(endpoint: OfferedEndpoint) -> list[str]:
    """Return the lines that fetch the key. Without one, no other vendor's key is left to be sent."""
    names = ("OPENAI_API_KEY", *(("ANTHROPIC_API_KEY",) if "messages" in endpoint.apis else ()))
    if not endpoint.helper:
        return []
    fetched = f'export {names[0]}="$({shlex.join(endpoint.helper)})"'
    return [fetched, *(f'export {name}="${names[0]}"' for name in names[1:])]


def _parts(offer: Offer, _: FileUse) -> tuple[Part, ...]:
    return (Part(name="", covers=((),), values={(): _script(offer)}),)


TOOL = Tool(
    name="direnv",
    title="direnv",
    programs=("direnv",),
    package="",
    format="text",
    apis=("chat",),
    keys=("helper", "none"),
    uses=("own", "none"),
    has_one_endpoint=True,
    needs_path=True,
    folder=lambda here: here.folder("XDG_CONFIG_HOME", ".config") / "direnv",
    own=lambda here, name: here.home / f"{name}.envrc",
    shared=lambda here: here.home / ".envrc",
    parts=_parts,
    start_words="name the file in .envrc, and run `direnv allow`",
    start=lambda path: f"source_env {shlex.quote(str(path))}",
    after="direnv reloads it by itself",
)
