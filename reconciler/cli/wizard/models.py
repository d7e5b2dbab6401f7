"""The steps after a connection test. The user picks the endpoint's models, and the purposes that get a new default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler import codes
from reconciler.address import Purpose
from reconciler.cli.console.forms import Forms
from reconciler.cli.wizard.given import Given
from reconciler.diagnostics import error
from reconciler.engine.connect import model_questions as ask
from reconciler.engine.connect.model_questions import Purposes
from reconciler.engine.connect.option import Option
from reconciler.errors import Failed
from reconciler.text import printable

if TYPE_CHECKING:
    from reconciler.cli.console.output import Output
    from reconciler.engine.connect.draft import Draft
    from reconciler.engine.connect.endpoint_questions import Tested
    from reconciler.engine.connect.entry import NewEndpoint
    from reconciler.resources.resource import Resource


class ModelSteps:
    """The questions about the models of one endpoint."""

    def __init__(self, draft: Draft, given: Given, forms: Forms, output: Output) -> None:
        self._draft = draft
        self._given = given
        self._forms = forms
        self._output = output

    def chosen(self, tested: Tested) -> NewEndpoint:
        """Return the endpoint with its models and defaults."""
        if tested.is_listed:
            new, models = self._picked(tested.new, ask.listed_models(tested))
        else:
            new, models = self._typed(tested)
        return replace(new, defaults=self._defaults(models))

    def _picked(self, new: NewEndpoint, listed: Purposes) -> tuple[NewEndpoint, Purposes]:
        """Return the endpoint with the models that the user picks from its list, and the purposes of these models."""
        self._output.talk(ask.models_summary(new.name, listed))
        if self._given.models or not self._given.asks:
            return _named(new, listed, self._given.models)
        if len(listed) == 1 or self._forms.pick(ask.WHICH_MODELS, ask.which_options(listed)):
            return new, listed
        return ask.with_picked(new, listed, self._forms.pick_several(ask.MODELS, ask.model_options(listed), least=1))

    def _typed(self, tested: Tested) -> tuple[NewEndpoint, Purposes]:
        """Return the endpoint with typed model IDs."""
        ids = list(dict.fromkeys(self._given.models))
        if not ids:
            line = self._forms.line(ask.MODEL_IDS, "", lambda text: "" if ask.ids_in(text) else ask.NO_ID)
            ids = ask.ids_in(line)
        models = {model_id: self._purpose(model_id) for model_id in ids}
        return ask.with_typed(tested, models), models

    def _purpose(self, model_id: str) -> Purpose:
        if not self._given.asks:
            return ask.likely_purpose(model_id)
        return self._forms.pick(ask.purpose_question(model_id), ask.purpose_options(model_id))

    def _defaults(self, models: Purposes) -> Mapping[Purpose, str]:
        """Return {purpose: model ID} for the new defaults. Each model becomes the first candidate for its purpose."""
        purposes = ask.purposes_in(models)
        if self._given.purposes or not self._given.asks:
            named = _checked_purposes(self._given.purposes, purposes)
            return {purpose: ask.fitting(models, purpose)[0] for purpose in named}
        if not purposes:
            return {}
        wanted = self._forms.pick_several(ask.DEFAULT_FOR, ask.default_options(self._draft.gateway, models))
        return {purpose: self._default(models, purpose) for purpose in wanted}

    def _default(self, models: Purposes, purpose: Purpose) -> str:
        fitting = ask.fitting(models, purpose)
        if len(fitting) == 1:
            return fitting[0]
        return self._forms.pick(ask.default_question(purpose), [Option(each, printable(each)) for each in fitting])


def served_models(tested: Tested, new: NewEndpoint) -> tuple[Resource, ...]:
    """Return the picked models of the list, with the list's details of each model."""
    from reconciler.engine.connection_test import models_shown

    resources = (shown.resource for shown in models_shown(tested.test))
    return tuple(each for each in resources if not new.listed or each.address.model_id in new.listed)


def _named(new: NewEndpoint, listed: Purposes, named: tuple[str, ...]) -> tuple[NewEndpoint, Purposes]:
    """Return the endpoint with the models that the command line names, and the purposes of these models.

    A named model that is not in the list is declared.
    """
    if not named:
        return new, listed
    known = [model_id for model_id in dict.fromkeys(named) if model_id in listed]
    other = {model_id: ask.likely_purpose(model_id) for model_id in dict.fromkeys(named) if model_id not in listed}
    models = {model_id: listed[model_id] for model_id in known} | other
    return replace(new, listed=tuple(known), declared=dict(other), discovers=bool(known)), models


def _checked_purposes(named: tuple[str, ...], there: Sequence[Purpose]) -> list[Purpose]:
    missing = [purpose for purpose in named if purpose not in there]
    if missing:
        summary = f"No model of the endpoint has the purpose {', '.join(missing)}"
        hint = f"the purposes of its models are: {', '.join(there) or 'none'}"
        raise Failed(error(codes.UNKNOWN_PURPOSE, summary, detail="Nothing was written.", hint=hint))
    return [purpose for purpose in there if purpose in named]
