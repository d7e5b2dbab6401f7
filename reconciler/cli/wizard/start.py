"""The steps of `gwctl init`: the user chooses servers and tools on this machine, then gets a first answer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler import codes
from reconciler.cli.console.forms import Forms
from reconciler.cli.console.prompts import confirm
from reconciler.cli.wizard.given import Given
from reconciler.cli.wizard.steps import tool_options, with_one_more
from reconciler.diagnostics import Diagnostic, error
from reconciler.engine.connect.endpoint_questions import keychain_fault
from reconciler.engine.connect.option import OfferedTool, Option
from reconciler.errors import Failed
from reconciler.render.tree import Span, document, line, section
from reconciler.text import printable
from reconciler.values import dataclass

if TYPE_CHECKING:
    from reconciler.cli.console.output import Output
    from reconciler.cli.wizard.review import Reviewed
    from reconciler.engine.connect.draft import Draft
    from reconciler.engine.connect.first_prompt import Promptable
    from reconciler.engine.connect.machine_findings import MachineFindings
    from reconciler.engine.options import Options
    from reconciler.presets.preset import Preset

_PROMPT = "Reply with one short sentence: which model are you?"


@dataclass(frozen=True, kw_only=True)
class StartingPoint:
    """An endpoint to add: the answers that are already known, and the text in the list of choices."""

    given: Given
    text: str


class StartSteps:
    """The questions of `gwctl init` up to the review."""

    def __init__(self, given: Given, forms: Forms, output: Output) -> None:
        self._given = given
        self._forms = forms
        self._output = output

    def name(self, wanted: str | None) -> str:
        """Return the name of the gateway. The default is the name of the directory."""
        default = re.sub(r"[^a-z0-9-]+", "-", Path.cwd().name.lower()).strip("-") or "team"
        if wanted is None and self._given.asks:
            return self._forms.line("Name of the gateway:", default, _why_no_name)
        if why := _why_no_name(wanted or default):
            summary = f"`{printable(wanted or default, 80)}` cannot be the name of a gateway"
            raise Failed(error(codes.BAD_NAME, summary, detail=f"{why} Nothing was written.", hint="add --name NAME"))
        return wanted or default

    @staticmethod
    def check_tools(found: MachineFindings, wanted: tuple[str, ...]) -> None:
        """Raise `Failed` if a tool that --tool names is not on this machine."""
        names = {tool.name: tool for tool in found.tools}
        if missing := [name for name in wanted if name not in names]:
            shown = ", ".join(printable(name, 80) for name in missing)
            summary = f"This machine does not have the tool {shown}, or gwctl does not know it"
            hint = "`gwctl clients` lists the tools"
            raise Failed(error(codes.UNKNOWN_TOOL, summary, detail="Nothing was written.", hint=hint))

    def with_tools(self, draft: Draft, found: MachineFindings, wanted: tuple[str, ...]) -> Draft:
        """Return the draft with the tools to configure.

        If the draft gets a tool and gwctl can use the keychain, the keys in variables are stored in the keychain.
        """
        from reconciler.engine.connect.draft import why_unserved, with_tools

        names = wanted
        if found.tools and not wanted and self._given.asks:
            tools = [
                OfferedTool(tool.name, tool.title, why_unserved(draft, tool), tool.name in found.used)
                for tool in found.tools
            ]
            names = tuple(self._forms.pick_several("Which tools will use the gateway?", tool_options(tools)))
        return with_tools(draft, names, keeps=bool(names) and keychain_fault() is None)

    def endpoints(self, draft: Draft, found: MachineFindings) -> Draft:
        """Return the draft with all chosen endpoints."""
        for source in self._sources(found):
            draft = self._with(draft, source.given) or draft
        while self._given.asks and not draft.gateway.endpoints:
            draft = self._with(draft, replace(self._given, may_skip=True)) or draft
        if not draft.gateway.endpoints:
            raise Failed(_nothing_left())
        return draft

    def _sources(self, found: MachineFindings) -> list[StartingPoint]:
        """Return the endpoint of the command line. If there is none, return the found endpoints that the user picks.

        If gwctl does not ask, return all found endpoints.
        """
        if self._given.preset is not None or self._given.base_url is not None:
            return [StartingPoint(given=self._given, text="")]
        sources = [*_of_servers(found, self._given), *_of_vendors(found, self._given)]
        if not self._given.asks:
            if not sources:
                raise Failed(_nothing_found(found.unplaced))
            for preset in found.unplaced:
                self._output.talk(f"{_needs_url(preset)} To add it: ", _connect(preset))
            return sources
        for server in found.servers:
            if server.is_late:
                url = printable(server.base_url, 300)
                self._output.talk(f"{url} did not respond in time. If it serves models, pick its preset by hand.")
        other = StartingPoint(given=replace(self._given, may_skip=True), text="Another server or vendor")
        options = [Option(source, source.text, picked=True) for source in sources]
        options += [Option(source, source.text) for source in _of_unplaced(found, self._given)]
        if not options:
            self._output.talk("No server was found on a usual port, and no usual key variable of a vendor is set.")
            return [other]
        return self._forms.pick_several("Which endpoints?", [*options, Option(other, other.text)], least=1)

    def _with(self, draft: Draft, given: Given) -> Draft | None:
        try:
            return with_one_more(draft, given, self._forms, self._output)
        except Failed as fault:
            if given.asks or not given.may_skip:
                raise
            self._output.report(fault.diagnostics)  # the other endpoints may still be fine
            return None


def after_apply(options: Options, forms: Forms, output: Output, asks: bool, reviewed: Reviewed) -> int:
    """Get a first answer, and show how to start each configured tool. Return the exit code.

    Do nothing if nothing was applied. No message is sent to an endpoint that cannot answer yet.
    """
    from reconciler.engine.connect.first_prompt import startable_tools

    if reviewed.plan is None or not reviewed.is_applied:
        return 0
    code = _first_answer(options, forms, output, asks, reviewed.unusable)
    for tool in startable_tools(options, reviewed.plan):
        title = f"{tool.title}: {tool.start_words}:" if tool.start else ""
        under = [line(Span(tool.start, "typed"))] if title else []
        after = [line(f"{tool.title}: {tool.after}")] if tool.after else []
        output.advise(document(section(*([line(title, under=under)] if title else []), *after)))
    return code


def _first_answer(options: Options, forms: Forms, output: Output, asks: bool, unusable: Mapping[str, str]) -> int:
    """Send one message through a tool or to the chat default, if the user agrees. Return the exit code."""
    from reconciler.engine.chat import chat_once
    from reconciler.engine.connect.first_prompt import promptable_tools
    from reconciler.engine.select_model import choose_model
    from reconciler.engine.stack.session import open_session

    session = open_session(options, ())
    try:
        model = choose_model(session.gateway, session.recorded, None)
    except Failed:
        output.talk("There is no default model for chat. To set one: `defaults: {chat: ENDPOINT/ID}`")
        return 0
    why = unusable.get(model.endpoint)
    if why:
        output.talk(f"{printable(model.endpoint)} {why}, so no first message is sent.")
        output.talk("When the server runs and accepts the key: ", 'gwctl apply, then gwctl chat "Hello"')
        return 0
    code = _answers_of_tools(promptable_tools(options) if asks else [], options, forms, output)
    if code is not None:
        return code
    name = printable(model.name, 200)
    if not asks or not confirm(f"Send one short message to {name} now?"):
        output.talk("To send a message: ", 'gwctl chat "Hello"')
        return 0
    with output.progress("text") as awaited, awaited.waiting_for("the answer"):
        reply = chat_once(options, None, _PROMPT)
    if reply.ok:
        from reconciler.text import block

        output.line(f"{name}: {block(reply.text)}")
    return output.report(reply.diagnostics)


def _answers_of_tools(tools: Sequence[Promptable], options: Options, forms: Forms, output: Output) -> int | None:
    """Let the user pick one tool after the other, and send a first message through each.

    Return the exit code, or None if the user picks no tool.
    """
    code, left = None, list(tools)
    while left:
        is_first = code is None
        question = "Which tool should answer a first message?" if is_first else "Which tool should answer next?"
        choices: list[Option[Promptable | None]] = [Option(tool, tool.title) for tool in left]
        choices.append(Option(None, "No tool: gwctl asks the model" if is_first else "No other tool"))
        picked = forms.pick(question, choices)
        if picked is None:
            break
        left.remove(picked)
        code = max(code or 0, _answer_in(picked, options, output))
    return code


def _answer_in(tool: Promptable, options: Options, output: Output) -> int:
    """Send a first message through the tool, at this terminal. Return the exit code, 0 or 1."""
    from reconciler.cli.exec import by_child

    try:
        code = by_child([*tool.words, _PROMPT], {**options.environ, **tool.environ})
    except OSError as fault:
        summary = f"{tool.title} cannot be started: {fault.strerror}"
        return output.report([error(codes.CANNOT_RUN, summary, hint="check the PATH")])
    return output.report([_no_answer(tool, code, options.typed)] if code else [])


def _no_answer(tool: Promptable, code: int, typed: str) -> Diagnostic:
    why = f"exit code {code}" if code > 0 else f"signal {-code}"
    names = "".join(f" {printable(name, 80)}" for name in tool.endpoints)
    hint = f"`gwctl doctor {tool.name}{typed}`; to test the endpoint alone: `gwctl test{names} --chat{typed}`"
    return error(codes.TOOL_FAILED, f"{tool.title} did not answer ({why})", hint=hint)


def _of_servers(found: MachineFindings, given: Given) -> list[StartingPoint]:
    return [
        StartingPoint(
            given=replace(given, preset=server.preset.id, base_url=server.base_url, is_found=True, may_skip=True),
            text=f"{server.preset.name} at {server.base_url}",
        )
        for server in found.servers
        if server.preset
    ]


def _of_vendors(found: MachineFindings, given: Given) -> list[StartingPoint]:
    fixed = replace(given, is_found=True, may_skip=True)
    return [
        StartingPoint(
            given=replace(fixed, preset=vendor.id, base_url=vendor.base_url, variable=vendor.variable),
            text=f"{vendor.name} (the variable {vendor.variable} is set)",
        )
        for vendor in found.vendors
    ]


def _of_unplaced(found: MachineFindings, given: Given) -> list[StartingPoint]:
    return [
        StartingPoint(
            given=replace(given, preset=preset.id, variable=preset.variable, may_skip=True),
            text=f"{preset.name} at a URL of yours ({preset.variable} is set)",
        )
        for preset in found.unplaced
    ]


def _needs_url(preset: Preset) -> str:
    return f"The variable {preset.variable} is set, and the preset {preset.id} uses it, but needs your base URL."


def _connect(preset: Preset) -> str:
    return f"gwctl connect {preset.id} --base-url URL"


def _why_no_name(name: str) -> str:
    from reconciler.address import ENDPOINT_NAME

    is_name = bool(ENDPOINT_NAME.fullmatch(name))
    return "" if is_name else "A name consists of lowercase letters, digits and -. It begins with a letter or digit."


def _nothing_found(unplaced: Sequence[Preset]) -> Diagnostic:
    summary = "No server was found on a usual port, and no usual key variable of a vendor is set"
    hint = "name the server or vendor: gwctl init PRESET --base-url URL --key-env NAME --yes"
    detail = "Nothing was written."
    if unplaced:
        first = unplaced[0]
        summary = f"No server was found on a usual port, and {first.variable} needs a base URL"
        detail = f"{' '.join(map(_needs_url, unplaced))} {detail}"
        hint = f"gwctl init {first.id} --base-url URL --key-env {first.variable} --yes"
    return error(codes.NOTHING_FOUND, summary, detail=detail, hint=hint)


def _nothing_left() -> Diagnostic:
    summary = "No endpoint passed its test"
    return error(codes.NOTHING_FOUND, summary, detail="Nothing was written.", hint="correct the errors above")
