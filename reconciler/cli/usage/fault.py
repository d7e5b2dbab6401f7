"""A wrong command line as an exception with a diagnostic."""

from __future__ import annotations

import click

from reconciler import codes
from reconciler.codes import Code
from reconciler.diagnostics import error
from reconciler.errors import GatewayError


class UsageFault(GatewayError, click.UsageError):
    """A wrong command line, with a hint on what to type instead."""

    def __init__(self, summary: str, hint: str = "", code: Code = codes.USAGE) -> None:
        super().__init__(summary)
        self.diagnostic = error(code, summary, hint=hint)
