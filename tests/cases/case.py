"""A case as plain files: gateway.yaml, what was recorded, what was answered, and the plan that comes of it.

With a gateway.lock.yaml it is the plan of `--locked`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from reconciler import safe_json
from reconciler.config.load import load
from reconciler.lockfile.apply_pins import pin
from reconciler.lockfile.codec import read_lock
from reconciler.lockfile.locate import read_bytes
from reconciler.plan.build import make_plan
from reconciler.plan.change import Plan
from reconciler.plan.consents import Consents
from reconciler.plan.inputs import Inputs
from reconciler.plan.resolve.scopes import divide
from reconciler.render.formats.markdown.document import to_markdown
from reconciler.render.formats.text import to_text
from reconciler.render.json.plan import plan_document
from reconciler.render.views.plan import plan_view
from reconciler.render.views.review.document import review_view
from reconciler.resources.observation import Listed, ListedModel, Observation, Unlisted, skipped
from reconciler.resources.purpose import purpose_of_id
from reconciler.state.codec import decode
from reconciler.state.document import State

FOLDER = Path(__file__).parent
NAMES = sorted(path.name for path in FOLDER.iterdir() if (path / "gateway.yaml").exists())


def rendered(name: str) -> dict[str, str]:
    """{file name: text} of the plan of that case, in each format."""
    plan = plan_of(FOLDER / name)
    return {
        "plan.txt": to_text(plan_view(plan)),
        "plan.json": safe_json.dumps(plan_document(plan)),
        "plan.md": to_markdown(review_view(plan)),
    }


def plan_of(folder: Path) -> Plan:
    """The plan of the case in that folder."""
    loaded = load([folder / "gateway.yaml"], {}, {})
    assert loaded.gateway is not None, loaded.diagnostics
    observed = json.loads((folder / "observed.json").read_text(encoding="utf-8"))
    state = _state(folder / "state.json", loaded.gateway.name)
    seen = {endpoint: _seen(observed["endpoints"][endpoint]) for endpoint in loaded.gateway.endpoints}
    consents = Consents(
        catalogs=frozenset(observed.get("accept_catalog", ())), deletes=frozenset(observed.get("allow_delete", ()))
    )
    lock_bytes = read_bytes(folder / "gateway.yaml")
    lock = read_lock(lock_bytes, loaded.gateway.name)
    inputs = Inputs(
        division=divide(loaded.gateway, "all", own=frozenset(), state=state.resources, ledger={}),
        observations=seen,
        consents=consents,
        lineage=state.lineage or None,
        serial=state.serial,
        lock_digest=lock_bytes.digest,
    )
    return make_plan(pin(inputs, lock, lock is not None))


def _state(path: Path, name: str) -> State:
    return decode(path.read_bytes(), path.name, name) if path.exists() else State(name=name)


def _seen(answer: dict[str, Any]) -> Observation:
    if "listed" in answer:
        models = tuple(map(_model, answer["listed"]))
        if models:
            return Observation(
                status="listed",
                catalog=Listed(models),
                code=None,
                http_status=200,
                url=answer["url"],
                latency_ms=12,
                key_sent=True,
            )
        return Observation(
            status="empty",
            catalog=Listed(()),
            code="NO_MODELS_RETURNED",
            http_status=200,
            url=answer["url"],
            latency_ms=12,
            reach="",
            summary="No models returned",
        )
    words = {name: answer.get(name, "") for name in ("summary", "detail", "hint")}
    if "skipped" in answer:
        return skipped(answer["skipped"], **words)
    code = answer["unlisted"]
    return Observation(
        status="unlisted",
        catalog=Unlisted(code, words["detail"]),
        code=code,
        http_status=answer.get("status"),
        url=answer["url"],
        latency_ms=12,
        **words,
    )


def _model(entry: str | dict[str, str]) -> ListedModel:
    if isinstance(entry, str):
        return ListedModel(entry, *purpose_of_id(entry))
    return ListedModel(entry["id"], entry["purpose"], "mode")
