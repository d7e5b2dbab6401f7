"""Gateway files written for a test, and what loading them says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from reconciler.config.gateway import Gateway
from reconciler.config.load import LoadedGateway, load
from reconciler.diagnostics import Diagnostic

HEAD = "version: 1\nname: acme\n"
ENDPOINT = HEAD + "endpoints:\n  x:\n"


def loaded(
    text: str | bytes,
    file: str = "gateway.yaml",
    variables: Mapping[str, str] | None = None,
    environ: Mapping[str, str] | None = None,
) -> LoadedGateway:
    """Write one gateway file in the working directory and load it."""
    path = Path(file)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load([path], variables or {}, environ or {})


def gateway(text: str, **arguments: Mapping[str, str]) -> Gateway:
    """The gateway of a file with nothing wrong in it."""
    loaded_file = loaded(text, **arguments)  # type: ignore[arg-type]
    assert loaded_file.diagnostics == ()
    assert loaded_file.gateway is not None
    return loaded_file.gateway


def endpoint(fields: str) -> str:
    """A file with one endpoint `x`, its fields (one a line) from line 5, column 5 on."""
    return ENDPOINT + "".join(f"    {line}\n" for line in fields.splitlines())


def places(loaded: LoadedGateway) -> list[tuple[str, str]]:
    """(code, place) of every diagnostic."""
    return [(diagnostic.code, str(diagnostic.source)) for diagnostic in loaded.diagnostics]


def the_one(loaded: LoadedGateway) -> Diagnostic:
    """The only diagnostic there is; an error, so there is no gateway."""
    assert len(loaded.diagnostics) == 1, places(loaded)
    assert loaded.gateway is None
    return loaded.diagnostics[0]


def check_mistake(loaded: LoadedGateway, code: str, *, place: str, summary: str, hint: str) -> Diagnostic:
    """The only error there is, which has this code and place, and these words in its summary and its hint."""
    diagnostic = the_one(loaded)
    assert (diagnostic.severity, diagnostic.code, str(diagnostic.source)) == ("error", code, f"gateway.yaml:{place}")
    assert summary in diagnostic.summary
    assert hint in diagnostic.hint
    return diagnostic
