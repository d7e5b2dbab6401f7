"""The Kubernetes manifests with the resolved file of the applied endpoints. No endpoint is contacted."""

from __future__ import annotations

from reconciler import codes
from reconciler.diagnostics import error
from reconciler.engine.options import Options
from reconciler.engine.recorded.export import Exported, resolved_of
from reconciler.engine.stack.session import open_session
from reconciler.errors import Failed
from reconciler.render.formats.manifests import LARGEST, SecretStore, as_yaml, resolved_text


def export_kubernetes(options: Options, namespace: str, store: SecretStore | None) -> tuple[str, Exported]:
    """Return the manifests as YAML, and the resolved file that they contain.

    Raise `Failed` if the file is too large for a ConfigMap, and in the same cases as `export_resolved`.
    """
    exported = resolved_of(open_session(options, ()), "env")
    size = len(resolved_text(exported.document))
    if size > LARGEST:
        summary = f"The resolved file has {size} bytes: a ConfigMap has at most {LARGEST}"
        hint = "record fewer models: `discover: {include: [PATTERN]}` under the endpoints"
        raise Failed(error(codes.TOO_LARGE_TO_EXPORT, summary, detail="Nothing was printed.", hint=hint))
    return as_yaml(exported.document, namespace, store), exported
