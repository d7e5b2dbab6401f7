"""The exception for a failed exchange with an endpoint, with messages for the user."""

from __future__ import annotations

import traceback
from collections.abc import Awaitable
from pathlib import Path
from typing import TypeVar

from reconciler import codes
from reconciler.codes import Code
from reconciler.diagnostics import Diagnostic
from reconciler.errors import Failed, GatewayError

T = TypeVar("T")


class Fault(GatewayError):
    """A failed exchange with an endpoint. `detail` and `hint` contain no keys."""

    def __init__(
        self, code: Code, detail: str, hint: str = "", *, is_page: bool = False, cause: Diagnostic | None = None
    ) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.hint = hint
        self.is_page = is_page  # the response is a web page, not an answer of the API
        self.cause = cause  # the diagnostic whose text is also in `detail`
        self.is_sent = False  # whether the server may have processed the request


async def contained(work: Awaitable[T]) -> T:
    """Return the result of the work. An unexpected exception becomes a `Fault`.

    Only one endpoint then fails, and not the whole run. `Fault`, `Failed` and `TimeoutError` are raised unchanged.
    """
    try:
        return await work
    except (Fault, Failed, TimeoutError):
        raise
    except Exception as fault:  # noqa: BLE001 - only this endpoint fails
        raise _unforeseen(fault) from None


def _unforeseen(fault: Exception) -> Fault:
    """Return the fault of a bug in gwctl.

    The fault has the exception's type and the line in gwctl. The exception's text may contain a key and is left out.
    """
    own = [frame for frame in traceback.extract_tb(fault.__traceback__) if "reconciler" in Path(frame.filename).parts]
    place = f" at {Path(own[-1].filename).name}:{own[-1].lineno}" if own else ""
    detail = f"gwctl failed on this endpoint ({type(fault).__name__}{place}). Other endpoints are not affected."
    hint = "report this bug with this message and the server's name and version"
    unforeseen = Fault(codes.NONSTANDARD_LIST, detail, hint)
    unforeseen.is_sent = True
    return unforeseen
