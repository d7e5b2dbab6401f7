"""The questions about the models of a new endpoint: the texts, the choices, and the effects of the answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from reconciler import codes
from reconciler.address import PURPOSES, Purpose
from reconciler.config.gateway import Gateway
from reconciler.engine.connect.endpoint_questions import Tested
from reconciler.engine.connect.entry import NewEndpoint, candidates_of
from reconciler.engine.connect.option import Option
from reconciler.engine.connection_test import models_shown
from reconciler.render.phrases import counted
from reconciler.resources.purpose import purpose_of_id
from reconciler.text import printable

Purposes = dict[str, Purpose]  # {model ID: its purpose}

WHICH_MODELS = "Which models?"
MODELS = "Models:"
MODEL_IDS = "Model IDs, separated by commas:"
NO_ID = "Type at least one model ID."
DEFAULT_FOR = "Use this endpoint by default for:"
_NO_LIST = frozenset({codes.ENDPOINT_NOT_FOUND, codes.NONSTANDARD_LIST, codes.NO_MODELS_RETURNED})


def listed_models(tested: Tested) -> Purposes:
    """Return the models of the endpoint's list, with their purposes."""
    resources = (shown.resource for shown in models_shown(tested.test))
    return {resource.address.model_id: resource.purpose for resource in resources}


def models_summary(name: str, listed: Purposes) -> str:
    """Return a sentence such as `litellm has 3 models (2 chat, 1 embedding).`."""
    kinds = [f"{list(listed.values()).count(purpose)} {purpose}" for purpose in PURPOSES if purpose in listed.values()]
    return f"{name} has {counted(len(listed), 'model')} ({', '.join(kinds)})."


def which_options(listed: Purposes) -> list[Option[bool]]:
    """Return the choice between the whole list and some of its models."""
    every = f"All {len(listed)}, and those that the server adds later"
    return [Option(True, every, picked=True), Option(False, "Only some of them")]


def model_options(listed: Purposes) -> list[Option[str]]:
    """Return a choice for each model of the list."""
    return [Option(model_id, f"{printable(model_id, 60)} ({purpose})") for model_id, purpose in listed.items()]


def with_picked(new: NewEndpoint, listed: Purposes, picked: Iterable[str]) -> tuple[NewEndpoint, Purposes]:
    """Return the endpoint with only the picked models of its list, and the purposes of these models."""
    ids = tuple(picked)
    return replace(new, listed=ids), {model_id: listed[model_id] for model_id in ids}


def ids_in(text: str) -> list[str]:
    """Return the model IDs in a line, without duplicates."""
    return list(dict.fromkeys(each.strip() for each in text.split(",") if each.strip()))


def purpose_question(model_id: str) -> str:
    """Return the question about the purpose of a typed model."""
    return f"Purpose of {printable(model_id, 60)}:"


def purpose_options(model_id: str) -> list[Option[Purpose]]:
    """Return a choice for each purpose. The likely purpose is picked."""
    likely = likely_purpose(model_id)
    return [Option(purpose, purpose, picked=purpose == likely) for purpose in PURPOSES]


def likely_purpose(model_id: str) -> Purpose:
    """Return the purpose that the ID suggests."""
    return purpose_of_id(model_id)[0]


def with_typed(tested: Tested, models: Mapping[str, Purpose]) -> NewEndpoint:
    """Return the endpoint with the typed models. If the server has no model list, gwctl no longer asks for it."""
    return replace(tested.new, declared=dict(models), discovers=tested.code not in _NO_LIST)


def default_options(gateway: Gateway, models: Purposes) -> list[Option[Purpose]]:
    """Return the purposes for which the endpoint can be the default. Purposes without a default are picked."""
    return [Option(purpose, *_now(gateway, purpose)) for purpose in purposes_in(models)]


def purposes_in(models: Purposes) -> list[Purpose]:
    """Return the purposes that can have a default, in their usual order."""
    return [purpose for purpose in PURPOSES if purpose in models.values() and purpose != "other"]


def default_question(purpose: Purpose) -> str:
    """Return the question that selects the default model among the models with this purpose."""
    return f"Default model for {purpose}:"


def fitting(models: Purposes, purpose: Purpose) -> list[str]:
    """Return the models with this purpose."""
    return [model_id for model_id, each in models.items() if each == purpose]


def _now(gateway: Gateway, purpose: Purpose) -> tuple[str, bool]:
    now = candidates_of(gateway, purpose)
    return (f"{purpose} (now {printable(now[0], 50)})", False) if now else (purpose, True)
