"""The trusted CAs and the client certificate of a connection.

Servers are always verified. No other module imports truststore.
"""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Never

import truststore

from reconciler import codes
from reconciler.errors import GatewayError
from reconciler.files.fault import FileFault
from reconciler.files.read_file import check_file, read_file
from reconciler.files.working_tree import LARGEST, digest_of
from reconciler.live.fault import Fault
from reconciler.resources.tls import Tls, TlsFile
from reconciler.secrets.binding import Binding, certificate_secret
from reconciler.text import printable, sentence


class _Encrypted(GatewayError):
    """The client key is encrypted, but gwctl does not ask for a passphrase."""


def no_trust() -> ssl.SSLContext:
    """Return a TLS context without trusted CAs, for connections without TLS. Loading CAs would be slow."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def context_for(tls: Tls | None, certificate: Binding | None) -> ssl.SSLContext:
    """Return a TLS context that trusts the system's roots and the CA file.

    Raise `Fault` if a file cannot be used. The client certificate is opened only if its binding allows the use.
    """
    context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if tls and tls.ca_file:
        _trust(context, tls.ca_file)
    if tls and tls.client_cert and certificate:
        _show(context, tls.client_cert, tls.client_key, certificate)
    return context


def _trust(context: ssl.SSLContext, file: TlsFile) -> None:
    name = _readable(file, "CA file", "ca_file")
    try:
        if file.content:
            context.load_verify_locations(cadata=_as_agreed(file, name))
        else:
            context.load_verify_locations(cafile=file.resolved)
    except (OSError, ValueError):
        raise _unusable(f"the CA file {name} contains no readable certificate", "ca_file") from None


def _as_agreed(file: TlsFile, name: str) -> str:
    """Return the content of a CA file that a `git pull` may change.

    Raise `Fault` if the content differs from the content that the user agreed to.
    """
    data = read_file(Path(file.resolved), LARGEST)
    if digest_of(data) != file.content:
        raise Fault(
            codes.UNREACHABLE, f"TLS: the CA file {name} changed while gwctl was running.", "run the command again"
        )
    return data.decode("ascii", "ignore")  # comments may have any encoding


def _show(context: ssl.SSLContext, certificate: TlsFile, key: TlsFile | None, binding: Binding) -> None:
    files = [tls_file for tls_file in (certificate, key) if tls_file]
    binding.require(
        certificate_secret([tls_file.path for tls_file in files], [tls_file.resolved for tls_file in files])
    )
    names = _readable(certificate, "client certificate", "client_cert")
    if key:
        names += f" with the client key {_readable(key, 'client key', 'client_key')}"
    try:
        context.load_cert_chain(certificate.resolved, key.resolved if key else None, _no_passphrase)
    except _Encrypted:
        hint = (
            "store the key without a passphrase, readable only by you (chmod 600): gwctl does not ask for a passphrase"
        )
        name = printable((key or certificate).path, 120)
        raise Fault(codes.UNREACHABLE, f"TLS: the client key {name} is encrypted.", hint) from None
    except (OSError, ValueError) as fault:
        raise _unusable(f"the client certificate {names} cannot be used: {_why(fault, key)}", "client_cert") from None


def _no_passphrase() -> Never:
    raise _Encrypted


def _why(fault: Exception, key: TlsFile | None) -> str:
    if getattr(fault, "reason", None) == "KEY_VALUES_MISMATCH":
        return "the certificate and the key do not belong together"
    if key:
        return "one of the two files is not a PEM file of the expected kind"
    return "the file does not contain both a certificate and a key"


def _readable(file: TlsFile, what: str, field: str) -> str:
    """Return the name of a TLS file in a form that is safe to show.

    Raise `Fault` if the file is missing, unreadable or not a regular file.
    """
    name = printable(file.path, 120)
    try:
        check_file(Path(file.resolved), LARGEST)
    except FileNotFoundError:
        raise _unusable(f"the {what} {name} does not exist", field) from None
    except FileFault as fault:
        raise _unusable(f"the {what} {name} is not a file: {fault.strerror}", field) from None
    except OSError as fault:
        why = sentence(fault.strerror or "no reason given", 80)
        raise _unusable(f"the {what} {name} cannot be read: {why}", field) from None
    return name


def _unusable(what: str, field: str) -> Fault:
    hint = f"check `tls.{field}`: write the path of a PEM file, relative to the gateway file"
    return Fault(codes.UNREACHABLE, f"TLS: {what}.", hint)
