"""The page that sends a message to a model, as a smoke test. Each message is sent without the earlier messages."""

from __future__ import annotations

from reconciler.diagnostics import Diagnostic
from reconciler.engine.chat import chat_once, models_for_chat
from reconciler.engine.connect.draft import changed
from reconciler.engine.proposals.content import read_content
from reconciler.render.views.live import answer_view
from reconciler.web.desk import Exchange
from reconciler.web.visit import Answer, Page, Visit


def show(visit: Visit, diagnostics: tuple[Diagnostic, ...] = ()) -> Answer:
    """Return the form, and the last messages with their answers."""
    content = read_content(visit.desk.options)
    values = {
        "models": models_for_chat(content.pinned(visit.desk.options)),
        "model": visit.form.one("model") or visit.query.one("model"),
        "prompt": visit.form.one("prompt") if diagnostics else "",
        "exchanges": list(visit.desk.exchanges),
        "diagnostics": diagnostics,
        "file": content.mark(visit.desk.secret),
    }
    return Page(template="chat.html", title="Chat", values=values, status=422 if diagnostics else 200)


def send(visit: Visit) -> Answer:
    """Send the message if the gateway file has not changed since the form was shown."""
    content, prompt = read_content(visit.desk.options), visit.form.one("prompt")
    if content.mark(visit.desk.secret) != visit.form.one("file"):
        return show(visit, (changed(visit.desk.options.files[0]),))
    if not prompt:
        return show(visit)
    reply = chat_once(content.pinned(visit.desk.options), visit.form.one("model") or None, prompt)
    if reply.ok:
        about = "".join(span.text for line in answer_view(reply)[0].blocks for span in getattr(line, "spans", ()))
        visit.desk.exchanges.append(Exchange(about, prompt, reply.text))
    return show(visit, reply.diagnostics)
