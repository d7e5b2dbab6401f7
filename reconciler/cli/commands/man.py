"""The command `gwctl man`."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path

import click

from reconciler.cli.completion import complete
from reconciler.cli.group import HelpfulCommand
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.usage.fault import UsageFault


@click.command("man", cls=HelpfulCommand, help=HELP["man"], short_help=SHORT["man"])
@click.option("--page", metavar="COMMAND", help='Print only this page, such as plan or "state list".')
@click.argument("folder", metavar="[DIR]", required=False, shell_complete=complete.folders)
@click.pass_context
def command(context: click.Context, folder: str | None, page: str | None) -> int:
    """Write the manual pages to DIR, or print one of them."""
    from reconciler.cli.console.streams import write_document
    from reconciler.cli.manual.pages import pages
    from reconciler.text import did_you_mean

    if (folder is None) == (page is None):
        raise UsageFault("gwctl man needs either a directory or --page", "gwctl man ~/.local/share/man/man1")
    root = context.find_root().command
    made = pages(root, _day()) if isinstance(root, click.Group) else {}
    if folder is not None:
        return _written(made, Path(folder))
    name = "-".join(["gwctl", *str(page).lower().split()[str(page).lower().startswith("gwctl") :]])
    if f"{name}.1" not in made:
        known = [file.removesuffix(".1").removeprefix("gwctl-").replace("-", " ") for file in made]
        raise UsageFault("There is no page of that name", did_you_mean(str(page), known) or "see gwctl --help")
    write_document(made[f"{name}.1"])
    return 0


def _written(made: dict[str, str], folder: Path) -> int:
    from reconciler.cli.console.output import Output
    from reconciler.cli.manual.pages import MARK
    from reconciler.files.atomic_file import OwnFile
    from reconciler.text import printable

    head = MARK.encode()
    for name, text in made.items():
        file = OwnFile(folder / name)
        try:
            file.make_folder()
            file.replace(text.encode("ascii"), lambda beginning: beginning in (b"", head), len(head), 0o644)
        except OSError as fault:
            raise _unwritable(folder / name, fault) from None
    Output("auto", verbose=False, quiet=False).line(f"{len(made)} pages: {printable(str(folder), 300)}")
    return 0


def _unwritable(path: Path, fault: OSError) -> Exception:
    from reconciler import codes
    from reconciler.diagnostics import error
    from reconciler.errors import Failed
    from reconciler.files.fault import FileFault
    from reconciler.text import printable

    is_foreign = isinstance(fault, FileFault) and fault.kind == "foreign"
    why = "the file exists and was not made by gwctl man" if is_foreign else fault.strerror or "it cannot be written"
    summary = f"Cannot write a manual page: {printable(str(path), 300)}: {why}"
    detail = "The pages before this one were written."
    return Failed(error(codes.PAGE_UNWRITABLE, summary, detail=detail, hint="name another directory: gwctl man DIR"))


def _day() -> date:
    """Return the date in SOURCE_DATE_EPOCH (reproducible-builds.org), or today's date if the variable is not set."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH", "")
    now = datetime.fromtimestamp(int(seconds), UTC) if seconds.isdecimal() and len(seconds) < 12 else datetime.now(UTC)
    return now.date()
