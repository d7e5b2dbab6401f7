"""The steps for one endpoint: preset, name, base URL, key and connection test."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from reconciler import codes, text
from reconciler.cli.console.forms import Forms, Option
from reconciler.cli.console.prompts import secret
from reconciler.cli.wizard.given import Given
from reconciler.diagnostics import error, warning
from reconciler.errors import Failed
from reconciler.presets.preset import Preset
from reconciler.text import printable

if TYPE_CHECKING:
    from reconciler.cli.console.output import Output
    from reconciler.codes import Code
    from reconciler.engine.connect.draft import Draft
    from reconciler.engine.connect.entry import NewEndpoint
    from reconciler.engine.connection_test import ConnectionTest
    from reconciler.secrets.key import Key
    from reconciler.secrets.keychain import KeychainFault

_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KEY_FAULTS = frozenset(
    {codes.INVALID_API_KEY, codes.MISSING_API_KEY, codes.KEY_MALFORMED, codes.KEY_UNREADABLE, codes.KEY_WITHHELD}
)
_OTHER = Preset(id="", key="optional", description="Any server with an OpenAI-compatible API")
Next = Literal["again", "key", "url", "models", "skip", "stop"]
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
    """A draft whose endpoint was contacted; `is_listed` is false if its model IDs must be typed."""

    draft: Draft
    new: NewEndpoint
    test: ConnectionTest
    is_listed: bool


class EndpointSteps:
    """The questions about one endpoint. A question that the command line answers is not asked."""

    def __init__(self, draft: Draft, given: Given, forms: Forms, output: Output) -> None:
        self._draft_before = draft
        self._given = given
        self._forms = forms
        self._output = output

    def tested(self) -> Tested | None:
        """Return the draft after its connection test; None if the user leaves the endpoint out.

        Raise `Failed`, or `KeyboardInterrupt` if the user stops.
        """
        preset = self._preset()
        name = self._name(preset)
        base_url = self._base_url(preset)
        is_open = self._given.is_found and self._given.variable is None
        key = KeySource() if is_open else self._key(preset, base_url, name)
        while True:
            tested = self._try(self._new(preset, name, base_url=base_url, key=key), key.typed)
            if tested.is_listed:
                return tested
            step = self._next(tested)
            if step == "models":
                return tested
            if step == "skip":
                return None
            if step == "stop":
                raise KeyboardInterrupt
            key = self._asked_key(preset, base_url, name) if step == "key" else key
            base_url = self._base_url(preset, base_url) if step == "url" else base_url

    def _preset(self) -> Preset:
        from reconciler.presets.load import load_all

        presets = {preset.id: preset for preset in (*self._draft_before.gateway.presets.values(), *load_all())}
        wanted = self._given.preset
        if wanted is not None and not wanted:
            return _OTHER
        if wanted is not None:
            if wanted not in presets:
                hint = text.did_you_mean(wanted, presets) or "`gwctl presets` lists the presets"
                summary = f"There is no preset `{printable(wanted, 80)}`"
                raise Failed(error(codes.UNKNOWN_PRESET, summary, detail="Nothing was done.", hint=hint))
            return presets[wanted]
        if not self._given.asks:
            raise self._given.missing("The preset", "the preset: gwctl connect PRESET; `gwctl presets` lists them")
        width = max(map(len, presets))
        return self._forms.pick(
            "Which server or vendor?",
            [
                *(Option(preset, f"{preset.id:{width}}  {preset.description}") for preset in presets.values()),
                Option(_OTHER, f"{'other':{width}}  {_OTHER.description}"),
            ],
        )

    def _name(self, preset: Preset) -> str:
        taken = self._draft_before.gateway.endpoints
        usual = preset.id or "endpoint"
        free = (f"{usual}-{number}" if number > 1 else usual for number in range(1, len(taken) + 2))
        default = next(name for name in free if name not in taken)
        if self._given.name is None and self._given.asks and not self._given.is_found:
            return self._forms.line("Name of the endpoint:", default, self._why_no_name)
        name = self._given.name or default
        if why := self._why_no_name(name):
            code = codes.NAME_TAKEN if name in taken else codes.BAD_NAME
            shown = printable(name, 80)
            summary = f"`{shown}` cannot be the name of a new endpoint"
            raise Failed(error(code, summary, detail=f"{why} Nothing was done.", hint="add --name NAME"))
        return name

    def _why_no_name(self, name: str) -> str:
        if not _NAME.fullmatch(name):
            return "A name consists of lowercase letters, digits and -. It begins with a letter or digit."
        return (
            "The gateway file has an endpoint with this name." if name in self._draft_before.gateway.endpoints else ""
        )

    def _base_url(self, preset: Preset, before: str = "") -> str:
        if self._given.base_url is not None and not before:
            base_url = self._given.base_url
        elif self._given.asks:
            return self._forms.line("Base URL:", before or preset.base_url, _why_no_url)
        else:
            base_url = preset.base_url
        if why := _why_no_url(base_url):
            hint = f"add --base-url URL, as in {preset.base_url or 'https://llm.example/v1'}"
            raise Failed(
                error(codes.BAD_URL, "The base URL is not valid", detail=f"{why} Nothing was done.", hint=hint)
            )
        return base_url

    def _key(self, preset: Preset, base_url: str, name: str) -> KeySource:
        if preset.key == "none" and self._given.variable is None:
            return KeySource()
        if self._given.variable is not None:
            return KeySource(variable=_checked_variable(self._given.variable))
        environ = self._draft_before.options.environ
        if not self._given.asks:
            is_set = bool(preset.variable and environ.get(preset.variable, "").strip())
            if preset.key == "required" and not is_set:
                raise self._given.missing("The variable that holds the key", "--key-env NAME")
            return KeySource(variable=preset.variable if is_set else "")
        return self._asked_key(preset, base_url, name)

    def _asked_key(self, preset: Preset, base_url: str, name: str) -> KeySource:
        fault = keychain_fault()
        environ = self._draft_before.options.environ
        usual = preset.variable or _variable_of(name)
        is_set = bool(environ.get(usual, "").strip())
        variable = Option("usual", f"The variable {usual} ({'set' if is_set else 'not set'})")
        options = [variable, Option("other", "Another environment variable")]
        if not fault:
            options.insert(int(is_set), Option("typed", "Type it; gwctl stores it in the keychain"))
        if preset.key != "required":
            options.append(Option("none", f"No key ({preset.key_hint or 'the server needs none'})"))
        if fault:
            summary = f"A typed key cannot be stored: {fault.reason}"
            hint = f"set a variable before you start gwctl: export {usual}=…"
            self._output.report([warning(codes.KEYCHAIN_NOT_AVAILABLE, summary, hint=hint)])
        about = f" ({preset.key_hint})" if preset.key_hint and preset.key == "required" else ""
        source = self._forms.pick(f"Where is the key?{about}", options)
        if source == "typed":
            return KeySource(variable=self._free_variable(usual, name), typed=self._typed_key(base_url))
        if source == "other":
            return KeySource(variable=self._forms.line("Name of the variable:", "", _why_no_variable))
        return KeySource(variable=usual if source == "usual" else "")

    def _typed_key(self, base_url: str) -> Key | None:
        """Return the key that the user types without echo. Ask again if the text cannot be a key."""
        from reconciler.secrets.key import Key
        from reconciler.secrets.resolve_key import checked

        while True:
            result = checked(secret(f"key for {printable(base_url, 300)}"), "the input", "is empty")
            if isinstance(result, Key):
                return result
            self._output.talk(f"Not a key: {result.reason}.")

    def _free_variable(self, usual: str, name: str) -> str:
        """Return a variable that is not set: a variable that is set would be used instead of the stored key."""
        environ = self._draft_before.options.environ
        names = [usual, _variable_of(name), f"GATEWAY_{_variable_of(name)}"]
        return next((each for each in names if each not in environ), names[-1])

    def _new(self, preset: Preset, name: str, base_url: str, key: KeySource) -> NewEndpoint:
        """Return the endpoint. If tools are configured, a key from a variable is also stored in the keychain."""
        from reconciler.engine.connect.entry import NewEndpoint

        is_for_tools = bool(key.variable and self._draft_before.gateway.clients) and keychain_fault() is None
        is_kept = key.typed is not None or is_for_tools
        return NewEndpoint(name=name, preset=preset.id, base_url=base_url, variable=key.variable, is_kept=is_kept)

    def _try(self, new: NewEndpoint, key: Key | None) -> Tested:
        from reconciler.engine.connect.draft import drafted, test_draft
        from reconciler.engine.connection_test import finding

        draft = drafted(self._draft_before, new, key)
        with self._output.progress("text") as awaited:
            test = test_draft(draft, new.name, awaited.turn)
        endpoint, seen = test.endpoints[0], test.observations[new.name]
        found = finding(endpoint, seen)
        is_listed = seen.status == "listed"
        if found and not is_listed and not self._given.asks and not self._may_type(seen.code):
            failure = replace(found, severity="error", source=None, detail=f"{found.detail} Nothing was written.")
            raise Failed(*seen.diagnostics, failure)
        self._output.report([*seen.diagnostics, *([replace(found, source=None)] if found else [])])
        return Tested(draft=draft, new=new, test=test, is_listed=is_listed)

    def _may_type(self, code: Code | None) -> bool:
        """Return whether an endpoint without a model list can be used: the server responds, and the IDs are known."""
        return bool(self._given.models) and code not in _KEY_FAULTS | {codes.UNREACHABLE}

    def _next(self, tested: Tested) -> Next:
        """Return the next step after a test that found no model list."""
        seen = tested.test.observations[tested.new.name]
        if not self._given.asks:
            return "models"
        has_key = bool(tested.new.variable)
        steps: list[Next] = ["key", "url", "again", "models", "stop"]
        wants_key = seen.code in _KEY_FAULTS or (seen.code == codes.SERVER_ERROR and not has_key)  # LiteLLM: HTTP 500
        if not wants_key:
            steps = ["again", "models", "url", "key", "stop"]
        if self._given.may_skip:
            steps.insert(len(steps) - 1, "skip")
        return self._forms.pick(
            "What next?", [Option(step, _WORDS[step] if step != "key" or has_key else _FIRST_KEY) for step in steps]
        )


def keychain_fault() -> KeychainFault | None:
    """Return the reason why the keychain cannot store a key; None if the keychain works."""
    from reconciler.secrets.keychain import PATIENCE, KeychainFault, open_keychain

    try:
        open_keychain(PATIENCE)
    except KeychainFault as fault:
        return fault
    return None


def _variable_of(name: str) -> str:
    return f"{re.sub(r'[^A-Z0-9]', '_', name.upper()).lstrip('0123456789_') or 'LLM'}_API_KEY"


def _why_no_variable(name: str) -> str:
    return "" if _VARIABLE.fullmatch(name) else "Type the name of a variable, not a key: letters, digits and _."


def _checked_variable(name: str) -> str:
    if why := _why_no_variable(name):
        raise Failed(error(codes.BAD_VARIABLE, "The value of --key-env is not the name of a variable", detail=why))
    return name


def _why_no_url(base_url: str) -> str:
    from reconciler.resources.urls import normalise_base_url

    if "{" in base_url or "}" in base_url:
        return "Replace the {…} in the URL with your own value."
    try:
        normalise_base_url(base_url)
    except ValueError as fault:
        return f"{str(fault)[:1].upper()}{str(fault)[1:]}."
    return ""
