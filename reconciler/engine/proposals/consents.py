"""The named consents that a person gives to a plan."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from reconciler import address, codes
from reconciler.address import adoptable_kinds
from reconciler.diagnostics import Diagnostic, error
from reconciler.engine.options import Options
from reconciler.errors import Failed
from reconciler.plan.change import Plan
from reconciler.plan.consents import Consents
from reconciler.render.option_words import CONSENTS, OPTION_WORDS
from reconciler.text import printable
from reconciler.values import dataclass


@dataclass(frozen=True, order=True)
class Consent:
    """One option of `gwctl apply` with its value, such as `--accept-catalog litellm`."""

    option: str
    name: str

    def __str__(self) -> str:
        return f"{self.option} {self.name}"

    @property
    def words(self) -> str:
        """The help text of the option."""
        return OPTION_WORDS[self.option]


def consents_of(plan: Plan) -> Iterator[Consent]:
    """Yield the consents that the plan can use."""
    yield from (Consent("--accept-catalog", held.address.endpoint) for held in plan.held)
    if plan.stopped:
        going = [change for change in plan.effective if change.address.is_endpoint and change.action == "delete"]
        open_ = (change for change in going if change.before and not change.before.as_endpoint.protect)
        yield from (Consent("--allow-delete", str(change.address)) for change in open_)
    for diagnostic in plan.diagnostics:
        if diagnostic.code in (codes.NOT_OURS, codes.OWN_CREDENTIAL) and diagnostic.address:
            yield Consent("--adopt", str(address.parse(diagnostic.address).whole))
        if diagnostic.code == codes.CLIENT_PATH_NOT_ALLOWED and diagnostic.address:
            yield Consent("--allow-path", address.parse(diagnostic.address).whole.name)


def with_consents(options: Options, given: Collection[Consent]) -> Options:
    """Return the options of a run with these consents. Raise `Failed` if gwctl does not know a consent."""
    names = {option: frozenset(consent.name for consent in given if consent.option == option) for option in CONSENTS}
    if unknown := [consent for consent in given if consent.option not in names]:
        raise Failed(_unknown(unknown[0]))
    try:
        deletes = frozenset(address.parse(text, address.RECORDED).name for text in names["--allow-delete"])
        adopts = frozenset(address.parse(text, adoptable_kinds()) for text in names["--adopt"])
    except ValueError:
        raise Failed(*(_unknown(consent) for consent in sorted(given))) from None
    consents = Consents(catalogs=names["--accept-catalog"], deletes=deletes, adopts=adopts)
    return replace(options, consents=consents, allowed_paths=names["--allow-path"])


def _unknown(consent: Consent) -> Diagnostic:
    summary = f"gwctl has no such consent: {printable(str(consent), 120)}"
    return error(codes.BAD_ADDRESS, summary, detail="Nothing was done.", hint="make a new plan")
