"""The command `gwctl lock`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.completion import complete
from reconciler.cli.console.output import Output
from reconciler.cli.group import HelpfulCommand
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.options import asking, believing, common, options_of, output_of, text_or_json
from reconciler.cli.usage.fault import UsageFault

if TYPE_CHECKING:
    from reconciler.engine.lock_file import RelockResult
    from reconciler.engine.options import Options


@click.command("lock", cls=HelpfulCommand, help=HELP["lock"], short_help=SHORT["lock"])
@common
@asking
@believing
@text_or_json
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if the file is out of date.")
@click.option("--offline", is_flag=True, help="With --check: compare only the files. Send no request and read no key.")
@click.argument("endpoints", nargs=-1, shell_complete=complete.endpoints)
def command(**arguments: Any) -> int:
    """Pin the model lists of all endpoints, or of the named ENDPOINTS, in the lock file.

    The lock file is gateway.lock.yaml beside gateway.yaml, or the file that `lock:` in the gateway file names.
    """
    from reconciler.render.json.lock import failed_document

    if arguments["offline"] and not arguments["check"]:
        raise UsageFault(
            "--offline can only be used with --check",
            "remove --offline, or add --check",
        )
    options, output = options_of(arguments), output_of(arguments)
    with output.failing_as(arguments["output_format"], failed_document):
        relock = _made(options, output, arguments)
        written = _written(relock, arguments["check"])
    return _report(relock, written, arguments, output)


def _made(options: Options, output: Output, arguments: dict[str, Any]) -> RelockResult:
    from reconciler.engine.lock_file import check_offline, relock

    if options.offline:
        return check_offline(options, arguments["endpoints"])
    with output.progress(arguments["output_format"]) as awaited:
        return relock(options, arguments["endpoints"], awaited.turn)


def _written(relock: RelockResult, only_checked: bool) -> bool:
    from reconciler.engine.lock_file import write_lock

    return not only_checked and write_lock(relock)


def _report(relock: RelockResult, written: bool, arguments: dict[str, Any], output: Output) -> int:
    from reconciler.diagnostics import has_errors
    from reconciler.lockfile.match import out_of_date

    stale = [out_of_date(relock.on_disk)] if arguments["check"] and not relock.is_current else []
    diagnostics = (*relock.diagnostics, *stale)
    if arguments["output_format"] == "json":
        from reconciler import safe_json
        from reconciler.render.json.lock import lock_document

        digest = relock.digest if written else relock.on_disk.digest
        document = lock_document(
            relock.on_disk.place,
            relock.judged,
            current=relock.is_current,
            written=written,
            digest=digest,
            diagnostics=diagnostics,
        )
        output.data(safe_json.dumps(document))
        return 1 if has_errors(diagnostics) else 0
    from reconciler.render.views.lock import lock_view

    last = f"{relock.on_disk.place}: {_last(relock, written)}"
    output.show(lock_view(() if output.quiet else relock.judged, last, output.verbose))
    return output.report(diagnostics)


def _last(relock: RelockResult, written: bool) -> str:
    from reconciler.render.phrases import counted

    if written:
        return "written"
    if not relock.is_current:
        return "out of date; nothing was written"
    failed = len({diagnostic.address for diagnostic in relock.diagnostics if diagnostic.severity == "error"})
    return f"not changed; {counted(failed, 'endpoint')} failed" if failed else "up to date"
