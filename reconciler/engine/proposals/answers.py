"""The answers about one new endpoint, collected step by step. A typed key stays in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace

from reconciler.address import Purpose
from reconciler.diagnostics import Diagnostic
from reconciler.engine.connect import endpoint_questions as ask
from reconciler.engine.connect import model_questions
from reconciler.engine.connect.draft import Draft, drafted, open_file
from reconciler.engine.connect.endpoint_questions import KeySource, Source, Tested
from reconciler.engine.connect.entry import NewEndpoint
from reconciler.engine.connect.model_questions import Purposes
from reconciler.engine.connect.option import Option
from reconciler.engine.options import Options
from reconciler.engine.proposals.file_edit import FileEdit, edit_of
from reconciler.presets.preset import Preset
from reconciler.values import dataclass


@dataclass(frozen=True, kw_only=True)
class Answers:
    """The answers about the endpoint so far. `tested` is None until the endpoint is contacted."""

    draft: Draft
    preset: Preset
    name: str
    base_url: str
    key: KeySource = field(default_factory=KeySource)
    tested: Tested | None = None
    models: Purposes = field(default_factory=dict)  # those that were picked or typed
    new: NewEndpoint | None = None

    @property
    def asks_for_key(self) -> bool:
        """Return whether the server may want a key."""
        return self.preset.key != "none"

    @property
    def key_question(self) -> str:
        """The question about the source of the key."""
        return ask.where_is_the_key(self.preset)

    def key_options(self) -> list[Option[Source]]:
        """Return the possible sources of the key."""
        has_keychain = ask.keychain_fault() is None
        return ask.key_options(self.preset, self.name, self.draft.options.environ, has_keychain)

    def key_diagnostics(self) -> list[Diagnostic]:
        """Return a warning if a typed key cannot be stored."""
        fault = ask.keychain_fault()
        return [ask.cannot_be_stored(fault, ask.usual_variable(self.preset, self.name))] if fault else []

    def with_place(self, name: str, base_url: str) -> Answers:
        """Return the answers with the name and the base URL."""
        return replace(self, name=name, base_url=base_url)

    def why_no_name(self, name: str) -> str:
        """Return the reason why the endpoint cannot have this name, or "" if the name can be used."""
        return ask.why_no_name(self.draft.gateway, name)

    def with_key(self, source: str, variable: str, typed: str) -> Answers | str:
        """Return the answers with the key, or the reason why the key cannot be used."""
        if source == "typed":
            key = ask.typed_key(typed)
            if isinstance(key, str):
                return key
            if fault := ask.keychain_fault(is_needed=True):
                return f"The key cannot be stored: {fault.reason}."
            free = ask.free_variable(self.preset, self.name, self.draft.options.environ)
            return replace(self, key=KeySource(variable=free, typed=key))
        if source == "other":
            return ask.why_no_variable(variable) or replace(self, key=KeySource(variable=variable))
        usual = ask.usual_variable(self.preset, self.name) if source == "usual" else ""
        return replace(self, key=KeySource(variable=usual))

    def contacted(self) -> Answers:
        """Contact the endpoint, and return the answers with the outcome."""
        new = ask.new_endpoint(self.draft, self.preset, self.name, base_url=self.base_url, key=self.key)
        return replace(self, tested=ask.try_endpoint(self.draft, new, self.key.typed), new=new)

    @property
    def listed(self) -> Purposes:
        """The models of the endpoint's list."""
        return model_questions.listed_models(self.tested) if self.tested and self.tested.is_listed else {}

    def with_listed(self, picked: Sequence[str] | None) -> Answers:
        """Return the answers with the picked models of the list. If `picked` is None, the whole list is used."""
        if self.new is None:
            return self
        if picked is None:
            return replace(self, models=self.listed, new=replace(self.new, listed=()))
        new, models = model_questions.with_picked(
            self.new, self.listed, [each for each in picked if each in self.listed]
        )
        return replace(self, models=models, new=new)

    def with_typed(self, models: Mapping[str, Purpose]) -> Answers:
        """Return the answers with typed models."""
        if self.tested is None:
            return self
        return replace(self, models=dict(models), new=model_questions.with_typed(self.tested, models))

    def default_options(self) -> list[Option[Purpose]]:
        """Return the purposes that the endpoint can be the default for."""
        return model_questions.default_options(self.draft.gateway, self.models)

    def with_defaults(self, defaults: Mapping[str, str]) -> Answers:
        """Return the answers with the default models, given as {purpose: model ID}.

        A default is left out if the model does not have the purpose.
        """
        if self.new is None:
            return self
        fits = {
            purpose: defaults[purpose]
            for purpose in model_questions.purposes_in(self.models)
            if defaults.get(purpose) in model_questions.fitting(self.models, purpose)
        }
        return replace(self, new=replace(self.new, defaults=fits))

    def edit(self, how: str) -> FileEdit:
        """Return the edit of the present gateway file. Raise `Failed` if the file cannot be edited."""
        new = self.new or ask.new_endpoint(self.draft, self.preset, self.name, base_url=self.base_url, key=self.key)
        return edit_of(drafted(open_file(self.draft.plain), new, self.key.typed), how)


def preset_options(options: Options) -> list[Option[str]]:
    """Return the choices of a preset, with the IDs as values. Raise `Failed` if the gateway file cannot be used."""
    presets = ask.presets_of(open_file(options).gateway)
    return [Option(option.value.id or "other", option.text) for option in ask.preset_options(presets)]


def begin(options: Options, preset: str) -> Answers | None:
    """Return the answers with the preset, a free name and the usual base URL, or None for an unknown preset."""
    draft = open_file(options)
    presets = {**ask.presets_of(draft.gateway), "other": ask.OTHER}
    if preset not in presets:
        return None
    chosen = presets[preset]
    name = ask.free_name(draft.gateway, chosen)
    return Answers(draft=draft, preset=chosen, name=name, base_url=chosen.base_url)
