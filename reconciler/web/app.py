"""The door to Starlette. Each request goes through the gate to a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reconciler.errors import Failed
from reconciler.web.gate import ENTER, STYLE, Asked, Refusal
from reconciler.web.pages import chat, clients, connect, edit, models, removal, review, status
from reconciler.web.templates import render, source
from reconciler.web.visit import Answer, Elsewhere, Fields, Visit, problem

if TYPE_CHECKING:
    from reconciler.web.desk import Desk

Handler = Callable[[Visit], Answer]
LARGEST = 4 * 1024 * 1024  # bytes of a form: a list may have ten thousand models
MOST_FIELDS = 20_000
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
SHOWN: Mapping[str, Handler] = {
    "/": status.show,
    "/plan": review.show_plan,
    "/edit/{name}": edit.show,
    "/connect": connect.show,
    "/models": models.show,
    "/clients": clients.show,
    "/chat": chat.show,
}
SENT: Mapping[str, Handler] = {
    "/plan": review.show_plan,
    "/confirm": review.confirm,
    "/apply": review.apply_plan,
    "/agree": review.agree,
    "/edit/{name}": edit.decide,
    "/connect": connect.go_on,
    "/remove": removal.begin,
    "/models": models.add,
    "/clients": clients.add,
    "/chat": chat.send,
}


def application(desk: Desk, entered: Callable[[], None]) -> ASGIApp:
    """Return the application. `entered` is called once, when the browser has entered."""
    door = _Door(desk, entered)
    addresses = dict.fromkeys((*SHOWN, *SENT))
    inner = Starlette(
        routes=[
            Route(STYLE, door.style, methods=["GET"]),
            Route(ENTER, door.enter, methods=["POST"]),
            *(Route(address, door.page(address), methods=_methods(address)) for address in addresses),
            Route("/{path:path}", door.nothing, methods=["GET", "POST"]),
        ]
    )
    return _with_policy(inner)


def _with_policy(inner: ASGIApp) -> ASGIApp:
    """Return the application with the security policy on every response, including Starlette's own responses."""
    policy = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]

    async def outer(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *policy]}
            await send(message)

        await inner(scope, receive, send_with_policy)

    return outer


def _methods(address: str) -> list[str]:
    return [*(["GET"] if address in SHOWN else []), *(["POST"] if address in SENT else [])]


class _Door:
    """The handlers of all addresses. They check each request, and turn pages into responses."""

    def __init__(self, desk: Desk, entered: Callable[[], None]) -> None:
        self._desk = desk
        self._entered = entered

    async def style(self, request: Request) -> Response:
        """Return the style sheet, which has no secret in it."""
        refusal = self._desk.gate.refusal(_asked(request))
        return _refused(refusal) if refusal else Response(source("style.css"), media_type="text/css")

    async def enter(self, request: Request) -> Response:
        """Exchange the code of the entry page for a cookie.

        The response is a page that opens the first page. A redirect would fail: the request comes from another site,
        and a browser does not send the new cookie along with the redirect.
        """
        asked = _asked(request)
        refusal = self._desk.gate.refusal(asked)
        if refusal:
            return _refused(refusal)
        form = await _fields(request)
        cookie = form if isinstance(form, Refusal) else self._desk.gate.enter(asked, form.one("code"))
        if isinstance(cookie, Refusal):
            return _refused(cookie)
        self._entered()
        text = render("entered.html", {"title": "gwctl"})
        return Response(text, media_type="text/html", headers={"Set-Cookie": cookie})

    async def nothing(self, request: Request) -> Response:
        """Refuse an address that does not exist."""
        return _refused(self._desk.gate.refusal(_asked(request)) or Refusal(404, "This address does not exist."))

    def page(self, address: str) -> Callable[[Request], object]:
        """Return the function that answers the requests to an address."""

        async def endpoint(request: Request) -> Response:
            refusal = self._desk.gate.refusal(_asked(request))
            if refusal:
                return _refused(refusal)
            form = Fields()
            if request.method == "POST":
                sent = await _fields(request)
                if isinstance(sent, Refusal):
                    return _refused(sent)
                if not self._desk.gate.is_own(sent.one("token")):
                    return _refused(Refusal(403, "The form does not belong to this run of gwctl ui."))
                form = sent
            visit = Visit(
                desk=self._desk,
                form=form,
                query=Fields(tuple(request.query_params.multi_items())),
                name=request.path_params.get("name", ""),
            )
            handlers = SENT if request.method == "POST" else SHOWN
            return await run_in_threadpool(self._response, handlers[address], visit)

        return endpoint

    def _response(self, handler: Handler, visit: Visit) -> Response:
        """Return the response of a page. A `Failed` is shown as a page, and a bug of gwctl as one line of text."""
        with self._desk.lock:
            try:
                return self._shown(_answer(handler, visit))
            except Exception as fault:  # noqa: BLE001 - the last resort: a bug of gwctl is reported in one line
                self._desk.report(fault)
                words = f"internal error in gwctl ({type(fault).__name__}): this is a bug\n"
                return PlainTextResponse(words, 500)

    def _shown(self, answer: Answer) -> Response:
        if isinstance(answer, Elsewhere):
            return RedirectResponse(answer.address, 303)
        values = {"token": self._desk.gate.token, "title": answer.title, **answer.values}
        return Response(render(answer.template, values), answer.status, media_type="text/html")


def _answer(handler: Handler, visit: Visit) -> Answer:
    try:
        return handler(visit)
    except Failed as fault:
        return problem(fault.diagnostics)


async def _fields(request: Request) -> Fields | Refusal:
    """Return the fields of a form. Return a `Refusal` if the form is too large."""
    data = b""
    async for part in request.stream():
        data += part
        if len(data) > LARGEST:
            return Refusal(413, "The form is too large.")
    text = data.decode("ascii", "replace")
    try:
        return Fields(tuple(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)))
    except ValueError:
        return Refusal(413, "The form has too many fields.")


def _asked(request: Request) -> Asked:
    headers: dict[str, tuple[str, ...]] = {}
    for name, value in request.headers.items():
        headers[name] = (*headers.get(name, ()), value)
    return Asked(method=request.method, path=request.url.path, headers=headers)


def _refused(refusal: Refusal) -> Response:
    return PlainTextResponse(refusal.words + "\n", refusal.status)
