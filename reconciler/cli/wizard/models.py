"""The steps after a connection test: the models of the endpoint, and the purposes for which they become the default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler import codes
from reconciler.address import PURPOSES, Purpose
from reconciler.cli.console.forms import Forms, Option
from reconciler.cli.wizard.given import Given
from reconciler.diagnostics import error
from reconciler.errors import Failed
from reconciler.render.phrases import counted
from reconciler.text import printable

if TYPE_CHECKING:
    from reconciler.cli.console.output import Output
    from reconciler.cli.wizard.endpoint import Tested
    from reconciler.engine.connect.draft import Draft
    from reconciler.engine.connect.entry import NewEndpoint

Purposes = dict[str, Purpose]  # {model ID: its purpose}


class ModelSteps:
    """The questions about the models of one endpoint."""

    def __init__(self, draft: Draft, given: Given, forms: Forms, output: Output) -> None:
        self._draft = draft
        self._given = given
        self._forms = forms
        self._output = output

    def chosen(self, tested: Tested) -> NewEndpoint:
        """Return the endpoint with its models and defaults."""
        new, listed = tested.new, _listed(tested)
        new, models = self._picked(new, listed) if tested.is_listed else self._typed(tested)
        return replace(new, defaults=self._defaults(models))

    def _picked(self, new: NewEndpoint, listed: Purposes) -> tuple[NewEndpoint, Purposes]:
        """Return the endpoint with the picked models of its list, and their purposes."""
        self._output.talk(f"{new.name} has {_summary(listed)}.")
        if self._given.models or not self._given.asks:
            return _named(new, listed, self._given.models)
        every = Option(True, f"All {len(listed)}, and those that the server adds later", picked=True)
        if len(listed) == 1 or self._forms.pick("Which models?", [every, Option(False, "Only some of them")]):
            return new, listed
        options = [Option(model_id, f"{printable(model_id, 60)} ({purpose})") for model_id, purpose in listed.items()]
        picked = self._forms.pick_several("Models:", options, least=1)
        return replace(new, listed=tuple(picked)), {model_id: listed[model_id] for model_id in picked}

    def _typed(self, tested: Tested) -> tuple[NewEndpoint, Purposes]:
        """Return the endpoint with typed model IDs. A list that the server does not have is not requested again."""
        from reconciler.resources.purpose import purpose_of_id

        ids = list(dict.fromkeys(self._given.models))
        if not ids:
            line = self._forms.line("Model IDs, separated by commas:", "", lambda text: "" if _ids(text) else _NO_ID)
            ids = _ids(line)
        models: Purposes = {}
        for model_id in ids:
            likely = purpose_of_id(model_id)[0]
            options = [Option(purpose, purpose, picked=purpose == likely) for purpose in PURPOSES]
            asked = f"Purpose of {printable(model_id, 60)}:"
            models[model_id] = self._forms.pick(asked, options) if self._given.asks else likely
        has_list = tested.test.observations[tested.new.name].code not in _NO_LIST
        return replace(tested.new, declared=dict(models), discovers=has_list), models

    def _defaults(self, models: Purposes) -> Mapping[Purpose, str]:
        """Return {purpose: model ID} for the purposes in which this endpoint becomes the first candidate."""
        purposes = [purpose for purpose in PURPOSES if purpose in models.values() and purpose != "other"]
        if self._given.purposes or not self._given.asks:
            return {purpose: _first(models, purpose) for purpose in _checked_purposes(self._given.purposes, purposes)}
        if not purposes:
            return {}
        options = [Option(purpose, *self._now(purpose)) for purpose in purposes]
        wanted = self._forms.pick_several("Use this endpoint by default for:", options)
        return {purpose: self._default(models, purpose) for purpose in wanted}

    def _now(self, purpose: Purpose) -> tuple[str, bool]:
        from reconciler.engine.connect.entry import candidates_of

        now = candidates_of(self._draft.gateway, purpose)
        return (f"{purpose} (now {printable(now[0], 50)})", False) if now else (purpose, True)

    def _default(self, models: Purposes, purpose: Purpose) -> str:
        fitting = [model_id for model_id, each in models.items() if each == purpose]
        if len(fitting) == 1:
            return fitting[0]
        return self._forms.pick(f"Default model for {purpose}:", [Option(each, printable(each)) for each in fitting])


_NO_LIST = frozenset({codes.ENDPOINT_NOT_FOUND, codes.NONSTANDARD_LIST, codes.NO_MODELS_RETURNED})
_NO_ID = "Type at least one model ID."


def _listed(tested: Tested) -> Purposes:
    from reconciler.engine.connection_test import models_shown

    resources = (shown.resource for shown in models_shown(tested.test))
    return {resource.address.model_id: resource.purpose for resource in resources}


def _named(new: NewEndpoint, listed: Purposes, named: tuple[str, ...]) -> tuple[NewEndpoint, Purposes]:
    """Return the endpoint with the models of the command line. A model that is not in the list is declared."""
    from reconciler.resources.purpose import purpose_of_id

    if not named:
        return new, listed
    known = [model_id for model_id in dict.fromkeys(named) if model_id in listed]
    other = {model_id: purpose_of_id(model_id)[0] for model_id in dict.fromkeys(named) if model_id not in listed}
    models = {model_id: listed[model_id] for model_id in known} | other
    return replace(new, listed=tuple(known), declared=dict(other), discovers=bool(known)), models


def _checked_purposes(named: tuple[str, ...], there: Sequence[Purpose]) -> list[Purpose]:
    missing = [purpose for purpose in named if purpose not in there]
    if missing:
        summary = f"No model of the endpoint has the purpose {', '.join(missing)}"
        hint = f"the purposes of its models are: {', '.join(there) or 'none'}"
        raise Failed(error(codes.UNKNOWN_PURPOSE, summary, detail="Nothing was written.", hint=hint))
    return [purpose for purpose in there if purpose in named]


def _first(models: Purposes, purpose: Purpose) -> str:
    return next(model_id for model_id, each in models.items() if each == purpose)


def _ids(text: str) -> list[str]:
    return list(dict.fromkeys(each.strip() for each in text.split(",") if each.strip()))


def _summary(listed: Purposes) -> str:
    kinds = [f"{list(listed.values()).count(purpose)} {purpose}" for purpose in PURPOSES if purpose in listed.values()]
    return f"{counted(len(listed), 'model')} ({', '.join(kinds)})"
