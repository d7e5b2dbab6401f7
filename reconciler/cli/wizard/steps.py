"""The steps that add one endpoint to a draft."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reconciler.cli.console.forms import Forms
from reconciler.cli.wizard.given import Given
from reconciler.engine.connect.option import OfferedTool, Option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.cli.console.output import Output
    from reconciler.engine.connect.draft import Draft


def forms_of(arguments: dict[str, Any]) -> Forms:
    """Return the questions at this terminal, in the colours that --color and the environment allow."""
    import os
    import sys

    from reconciler.cli.console.output import wants_colour
    from reconciler.cli.console.terminal import is_terminal

    return Forms(wants_colour(arguments["color"], is_terminal(sys.stderr), os.environ))


def tool_options(tools: Sequence[OfferedTool]) -> list[Option[str]]:
    """Return a choice for each tool. The tools that were used here are picked at first, or else the first tool.

    A tool that no endpoint can serve is not picked, and its text contains the reason.
    """
    served = [tool for tool in tools if not tool.why_unserved]
    picked = [tool for tool in served if tool.is_used] or served[:1]
    return [
        Option(tool.value, f"{tool.title} ({tool.why_unserved})" if tool.why_unserved else tool.title, tool in picked)
        for tool in tools
    ]


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
