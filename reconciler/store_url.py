"""Where a state may be kept, as its URL says it: which stores there are, and what no URL may hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from reconciler import codes
from reconciler.codes import Code
from reconciler.text import did_you_mean, printable

# Each store's scheme, and where its credentials come from.
SCHEMES = {
    "file": "",
    "postgresql": "PGPASSWORD, ~/.pgpass, or the file that PGPASSFILE names",
    "postgres": "PGPASSWORD, ~/.pgpass, or the file that PGPASSFILE names",
    "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    "gs": "GOOGLE_APPLICATION_CREDENTIALS",
    "az": "AZURE_STORAGE_ACCOUNT_KEY, or AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET",
    "http": "the variables that docs/reference/stores.md names",
    "https": "the variables that docs/reference/stores.md names",
}
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")  # one letter is a Windows drive
_HOST = re.compile(r"[^:]*(:\d+)?|.*\](:\d+)?")
_SECRET = re.compile(r"key|token|secret|passw|pwd|auth|cred|sig", re.IGNORECASE)
_DSN = re.compile(r"(^|\s)(host|password|passfile|dbname)\s*=", re.IGNORECASE)
_WHERE = {"s3": "BUCKET/PATH/state.json", "gs": "BUCKET/PATH/state.json", "az": "CONTAINER/PATH/state.json"}
_NO_SECRET = ("sslkey", "require_auth")  # a path, and the names of methods, to libpq


@dataclass(frozen=True)
class UrlFault:
    """What is wrong with a state's URL; no part of it but its scheme is repeated."""

    code: Code
    summary: str
    hint: str


def scheme_of(url: str) -> str:
    """Its scheme in lower case; empty for a bare path."""
    match = _SCHEME.match(url)
    return match[1].lower() if match else ""


def path_of(url: str) -> str:
    """The path of a `file:` URL, or the bare path that it is."""
    return url[len(scheme_of(url)) + 1 :].removeprefix("//") if scheme_of(url) else url


def is_remote(url: str) -> bool:
    """Whether the state is kept on another machine, so that a look at it is traffic."""
    return scheme_of(url) not in ("", "file")


def fault_of(url: str) -> UrlFault | None:
    """Why no store can be had by that URL, before anybody is asked; None when one may be."""
    scheme = scheme_of(url)
    if scheme and scheme not in SCHEMES:
        hint = did_you_mean(scheme, SCHEMES)
        return UrlFault(codes.UNKNOWN_STORE, f"the state is kept in no store called `{printable(scheme, 40)}:`", hint)
    if _DSN.search(url):
        return _NO_URL
    if scheme in ("", "file"):
        return None if path_of(url).strip("/") else _EMPTY
    if not url.startswith(f"{url[: len(scheme)]}://") or not url.isprintable() or " " in url:
        return UrlFault(
            codes.UNKNOWN_STORE, "the state's URL is not one", f"it begins with {scheme}://, and has no spaces"
        )
    return _password(scheme) if _holds_a_secret(url) else _unplaced(scheme, url)


def _unplaced(scheme: str, url: str) -> UrlFault | None:
    bucket, _, key = url.partition("://")[2].partition("?")[0].partition("/")
    if scheme not in _WHERE or (bucket.strip() and key.strip("/")):
        return None
    summary = "the state's URL names no bucket, or no object in it"
    return UrlFault(codes.UNKNOWN_STORE, summary, f"write it as {scheme}://{_WHERE[scheme]}")


def _password(scheme: str) -> UrlFault:
    hint = f"take it out; it comes from the environment: {SCHEMES[scheme]}"
    return UrlFault(codes.LITERAL_PASSWORD, "the state's URL holds a password: a password is never written", hint)


# What libpq takes as well: `host=db user=ana password=…`.
_NO_URL = UrlFault(codes.UNKNOWN_STORE, "the state's URL is not one", "write it as postgresql://USER@HOST/DATABASE")
_EMPTY = UrlFault(codes.UNKNOWN_STORE, "the state's path is empty", "write `state: file:PATH`")


def _holds_a_secret(url: str) -> bool:
    """Also one that nobody escaped: with a / or # in it the rest of the URL is read as something else."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "@" in url
    user, at, _ = parts.netloc.rpartition("@")
    is_host = _HOST.fullmatch(parts.netloc) and not parts.scheme.startswith("postgres")
    cut_off = not at and "@" in url and not is_host
    named = (name for name, _ in parse_qsl(parts.query, keep_blank_values=True))
    return ":" in user or cut_off or any(_SECRET.search(name) and name not in _NO_SECRET for name in named)
