"""The URL of a state: the supported stores, and the checks of a URL."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from reconciler import codes
from reconciler.codes import Code
from reconciler.pattern import pattern
from reconciler.text import did_you_mean, printable
from reconciler.values import dataclass


@dataclass(frozen=True, kw_only=True)
class StoreScheme:
    """One scheme of a state's URL. `room` is the package below `reconciler.state.stores` that implements the store.

    `credentials` tells a user where the credentials come from. `variables` are the environment variables whose values
    are checked before anything is sent. `needs` is the form that must follow `://`. An empty text allows any form.
    """

    room: str
    credentials: str = ""
    variables: tuple[str, ...] = ()
    needs: str = ""
    is_remote: bool = True
    speaks_http: bool = False  # the store gets gwctl's HTTP client


_FILE = StoreScheme(room="file", is_remote=False)
_POSTGRES = StoreScheme(
    room="postgres",
    credentials="PGPASSWORD, ~/.pgpass, or the file that PGPASSFILE names",
    variables=("PGPASSWORD", "PGUSER"),
)
_HTTP = StoreScheme(
    room="http",
    credentials="the variables that docs/reference/stores.md names",
    variables=("GWCTL_HTTP_USERNAME", "GWCTL_HTTP_PASSWORD", "TF_HTTP_USERNAME", "TF_HTTP_PASSWORD"),
    speaks_http=True,
)
SCHEMES: Mapping[str, StoreScheme] = {
    "file": _FILE,
    "postgresql": _POSTGRES,
    "postgres": _POSTGRES,
    "s3": StoreScheme(
        room="objects",
        credentials="AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
        variables=("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
        needs="BUCKET/PATH/state.json",
    ),
    "gs": StoreScheme(room="objects", credentials="GOOGLE_APPLICATION_CREDENTIALS", needs="BUCKET/PATH/state.json"),
    "az": StoreScheme(
        room="objects",
        credentials="either AZURE_STORAGE_ACCOUNT_KEY, or AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET",
        variables=(
            "AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_KEY", "AZURE_CLIENT_SECRET", "AZURE_STORAGE_SAS_TOKEN",
        ),
        needs="CONTAINER/PATH/state.json",
    ),
    "http": _HTTP,
    "https": _HTTP,
}  # fmt: skip
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")  # one letter is a Windows drive
_HOST = pattern(r"[^:]*(:\d+)?|.*\](:\d+)?")
_SECRET = pattern(r"key|token|secret|passw|pwd|auth|cred|sig", re.IGNORECASE)
_DSN = pattern(r"(^|\s)(host|password|passfile|dbname)\s*=", re.IGNORECASE)
_NO_SECRET = ("sslkey", "require_auth")  # libpq: a path, and the names of authentication methods


@dataclass(frozen=True)
class UrlFault:
    """An invalid state URL. The texts repeat only the scheme of the URL."""

    code: Code
    summary: str
    hint: str


def scheme_of(url: str) -> str:
    """Return the scheme of the URL in lower case. The scheme is empty for a bare path."""
    match = _SCHEME.match(url)
    return match[1].lower() if match else ""


def store_of(url: str) -> StoreScheme:
    """Return the scheme of a URL that `fault_of` accepts. A bare path has the scheme `file`."""
    return SCHEMES[scheme_of(url) or "file"]


def path_of(url: str) -> str:
    """Return the path of a `file:` URL. A bare path is returned unchanged."""
    return url[len(scheme_of(url)) + 1 :].removeprefix("//") if scheme_of(url) else url


def is_remote(url: str) -> bool:
    """Return true if the state is on another machine. A run then causes network traffic to read the state."""
    scheme = SCHEMES.get(scheme_of(url) or "file")
    return scheme is None or scheme.is_remote  # an unknown scheme counts as remote


def fault_of(url: str) -> UrlFault | None:
    """Return the reason why the URL is not valid, or None if the URL is valid. No request is sent."""
    scheme = scheme_of(url)
    if scheme and scheme not in SCHEMES:
        hint = did_you_mean(scheme, SCHEMES)
        return UrlFault(codes.UNKNOWN_STORE, f"there is no store `{printable(scheme, 40)}:`", hint)
    if _DSN.search(url):
        return _NO_URL
    if scheme in ("", "file"):
        return None if path_of(url).strip("/") else _EMPTY
    if not url.startswith(f"{url[: len(scheme)]}://") or not url.isprintable() or " " in url:
        return UrlFault(
            codes.UNKNOWN_STORE,
            "the URL of the state is not valid",
            f"the URL must start with {scheme}:// and have no spaces",
        )
    return _password(scheme) if _holds_a_secret(url) else _unplaced(scheme, url)


def _unplaced(scheme: str, url: str) -> UrlFault | None:
    bucket, _, key = url.partition("://")[2].partition("?")[0].partition("/")
    needs = SCHEMES[scheme].needs
    if not needs or (bucket.strip() and key.strip("/")):
        return None
    summary = "the URL of the state needs a bucket and an object"
    return UrlFault(codes.UNKNOWN_STORE, summary, f"write the URL as {scheme}://{needs}")


def _password(scheme: str) -> UrlFault:
    hint = f"remove the password from the URL, and set the password in the environment: {SCHEMES[scheme].credentials}"
    return UrlFault(codes.LITERAL_PASSWORD, "the URL of the state contains a password", hint)


# libpq's other form of a connection string: `host=db user=ana password=…`.
_NO_URL = UrlFault(
    codes.UNKNOWN_STORE, "the URL of the state is not valid", "write the URL as postgresql://USER@HOST/DATABASE"
)
_EMPTY = UrlFault(codes.UNKNOWN_STORE, "the path of the state is empty", "write `state: file:PATH`")


def _holds_a_secret(url: str) -> bool:
    """Return true if the URL contains a secret.

    The secret may be unescaped. If a password contains a `/` or `#`, `urlsplit` cuts the host off before the `@`.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return "@" in url
    user, at, _ = parts.netloc.rpartition("@")
    is_host = _HOST.fullmatch(parts.netloc) and not parts.scheme.startswith("postgres")
    cut_off = not at and "@" in url and not is_host
    named = (name for name, _ in parse_qsl(parts.query, keep_blank_values=True))
    return ":" in user or cut_off or any(_SECRET.search(name) and name not in _NO_SECRET for name in named)
