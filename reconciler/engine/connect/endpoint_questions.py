"""The questions about a new endpoint: the texts, the choices, and the checks of the answers.

The command line and the local page ask the same questions in different ways.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from reconciler import codes
from reconciler.codes import Code
from reconciler.config.gateway import Gateway
from reconciler.diagnostics import Diagnostic, warning
from reconciler.engine.connect.draft import Draft, drafted, test_draft
from reconciler.engine.connect.entry import NewEndpoint
from reconciler.engine.connect.option import Option
from reconciler.engine.connection_test import ConnectionTest, finding
from reconciler.engine.keys.request import OnDone
from reconciler.presets.load import load_all
from reconciler.presets.preset import Preset
from reconciler.resources.observation import Observation
from reconciler.resources.urls import normalise_base_url
from reconciler.secrets.key import Key
from reconciler.secrets.keychain import PATIENCE, KeychainFault, open_keychain
from reconciler.secrets.resolve_key import checked
from reconciler.values import dataclass

Next = Literal["again", "key", "url", "models", "skip", "stop"]
KeyStep = Literal["key", "keep", "skip", "stop"]
Source = Literal["usual", "typed", "other", "none"]

WHICH_PRESET = "Which server or vendor?"
ENDPOINT_NAME = "Name of the endpoint:"
BASE_URL = "Base URL:"
VARIABLE = "Name of the variable:"
NEXT = "What next?"
OTHER = Preset(id="", key="optional", description="Any server with an OpenAI-compatible API")
KEY_FAULTS = frozenset(
    {codes.INVALID_API_KEY, codes.MISSING_API_KEY, codes.KEY_MALFORMED, codes.KEY_UNREADABLE, codes.KEY_WITHHELD}
)
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORDS: Mapping[Next, str] = {
    "key": "Enter another key",
    "again": "Try again",
    "url": "Change the base URL",
    "models": "Type the model IDs",
    "skip": "Leave this endpoint out",
    "stop": "Stop; nothing is written",
}
_FIRST_KEY = "Enter a key"  # if no key was sent


@dataclass(frozen=True, kw_only=True)
class KeySource:
    """The source of the key: a variable, or a typed key for the keychain. Without a key, both are empty."""

    variable: str = ""
    typed: Key | None = None


@dataclass(frozen=True, kw_only=True)
class Tested:
    """A draft whose endpoint was contacted. `is_listed` is false if the user must type the model IDs."""

    draft: Draft
    new: NewEndpoint
    test: ConnectionTest
    is_listed: bool

    @property
    def code(self) -> Code | None:
        """The code of the outcome, or None for a complete list."""
        return self.test.observations[self.new.name].code

    @property
    def finding(self) -> Diagnostic | None:
        """The diagnostic of the outcome, or None for a complete list."""
        found = finding(self.test.endpoints[0], self.test.observations[self.new.name])
        return replace(found, source=None) if found else None

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Everything to report about the outcome. A rejected request without a key is a note: a key is asked next."""
        seen, found = self.test.observations[self.new.name], self.finding
        if found and self.wants_key and not self.new.variable:
            found = refused_keyless(self.new.name, seen, found)
        return (*seen.diagnostics, *([found] if found else []))

    @property
    def wants_key(self) -> bool:
        """Return true if the endpoint rejected the key, or probably needs one."""
        is_unsure = self.code == codes.SERVER_ERROR and not self.new.variable  # LiteLLM: HTTP 500
        return self.code in KEY_FAULTS or is_unsure


def refused_keyless(name: str, seen: Observation, found: Diagnostic) -> Diagnostic:
    """Return the finding as a note if the server responded with an error to a request without a key.

    Otherwise return the finding unchanged.
    """
    if not seen.http_status or seen.key_sent:
        return found
    summary = f"{name} responded with HTTP {seen.http_status} to a request without a key"
    return replace(found, severity="note", summary=summary, hint="", source=None)


def presets_of(gateway: Gateway) -> dict[str, Preset]:
    """Return {ID: preset}. The gateway file's own presets come first."""
    return {preset.id: preset for preset in (*gateway.presets.values(), *load_all())}


def preset_options(presets: Mapping[str, Preset]) -> list[Option[Preset]]:
    """Return a choice for each preset, and a choice for any other server."""
    width = max(map(len, presets))
    return [
        *(Option(preset, f"{preset.id:{width}}  {preset.description}") for preset in presets.values()),
        Option(OTHER, f"{'other':{width}}  {OTHER.description}"),
    ]


def free_name(gateway: Gateway, preset: Preset) -> str:
    """Return an unused name for the endpoint, made from the name of the preset."""
    taken = gateway.endpoints
    usual = preset.id or "endpoint"
    names = (f"{usual}-{number}" if number > 1 else usual for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def why_no_name(gateway: Gateway, name: str) -> str:
    """Return the reason why a new endpoint cannot have this name, or "" if the name can be used."""
    if not _NAME.fullmatch(name):
        return "A name consists of lowercase letters, digits and -. It begins with a letter or digit."
    return "The gateway file has an endpoint with this name." if name in gateway.endpoints else ""


def why_no_url(base_url: str) -> str:
    """Return the reason why the text is not a base URL, or "" if the text is a base URL."""
    if "{" in base_url or "}" in base_url:
        return "Replace the {…} in the URL with your own value."
    try:
        normalise_base_url(base_url)
    except ValueError as fault:
        return f"{str(fault)[:1].upper()}{str(fault)[1:]}."
    return ""


def why_no_variable(name: str) -> str:
    """Return the reason why the text is not the name of a variable, or "" if the text is a variable name."""
    return "" if _VARIABLE.fullmatch(name) else "Type the name of a variable, not a key: letters, digits and _."


def where_is_the_key(preset: Preset) -> str:
    """Return the question about the source of the key."""
    about = f" ({preset.key_hint})" if preset.key_hint and preset.key == "required" else ""
    return f"Where is the key?{about}"


def key_options(preset: Preset, name: str, environ: Mapping[str, str], has_keychain: bool) -> list[Option[Source]]:
    """Return the possible sources of the key. A typed key is possible only with a keychain.

    The usual variable comes first if the variable is set.
    """
    usual = usual_variable(preset, name)
    is_set = bool(environ.get(usual, "").strip())
    options: list[Option[Source]] = [
        Option("usual", f"The variable {usual} ({'set' if is_set else 'not set'})"),
        Option("other", "Another environment variable"),
    ]
    if has_keychain:
        options.insert(int(is_set), Option("typed", "Type the key; gwctl stores the key in the keychain"))
    if preset.key != "required":
        options.append(Option("none", f"No key ({_inside(preset.key_hint) or 'the server needs no key'})"))
    return options


def keychain_fault(is_needed: bool = False) -> KeychainFault | None:
    """Return the reason why the keychain cannot store a key, or None if the keychain works.

    If `is_needed` is true, gwctl also reads from the keychain, so a locked keychain may ask to be unlocked.
    """
    try:
        keychain = open_keychain(PATIENCE)
        if is_needed:
            keychain.check()
    except KeychainFault as fault:
        return fault
    return None


def cannot_be_stored(fault: KeychainFault, variable: str) -> Diagnostic:
    """Return the warning that a typed key cannot be stored. The hint names a variable to set instead."""
    summary = f"A typed key cannot be stored: {fault.reason}"
    hint = f"set a variable before you start gwctl: export {variable}=…"
    hint = hint if fault.refused else f"{fault.hint}; or {hint}"
    return warning(codes.KEYCHAIN_NOT_AVAILABLE, summary, hint=hint)


def usual_variable(preset: Preset, name: str) -> str:
    """Return the usual variable for the key: the preset's variable, or a variable named after the endpoint."""
    return preset.variable or _variable_of(name)


def free_variable(preset: Preset, name: str, environ: Mapping[str, str]) -> str:
    """Return a variable that is not set. A variable that is set would win over the stored key."""
    names = [usual_variable(preset, name), _variable_of(name), f"GATEWAY_{_variable_of(name)}"]
    return next((each for each in names if each not in environ), names[-1])


def typed_key(text: str) -> Key | str:
    """Return the typed key, or the reason why the text cannot be a key."""
    result = checked(text, "the input", "is empty")
    return result if isinstance(result, Key) else f"Not a key: {result.reason}."


def new_endpoint(draft: Draft, preset: Preset, name: str, base_url: str, key: KeySource) -> NewEndpoint:
    """Return the endpoint. If tools are configured, a key from a variable is also stored in the keychain."""
    is_for_tools = bool(key.variable and draft.gateway.clients) and keychain_fault() is None
    is_kept = key.typed is not None or is_for_tools
    return NewEndpoint(name=name, preset=preset.id, base_url=base_url, variable=key.variable, is_kept=is_kept)


def try_endpoint(draft: Draft, new: NewEndpoint, key: Key | None, on_done: OnDone | None = None) -> Tested:
    """Contact the endpoint with its key, and return the outcome. Nothing is written."""
    with_one_more = drafted(draft, new, key)
    test = test_draft(with_one_more, new.name, on_done)
    is_listed = test.observations[new.name].status == "listed"
    return Tested(draft=with_one_more, new=new, test=test, is_listed=is_listed)


def next_options(tested: Tested, may_skip: bool = False) -> list[Option[Next]]:
    """Return the possible steps after a test without a model list. The likeliest step is first."""
    has_key = bool(tested.new.variable)
    steps: list[Next] = ["key", "url", "again", "models", "stop"]
    if not tested.wants_key:
        steps = ["again", "models", "url", "key", "stop"]
    if may_skip:
        steps.insert(len(steps) - 1, "skip")
    return [Option(step, _WORDS[step] if step != "key" or has_key else _FIRST_KEY) for step in steps]


def key_steps(*, was_typed: bool, is_refused: bool) -> list[Option[KeyStep]]:
    """Return the possible steps of `gwctl join` after a rejected key, or after Enter in place of a key.

    If `is_refused` is true, the server rejects requests without a key.
    """
    without = "Leave this endpoint without a key" + ("; no tool is set up for it" if is_refused else "")
    steps: list[Option[KeyStep]] = [
        Option("key", _WORDS["key"] if was_typed else _FIRST_KEY),
        Option("keep", "Store the key as it is"),
        Option("skip", without),
        Option("stop", "Stop; no key is stored"),
    ]
    return [step for step in steps if was_typed or step.value != "keep"]


def _inside(hint: str) -> str:
    """Return the hint as it is written inside a sentence."""
    return hint[:1].lower() + hint[1:]


def _variable_of(name: str) -> str:
    return f"{re.sub(r'[^A-Z0-9]', '_', name.upper()).lstrip('0123456789_') or 'LLM'}_API_KEY"
