"""An exchange that gave no answer, in the user's words."""

from __future__ import annotations


class Fault(Exception):
    """`code` is one of the design's outcome codes; `detail` and `hint` are clean of keys."""

    def __init__(self, code: str, detail: str, hint: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.hint = hint
        self.is_sent = False  # whether the request may have been carried out all the same
