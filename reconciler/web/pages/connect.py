"""The steps of `gwctl connect`, with the same questions and rules as at the terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from reconciler.address import PURPOSES
from reconciler.engine.connect import endpoint_questions as ask
from reconciler.engine.connect import model_questions
from reconciler.engine.proposals import answers as steps
from reconciler.engine.proposals.answers import Answers
from reconciler.web.pages import edit
from reconciler.web.pages.review import HOW
from reconciler.web.visit import Answer, Elsewhere, Page, Visit

_MOST = 500  # typed model IDs


def show(visit: Visit) -> Answer:
    """Return the first question: the preset."""
    values = {"question": ask.WHICH_PRESET, "options": steps.preset_options(visit.desk.options)}
    return Page(template="connect_preset.html", title="Connect", values=values)


def go_on(visit: Visit) -> Answer:
    """Take the answers of one step, and return the next step."""
    step = visit.form.one("step")
    if step == "preset":
        return _begun(visit)
    answers = visit.desk.answers.get(visit.form.one("answers"))
    if answers is None or step not in _STEPS:
        return Elsewhere("/connect")
    return _STEPS[step](visit, answers)


def _begun(visit: Visit) -> Answer:
    answers = steps.begin(visit.desk.options, visit.form.one("preset"))
    if answers is None:
        return Elsewhere("/connect")
    return _place(visit, answers, visit.desk.number())


def _page(visit: Visit, answers: Answers, step: str, values: Mapping[str, Any], number: str = "") -> Page:
    """Return the page of a step, and keep the answers under their number."""
    number = number or visit.form.one("answers")
    visit.desk.answers.put(number, answers)
    shown = {
        "answers": number,
        "step": step,
        "name": answers.name,
        "base_url": answers.base_url,
        "faults": {},
        **values,
    }
    title = f"Connect: {answers.preset.id or 'other'}"
    status = 422 if shown["faults"] else 200
    return Page(template=f"connect_{step}.html", title=title, values=shown, status=status)


def _place(visit: Visit, answers: Answers, number: str = "", faults: Mapping[str, str] | None = None) -> Page:
    questions = {"name_question": ask.ENDPOINT_NAME, "url_question": ask.BASE_URL, "faults": faults or {}}
    return _page(visit, answers, "place", questions, number)


def _placed(visit: Visit, answers: Answers) -> Answer:
    name, base_url = visit.form.one("name"), visit.form.one("base_url")
    answers = answers.with_place(name, base_url)
    faults = {"name": answers.why_no_name(name), "base_url": ask.why_no_url(base_url)}
    if any(faults.values()):
        return _place(visit, answers, faults={field: why for field, why in faults.items() if why})
    return _key(visit, answers) if answers.asks_for_key else _tested(visit, answers)


def _key(visit: Visit, answers: Answers, faults: Mapping[str, str] | None = None) -> Page:
    options = answers.key_options()
    values = {
        "question": answers.key_question,
        "key_choices": [(option.value, option.text) for option in options],
        "has_typed": any(option.value == "typed" for option in options),
        "picked": visit.form.one("source"),
        "variable_question": ask.VARIABLE,
        "variable": visit.form.one("variable"),
        "diagnostics": answers.key_diagnostics(),
        "faults": faults or {},
    }
    return _page(visit, answers, "key", values)


def _keyed(visit: Visit, answers: Answers) -> Answer:
    source = visit.form.one("source")
    if source not in [option.value for option in answers.key_options()]:
        return _key(visit, answers, {"source": "Pick one."})
    result = answers.with_key(source, visit.form.one("variable"), visit.form.one("key"))
    faults = {"variable" if source == "other" else "key": result} if isinstance(result, str) else {}
    if source != "none" and visit.form.one("typed") != answers.name:
        faults["typed"] = "This is not the name of the endpoint. Nothing was sent."
    if isinstance(result, str) or faults:
        return _key(visit, answers, faults)
    return _tested(visit, result)


def _tested(visit: Visit, answers: Answers) -> Answer:
    """Contact the endpoint and return the question about its models.

    If there is no model list, return the question about the next step.
    """
    return _after_test(visit, answers.contacted())


def _after_test(visit: Visit, answers: Answers) -> Answer:
    tested = answers.tested
    if tested is None:
        return _place(visit, answers)
    if not tested.is_listed:
        options = ask.next_options(tested)
        values = {"question": ask.NEXT, "options": options, "diagnostics": tested.diagnostics}
        return _page(visit, answers, "next", values)
    return _models(visit, answers)


def _next(visit: Visit, answers: Answers) -> Answer:
    step = visit.form.one("next")
    pages: Mapping[str, Callable[[Visit, Answers], Answer]] = {
        "key": _key,
        "url": _place,
        "again": _tested,
        "models": _typed,
    }
    if step == "stop":
        visit.desk.answers.drop(visit.form.one("answers"))
        return Elsewhere("/")
    return pages.get(step, _after_test)(visit, answers)


def _models(visit: Visit, answers: Answers, fault: str = "") -> Page:
    listed = answers.listed
    values = {
        "summary": model_questions.models_summary(answers.name, listed),
        "question": model_questions.WHICH_MODELS,
        "which": model_questions.which_options(listed),
        "models_question": model_questions.MODELS,
        "options": model_questions.model_options(listed),
        "diagnostics": answers.tested.diagnostics if answers.tested else (),
        "faults": {"models": fault} if fault else {},
    }
    return _page(visit, answers, "models", values)


def _picked(visit: Visit, answers: Answers) -> Answer:
    if visit.form.one("which") != "some":
        return _defaults(visit, answers.with_listed(None))
    picked = [each for each in visit.form.all("model") if each in answers.listed]
    if not picked:
        return _models(visit, answers, "Pick at least one model.")
    return _defaults(visit, answers.with_listed(picked))


def _typed(visit: Visit, answers: Answers, fault: str = "") -> Page:
    values = {"question": model_questions.MODEL_IDS, "faults": {"ids": fault} if fault else {}}
    return _page(visit, answers, "typed", values)


def _purposes(visit: Visit, answers: Answers) -> Answer:
    ids = model_questions.ids_in(visit.form.one("ids"))[:_MOST]
    if not ids:
        return _typed(visit, answers, model_questions.NO_ID)
    models = [
        (model_id, model_questions.purpose_question(model_id), model_questions.purpose_options(model_id))
        for model_id in ids
    ]
    return _page(visit, answers, "purposes", {"models": models})


def _with_purposes(visit: Visit, answers: Answers) -> Answer:
    known = {str(purpose): purpose for purpose in PURPOSES}
    ids, chosen = visit.form.all("model"), visit.form.all("purpose")
    models = {model_id: known[purpose] for model_id, purpose in zip(ids, chosen, strict=False) if purpose in known}
    return _defaults(visit, answers.with_typed(models)) if models else _typed(visit, answers, model_questions.NO_ID)


def _defaults(visit: Visit, answers: Answers) -> Answer:
    options = answers.default_options()
    if not options:
        return _finished(visit, answers)
    choices = [
        (option, model_questions.default_question(option.value), model_questions.fitting(answers.models, option.value))
        for option in options
    ]
    return _page(visit, answers, "defaults", {"question": model_questions.DEFAULT_FOR, "choices": choices})


def _finished(visit: Visit, answers: Answers) -> Answer:
    purposes = visit.form.all("default")
    answers = answers.with_defaults({purpose: visit.form.one(f"model-{purpose}") for purpose in purposes})
    visit.desk.answers.drop(visit.form.one("answers"))
    return edit.begin(visit, partial(answers.edit, HOW))


_STEPS: Mapping[str, Callable[[Visit, Answers], Answer]] = {
    "place": _placed,
    "key": _keyed,
    "next": _next,
    "models": _picked,
    "typed": _purposes,
    "purposes": _with_purposes,
    "defaults": _finished,
}
