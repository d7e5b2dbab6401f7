"""The diagnostics about a withheld secret. They name the secret and the host, and say how to allow the host."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from reconciler import codes
from reconciler.diagnostics import Diagnostic, error, note
from reconciler.ledger.stack_rows import Stack
from reconciler.resources.observation import Observation, skipped
from reconciler.secrets.binding import Pair
from reconciler.text import printable


def key_withheld(endpoint: str, pairs: Sequence[Pair], elsewhere: Sequence[Stack], typed: str) -> Observation:
    """Return the observation of an endpoint that is not contacted, because nobody agreed to send its secrets."""
    return skipped(codes.KEY_WITHHELD, *about_endpoint(endpoint, pairs, elsewhere, typed))


def about_endpoint(
    endpoint: str, pairs: Sequence[Pair], elsewhere: Sequence[Stack], typed: str
) -> tuple[str, str, str]:
    """Return summary, detail and hint about withheld pairs. `typed` has the options that select the same stack."""
    agree = _moved(elsewhere, typed) or f"if the host is correct: gwctl trust {endpoint}{typed}"
    hint = f"{agree}; for one run, add --allow-host {endpoint}; in a pipeline, add --trust state"
    return f"The key is withheld from {_place(pairs[0])}", _nobody(pairs), hint


def store_withheld(pair: Pair, url: str, elsewhere: Sequence[Stack], typed: str) -> Diagnostic:
    """Return the error for a state that is not opened, because nobody agreed to send its credential."""
    summary = f"The state's credential ({printable(str(pair.secret))}) is withheld from {_place(pair)}"
    detail = f"{_nobody([pair])} Nothing was done."
    hint = f"if the server is correct: `gwctl trust --state {printable(url)}`; for one run, add --state with that URL"
    return error(codes.KEY_WITHHELD, summary, detail=detail, hint=_moved(elsewhere, typed) or hint)


def older_records() -> Diagnostic:
    """Return the note about records of an older gwctl that no gateway file has taken over."""
    summary = "The records that an older gwctl made for this state are not used yet"
    return note(codes.OLDER_RECORDS, summary, hint="if these records belong to this gateway file, run `gwctl trust`")


def undecided(there: Stack, typed: str) -> Diagnostic:
    """Return the error for records of this state that may belong to another gateway file."""
    path = printable(there.path, 300)
    summary = f"This state was applied on this machine from a gateway file at another path: {path}"
    detail = (
        "This machine's records were made for that gateway file. gwctl cannot tell whether the records also belong to "
        "the gateway file of this run. Nothing was done."
    )
    moved = f"gwctl trust --moved-from {_typed(there.path)}{typed}"
    hint = f"if the file was moved: {moved}; if this is a different file: gwctl trust --another{typed}"
    return error(codes.STACK_UNDECIDED, summary, detail=detail, hint=hint)


def _place(pair: Pair) -> str:
    return printable(str(pair.exposure), 300)


def _nobody(pairs: Sequence[Pair]) -> str:
    secrets = ", ".join(dict.fromkeys(printable(str(pair.secret), 120) for pair in pairs))
    return f"Sending {secrets} to that host has not been allowed on this machine."


def _moved(elsewhere: Sequence[Stack], typed: str) -> str:
    if not elsewhere:
        return ""
    path = elsewhere[0].path
    moved = f"if the file was moved: gwctl trust --moved-from {_typed(path)}{typed}"
    other = f"if this is a different file: gwctl trust --another{typed}"
    return f"this state was applied from {printable(path, 300)}: {moved}; {other}"


def _typed(path: str) -> str:
    return printable(shlex.quote(path), 300)
