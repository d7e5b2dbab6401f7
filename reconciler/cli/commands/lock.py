"""`gwctl lock`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.help import HELP, SHORT
from reconciler.cli.options import asking, believing, common, options_of, output_of, text_or_json
from reconciler.cli.output import Output
from reconciler.cli.usage import UsageFault

if TYPE_CHECKING:
    from reconciler.engine.lock_file import RelockResult
    from reconciler.engine.options import Options


@click.command("lock", help=HELP["lock"], short_help=SHORT["lock"])
@common
@asking
@believing
@text_or_json
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if the file is out of date.")
@click.option("--offline", is_flag=True, help="With --check: compare the files only; send no request, read no key.")
@click.argument("endpoints", nargs=-1)
def command(**given: Any) -> int:
    """Pin the model lists of all ENDPOINTS, or of those named, in the lock file.

    It is gateway.lock.yaml beside gateway.yaml, or the file that `lock:` in the gateway file names.
    """
    from reconciler.render.json.lock import failed_document

    if given["offline"] and not given["check"]:
        raise UsageFault(
            "--offline goes with --check only",
            "a list to pin comes from its endpoint",
        )
    options, output = options_of(given), output_of(given)
    with output.failing_as(given["output_format"], failed_document):
        made = _made(options, output, given)
        written = _written(made, given["check"])
    return _told(made, written, given, output)


def _made(options: Options, output: Output, given: dict[str, Any]) -> RelockResult:
    from reconciler.cli.progress import progress
    from reconciler.engine.lock_file import check_offline, relock

    if options.offline:
        return check_offline(options, given["endpoints"])
    with progress(output, given["output_format"]) as awaited:
        return relock(options, given["endpoints"], awaited.turn)


def _written(made: RelockResult, only_checked: bool) -> bool:
    from reconciler.engine.lock_file import write_lock

    return not only_checked and write_lock(made)


def _told(made: RelockResult, written: bool, given: dict[str, Any], output: Output) -> int:
    from reconciler.diagnostics import has_errors
    from reconciler.lockfile.match import out_of_date

    stale = [out_of_date(made.found)] if given["check"] and not made.is_current else []
    found = (*made.diagnostics, *stale)
    if given["output_format"] == "json":
        from reconciler import safe_json
        from reconciler.render.json.lock import lock_document

        digest = made.digest if written else made.found.digest
        document = lock_document(
            made.found.place, made.judged, current=made.is_current, written=written, digest=digest, said=found
        )
        output.data(safe_json.dumps(document))
        return 1 if has_errors(found) else 0
    from reconciler.render.views.lock import lock_view

    last = f"{made.found.place}: {_last(made, written)}"
    output.show(lock_view(() if output.quiet else made.judged, last, output.verbose))
    return output.report(found)


def _last(made: RelockResult, written: bool) -> str:
    from reconciler.render.phrases import counted

    if written:
        return "written"
    if not made.is_current:
        return "out of date; nothing was written"
    failed = len({each.address for each in made.diagnostics if each.severity == "error"})
    return f"not changed; {counted(failed, 'endpoint')} failed" if failed else "up to date"
