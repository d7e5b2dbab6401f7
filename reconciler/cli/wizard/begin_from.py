"""The steps of `gwctl init --from`.

The endpoints come from the configurations of other tools, or from a running server.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.cli.console.forms import Forms
from reconciler.cli.console.prompts import confirm
from reconciler.cli.usage.fault import UsageFault
from reconciler.cli.wizard.given import Given
from reconciler.cli.wizard.steps import with_one_more

if TYPE_CHECKING:
    from reconciler.cli.console.output import Output
    from reconciler.engine.connect.draft import Draft
    from reconciler.imports.configuration import Imported

_SERVER = "litellm"  # the preset for a URL that fits no preset


class FromSteps:
    """The questions about the endpoints of `--from`."""

    def __init__(self, origins: tuple[str, ...], given: Given, forms: Forms, output: Output) -> None:
        self._urls = [origin for origin in origins if "://" in origin]
        self._files = [origin for origin in origins if "://" not in origin]
        self._given = given
        self._forms = forms
        self._output = output

    def found(self) -> Imported | None:
        """Return the content of the files that --from names, or None if --from names no file.

        Report the parts that were left out. Raise `Failed` if a file is broken.
        """
        from reconciler.engine.connect.imported import read_configurations

        if not (self._files or self._urls):
            return None
        self._check_options()
        if not self._files:
            return None
        found = read_configurations(self._files)
        self._output.report(found.diagnostics)
        return found

    def endpoints(self, draft: Draft, found: Imported | None) -> Draft:
        """Return the draft with the endpoints from the files and the URLs."""
        draft = self._of_files(draft, found) if found else draft
        for url in self._urls:
            draft = self._of_url(draft, url) or draft
        if not draft.gateway.endpoints:
            raise KeyboardInterrupt
        return draft

    def _of_files(self, draft: Draft, found: Imported) -> Draft:
        from reconciler.engine.connect.draft import with_endpoints
        from reconciler.engine.connect.imported import new_endpoint, to_agree

        new = [new_endpoint(endpoint) for endpoint in found.endpoints]
        pairs = {endpoint.name: pair for endpoint in found.endpoints if (pair := to_agree(endpoint))}
        intro = "The plan sends these secrets:"
        is_agreed = bool(pairs) and self._given.asks and confirm("Allow all of these?", pairs.values(), intro)
        return with_endpoints(draft, new, [*pairs] if is_agreed else [])

    def _of_url(self, draft: Draft, url: str) -> Draft | None:
        from reconciler.imports.recognise import recognised
        from reconciler.resources.urls import normalise_base_url

        try:
            known, base_url = recognised(normalise_base_url(url))
        except ValueError:
            known, base_url = None, url  # the next step reports the error
        preset = self._given.preset or (known.id if known else _SERVER)
        given = replace(self._given, preset=preset, base_url=base_url)
        return with_one_more(draft, given, self._forms, self._output)

    def _check_options(self) -> None:
        """Raise `UsageFault` if --from cannot be combined with the other options.

        --base-url is never allowed with --from. The other options about one endpoint are allowed only if --from names
        one URL and no file.
        """
        given = self._given
        has_options = given.preset or given.base_url or given.variable or given.models or given.purposes
        is_one = len(self._urls) == 1 and not self._files
        if (self._urls or self._files) and (given.base_url or (has_options and not is_one)):
            raise UsageFault(
                "This --from cannot be combined with PRESET, --base-url, --key-env, --model or --purpose",
                "use --from alone, or one --from URL with --key-env, --model and --purpose",
            )
