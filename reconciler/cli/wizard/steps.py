"""The steps that add one endpoint to a draft."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reconciler.cli.console.forms import Forms
from reconciler.cli.wizard.given import Given
from reconciler.engine.connect.option import Option

if TYPE_CHECKING:
    from reconciler.cli.console.output import Output
    from reconciler.engine.connect.draft import Draft


def forms_of(arguments: dict[str, Any]) -> Forms:
    """Return the questions at this terminal, in the colours that --color and the environment allow."""
    import os
    import sys

    from reconciler.cli.console.output import wants_colour
    from reconciler.cli.console.terminal import is_terminal

    return Forms(wants_colour(arguments["color"], is_terminal(sys.stderr), os.environ))


def tool_option(value: str, title: str, why_unserved: str, picked: bool = True) -> Option[str]:
    """Return the choice for a tool. `picked` says whether the choice is picked at first.

    If no endpoint can serve the tool, the choice is not picked at first, and its text contains the reason.
    """
    text = f"{title} ({why_unserved})" if why_unserved else title
    return Option(value, text, picked=picked and not why_unserved)


def with_one_more(draft: Draft, given: Given, forms: Forms, output: Output) -> Draft | None:
    """Return the draft with one more endpoint, tested and with its models.

    Return None if the user leaves the endpoint out.
    """
    from reconciler.cli.wizard.endpoint import EndpointSteps
    from reconciler.cli.wizard.models import ModelSteps, served_models
    from reconciler.engine.connect.draft import drafted

    tested = EndpointSteps(draft, given, forms, output).tested()
    if tested is None:
        return None
    new = ModelSteps(draft, given, forms, output).chosen(tested)
    drafted_with = drafted(draft, new, tested.draft.key_of(new.name))
    served = {**draft.served, new.name: served_models(tested, new)} if tested.is_listed else draft.served
    return replace(drafted_with, served=served)
