"""Building the field `tls` of an endpoint: paths of PEM files. gwctl opens these files only for a request."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reconciler import codes
from reconciler.diagnostics import Diagnosing, Diagnostic, Source, error, warning
from reconciler.files.read_file import from_home
from reconciler.resources.tls import Tls, TlsFile
from reconciler.yaml.tree import MappingNode, Scalar, place

_HINT = "set ca_file, client_cert or both; set client_key if the key is in another file"


def build_tls(root: MappingNode, name: str, node: MappingNode) -> Diagnosing[Tls | None]:
    """Return the files in `tls:`. A relative path starts at the directory of the gateway file that has the path."""
    tls = node.nodes.get("tls")
    if not isinstance(tls, MappingNode):
        return None
    yield from _faults(tls, _at(root, name))
    return Tls(*(_file(tls, field) for field in ("ca_file", "client_cert", "client_key")))


def about_plain_http(root: MappingNode, name: str, base_url: str, tls: Tls | None) -> Iterator[Diagnostic]:
    """Yield a warning if the base URL uses plain http, because requests then use no TLS files."""
    if tls and base_url.startswith("http:"):
        summary = f"`tls` is not used: the base URL of `endpoints.{name}` is plain http"
        yield warning(
            codes.UNUSED_TLS, summary, hint="use https://, or remove `tls:`", address=None, source=_at(root, name)
        )


def _at(root: MappingNode, name: str) -> Source:
    return place(root, ("endpoints", name, "tls"))


def _faults(node: MappingNode, where: Source) -> Iterator[Diagnostic]:
    if not node.nodes:
        yield error(codes.BAD_TLS, "`tls` has no file", hint=_HINT, source=where)
    if "client_key" in node.nodes and "client_cert" not in node.nodes:
        summary = "`client_key` needs `client_cert`"
        yield error(codes.BAD_TLS, summary, hint="add the certificate", source=node.places["client_key"])
    for field, value in node.nodes.items():
        if isinstance(value, Scalar) and isinstance(value.value, str) and not value.value.strip():
            yield error(codes.BAD_TLS, f"`tls.{field}` is empty", hint="add the path of the file", source=value.source)


def _file(node: MappingNode, field: str) -> TlsFile | None:
    value = node.nodes.get(field)
    if not isinstance(value, Scalar) or not isinstance(value.value, str):
        return None
    path = from_home(value.value)
    return TlsFile(value.value, str((Path(value.source.file).parent / path).absolute()))
