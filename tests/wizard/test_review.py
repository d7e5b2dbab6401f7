"""Which endpoints are not asked for a first message."""

from __future__ import annotations

import pytest

from reconciler import codes
from reconciler.cli.wizard.review import why_unusable


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (None, ""),
        (codes.SERVER_ERROR, ""),
        (codes.UNREACHABLE, "did not respond"),
        (codes.MISSING_API_KEY, "has no key that it accepts"),
        (codes.INVALID_API_KEY, "has no key that it accepts"),
        (codes.KEY_WITHHELD, "has no key that it accepts"),
    ],
)
def test_an_endpoint_that_cannot_answer_is_not_asked(code: str | None, why: str) -> None:
    assert why_unusable(code) == why
