"""An exchange that gave no answer, in the user's words."""

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
    """`code` is one of the design's outcome codes; `detail` and `hint` are clean of keys."""

    def __init__(
        self, code: Code, detail: str, hint: str = "", *, is_page: bool = False, cause: Diagnostic | None = None
    ) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.hint = hint
        self.is_page = is_page  # a web page came in place of the API's answer
        self.cause = cause  # the diagnostic whose words `detail` repeats
        self.is_sent = False  # whether the request may have been carried out all the same


async def contained(work: Awaitable[T]) -> T:
    """The work's result; whatever goes wrong in it is a `Fault` of the endpoint that it is for, and never the run's."""
    try:
        return await work
    except (Fault, Failed, TimeoutError):
        raise
    except Exception as fault:  # noqa: BLE001 - it ends with the endpoint: the others go on
        raise _unforeseen(fault) from None


def _unforeseen(fault: Exception) -> Fault:
    """Its kind and its place in gwctl; its own text may hold a key."""
    own = [frame for frame in traceback.extract_tb(fault.__traceback__) if "reconciler" in Path(frame.filename).parts]
    place = f" at {Path(own[-1].filename).name}:{own[-1].lineno}" if own else ""
    detail = f"gwctl failed on this endpoint ({type(fault).__name__}{place}); the others are not affected."
    unforeseen = Fault(codes.NONSTANDARD_LIST, detail, "report it, with this line and the server's name and version")
    unforeseen.is_sent = True
    return unforeseen
