"""The URLs, methods, user and password for a state server, from the state's URL and the environment.

    GWCTL_HTTP_USERNAME, GWCTL_HTTP_PASSWORD       basic authentication
    GWCTL_HTTP_ADDRESS                             if set: the password is sent only to this origin
    GWCTL_HTTP_UPDATE_METHOD                       POST
    GWCTL_HTTP_LOCK_ADDRESS, …_LOCK_METHOD         default: the URL of the state, LOCK
    GWCTL_HTTP_UNLOCK_ADDRESS, …_UNLOCK_METHOD     default: the URL of the lock, UNLOCK

The variables have the meaning of Terraform's TF_HTTP_…. From TF_HTTP_…, gwctl reads only user and password, and only
for the origin of TF_HTTP_ADDRESS. gwctl recognises a state in GitLab by the path of the URL. The
lock of such a state is at /lock, with POST and DELETE.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit, urlunsplit

from reconciler import codes
from reconciler.diagnostics import error
from reconciler.errors import Failed
from reconciler.resources.urls import is_loopback, origin
from reconciler.secrets.binding import Binding
from reconciler.secrets.key import Key
from reconciler.state.stores import errors
from reconciler.state.stores.credential import Credential, credential, require
from reconciler.text import sentence
from reconciler.values import dataclass

_GITLAB = re.compile(r"/api/v4/projects/[^/]+/terraform/state/[^/]+$")
_METHOD = re.compile(r"[A-Z]{1,20}")
_TO_ITSELF = "set GWCTL_HTTP_ADDRESS to the URL of the state if the password is for this server"


@dataclass(frozen=True, kw_only=True)
class HttpStoreSettings:
    """The settings of the requests for one state. The password is sent only in a header."""

    url: str
    lock_url: str
    unlock_url: str
    update_method: str
    lock_method: str
    unlock_method: str
    is_gitlab: bool
    user: str
    password: Key | None

    @property
    def place(self) -> str:
        """The URL for messages, without its query."""
        return sentence(urlunsplit(urlsplit(self.url)._replace(query="")))


def credential_of(url: str, environ: Mapping[str, str]) -> Credential | None:
    """Return the credential that the environment has for the URL's server. The first user and password are used.

    Return None if there is no user or password, or if the URL cannot be used. `addressed` reports such a URL.
    """
    prefix = _prefix(url, environ)
    try:
        return credential(f"{prefix}_PASSWORD", origin(url), is_near=is_loopback(url)) if prefix else None
    except ValueError:
        return None


def addressed(url: str, environ: Mapping[str, str], binding: Binding | None = None) -> HttpStoreSettings:
    """Return the settings for the URL of a state.

    Raise `Failed` if the URL or a variable cannot be used, or if the password must not be sent to the server.
    """
    url = asked_by(url)
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    is_gitlab = _GITLAB.search(path) is not None
    lock_url = _other(url, "LOCK", environ) or (urlunsplit(parts._replace(path=f"{path}/lock")) if is_gitlab else url)
    user, password = _credentials(url, environ, binding)
    return HttpStoreSettings(
        url=url,
        lock_url=lock_url,
        unlock_url=_other(url, "UNLOCK", environ) or lock_url,
        update_method=_method("UPDATE", "POST", environ),
        lock_method=_method("LOCK", "POST" if is_gitlab else "LOCK", environ),
        unlock_method=_method("UNLOCK", "DELETE" if is_gitlab else "UNLOCK", environ),
        is_gitlab=is_gitlab,
        user=user,
        password=password,
    )


def asked_by(url: str) -> str:
    """Return the URL of a state in the normalised form that requests use. Raise `Failed` if the URL cannot be used."""
    parts = _parts(url, "it")
    path = parts.path.rstrip("/")
    return urlunsplit(parts._replace(path=path if _GITLAB.search(path) else parts.path, fragment=""))


def canonical(place: str) -> str:
    """Return a recorded URL of a state in normalised form. An older gwctl recorded the URL as the user wrote it."""
    try:
        return asked_by(place)
    except Failed:  # the message is shown when the store is opened
        return place


def _parts(url: str, what: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not url.isprintable() or " " in url:
        raise _misunderstood(f"{what} is not an http:// or https:// URL with a host")
    if parts.username is not None or parts.password is not None:
        raise _misunderstood(f"{what} contains a user or password; set GWCTL_HTTP_USERNAME and _PASSWORD instead")
    return parts


def _misunderstood(why: str) -> Failed:
    return errors.misunderstood("http", why)  # the URL is not repeated: it may hold a password


def _other(url: str, which: str, environ: Mapping[str, str]) -> str:
    """Return the URL for the lock or unlock request.

    The URL must be on the host of the state, because the password is sent to this host.
    """
    name = f"GWCTL_HTTP_{which}_ADDRESS"
    written = environ.get(name, "")
    if written and origin(urlunsplit(_parts(written, name))) != origin(url):
        raise _misunderstood(f"{name} is on another host than the state, {origin(url)}")
    return written


def _method(which: str, usual: str, environ: Mapping[str, str]) -> str:
    name = f"GWCTL_HTTP_{which}_METHOD"
    method = environ.get(name) or usual
    if not _METHOD.fullmatch(method):
        raise _misunderstood(f"{name} is not an HTTP method; an example is {usual}")
    return method


def _prefix(url: str, environ: Mapping[str, str]) -> str:
    """Return the prefix of the variables with the user and password for the URL.

    Return "" if no user and no password are set for the URL.
    """
    for prefix in ("GWCTL_HTTP", "TF_HTTP"):
        user, password, bound = _given(prefix, environ)
        if (user or password) and (prefix != "TF_HTTP" or (bound and _same_origin(bound, url))):
            return prefix
    return ""


def _given(prefix: str, environ: Mapping[str, str]) -> tuple[str, str, str]:
    user, password, address = (environ.get(f"{prefix}_{name}", "") for name in ("USERNAME", "PASSWORD", "ADDRESS"))
    return user, password, address


def _credentials(url: str, environ: Mapping[str, str], binding: Binding | None) -> tuple[str, Key | None]:
    prefix = _prefix(url, environ)
    if not prefix:
        return "", None
    user, password, bound = _given(prefix, environ)
    _may_have(url, user, bound or _job_server(user, environ), f"{prefix}_USERNAME")
    require(credential_of(url, environ), binding)
    return user, Key(password)


def _job_server(user: str, environ: Mapping[str, str]) -> str:
    """Return the URL of the GitLab server that accepts the job token.

    Return "" if the user is not the user of a job token.

    https://docs.gitlab.com/ci/jobs/ci_job_token/
    """
    return environ.get("CI_API_V4_URL", "") if user == "gitlab-ci-token" else ""


def _may_have(url: str, user: str, bound: str, name: str) -> None:
    """Raise `Failed` if the password must not be sent to the URL."""
    if not user:
        raise _withheld(
            url, f"{name} is not set", f"set {name} as well: GitLab requires a user with every kind of token"
        )
    if ":" in user:  # RFC 7617, 2: the password starts after the first colon
        raise _withheld(url, f"{name} contains a colon", "set the user and the password in separate variables")
    if bound and not _same_origin(bound, url):
        raise _withheld(url, f"the password is meant for {_shown(bound)}", _TO_ITSELF)
    if url.startswith("http:") and not is_loopback(url):
        raise _withheld(url, "the password would be sent unencrypted", "use https://")


def _same_origin(one: str, other: str) -> bool:
    try:
        return origin(one) == origin(other)
    except ValueError:
        return False


def _shown(url: str) -> str:
    try:
        return sentence(origin(url), 120)
    except ValueError:
        return "another host"


def _withheld(url: str, why: str, hint: str) -> Failed:
    summary = f"The password of the state server was not sent to {_shown(url)}: {why}"
    return Failed(error(codes.PASSWORD_WITHHELD, summary, detail="Nothing was done.", hint=hint))
