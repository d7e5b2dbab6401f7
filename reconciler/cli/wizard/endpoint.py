"""The steps for one endpoint at a terminal: preset, name, base URL, key and connection test."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler import codes, text
from reconciler.cli.console.forms import Forms
from reconciler.cli.console.prompts import secret
from reconciler.cli.wizard.given import Given
from reconciler.diagnostics import error
from reconciler.engine.connect import endpoint_questions as ask
from reconciler.engine.connect.endpoint_questions import KeySource, Next, Tested
from reconciler.errors import Failed
from reconciler.presets.preset import Preset
from reconciler.text import printable

if TYPE_CHECKING:
    from reconciler.cli.console.output import Output
    from reconciler.codes import Code
    from reconciler.engine.connect.draft import Draft
    from reconciler.engine.connect.entry import NewEndpoint
    from reconciler.secrets.key import Key


class EndpointSteps:
    """The questions about one endpoint. A question that the command line answers is not asked."""

    def __init__(self, draft: Draft, given: Given, forms: Forms, output: Output) -> None:
        self._draft_before = draft
        self._given = given
        self._forms = forms
        self._output = output

    def tested(self) -> Tested | None:
        """Return the draft after its connection test, or None if the user leaves the endpoint out.

        Raise `Failed` if an option has no usable value. Raise `KeyboardInterrupt` if the user stops.
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
        presets = ask.presets_of(self._draft_before.gateway)
        wanted = self._given.preset
        if wanted is not None and not wanted:
            return ask.OTHER
        if wanted is not None:
            if wanted not in presets:
                hint = text.did_you_mean(wanted, presets) or "`gwctl presets` lists the presets"
                summary = f"There is no preset `{printable(wanted, 80)}`"
                raise Failed(error(codes.UNKNOWN_PRESET, summary, detail="Nothing was done.", hint=hint))
            return presets[wanted]
        if not self._given.asks:
            raise self._given.missing("The preset", "the preset: gwctl connect PRESET; `gwctl presets` lists them")
        return self._forms.pick(ask.WHICH_PRESET, ask.preset_options(presets))

    def _name(self, preset: Preset) -> str:
        gateway = self._draft_before.gateway
        default = ask.free_name(gateway, preset)
        if self._given.name is None and self._given.asks and not self._given.is_found:
            return self._forms.line(ask.ENDPOINT_NAME, default, lambda name: ask.why_no_name(gateway, name))
        name = self._given.name or default
        if why := ask.why_no_name(gateway, name):
            code = codes.NAME_TAKEN if name in gateway.endpoints else codes.BAD_NAME
            shown = printable(name, 80)
            summary = f"`{shown}` cannot be the name of a new endpoint"
            raise Failed(error(code, summary, detail=f"{why} Nothing was done.", hint="add --name NAME"))
        return name

    def _base_url(self, preset: Preset, before: str = "") -> str:
        if self._given.base_url is not None and not before:
            base_url = self._given.base_url
        elif self._given.asks:
            return self._forms.line(ask.BASE_URL, before or preset.base_url, ask.why_no_url)
        else:
            base_url = preset.base_url
        if why := ask.why_no_url(base_url):
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
        environ = self._draft_before.options.environ
        usual = ask.usual_variable(preset, name)
        fault = ask.keychain_fault()
        if fault and not environ.get(usual, "").strip():  # else the variable is offered, so nobody needs to type a key
            self._output.report([ask.cannot_be_stored(fault, usual)])
        source = self._source(preset, name, has_keychain=fault is None)
        if source == "typed" and (fault := ask.keychain_fault(is_needed=True)):
            self._output.report([ask.cannot_be_stored(fault, usual)])
            source = self._source(preset, name, has_keychain=False)
        if source == "typed":
            variable = ask.free_variable(preset, name, environ)
            return KeySource(variable=variable, typed=self._typed_key(base_url))
        if source == "other":
            return KeySource(variable=self._forms.line(ask.VARIABLE, "", ask.why_no_variable))
        return KeySource(variable=usual if source == "usual" else "")

    def _source(self, preset: Preset, name: str, has_keychain: bool) -> ask.Source:
        options = ask.key_options(preset, name, self._draft_before.options.environ, has_keychain)
        return self._forms.pick(ask.where_is_the_key(preset), options)

    def _typed_key(self, base_url: str) -> Key:
        """Return the key that the user types without echo. Ask again if the text cannot be a key."""
        while True:
            result = ask.typed_key(secret(f"key for {printable(base_url, 300)}"))
            if not isinstance(result, str):
                return result
            self._output.talk(result)

    def _new(self, preset: Preset, name: str, base_url: str, key: KeySource) -> NewEndpoint:
        return ask.new_endpoint(self._draft_before, preset, name, base_url=base_url, key=key)

    def _try(self, new: NewEndpoint, key: Key | None) -> Tested:
        with self._output.progress("text") as awaited:
            tested = ask.try_endpoint(self._draft_before, new, key, awaited.turn)
        found, seen = tested.finding, tested.test.observations[new.name]
        if found and not tested.is_listed and not self._given.asks and not self._may_type(seen.code):
            failure = replace(found, severity="error", detail=f"{found.detail} Nothing was written.")
            raise Failed(*seen.diagnostics, failure)
        self._output.report(tested.diagnostics)
        return tested

    def _may_type(self, code: Code | None) -> bool:
        """Return true if the command line names models, and the test found no fault of the key or the connection.

        The named models can then be used without a model list.
        """
        return bool(self._given.models) and code not in ask.KEY_FAULTS | {codes.UNREACHABLE}

    def _next(self, tested: Tested) -> Next:
        """Return the step that the user picks after a test without a model list."""
        if not self._given.asks:
            return "models"
        return self._forms.pick(ask.NEXT, ask.next_options(tested, self._given.may_skip))


def _checked_variable(name: str) -> str:
    if why := ask.why_no_variable(name):
        raise Failed(error(codes.BAD_VARIABLE, "The value of --key-env is not the name of a variable", detail=why))
    return name
