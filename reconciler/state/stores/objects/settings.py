"""The bucket, the object and the settings of a store, from the URL and the environment. No request is sent.

s3://BUCKET/KEY?region=REGION&endpoint=URL      AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, …
gs://BUCKET/KEY                                 GOOGLE_APPLICATION_CREDENTIALS, GOOGLE_SERVICE_ACCOUNT_KEY, …
az://CONTAINER/KEY?account=NAME                 AZURE_STORAGE_ACCOUNT_KEY, AZURE_CLIENT_ID, …
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from urllib.parse import parse_qsl, urlsplit

from reconciler.resources.urls import is_loopback, origin
from reconciler.state.stores.credential import Credential, credential
from reconciler.values import dataclass

_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{2,221}")
_PART_OF_A_HOST = re.compile(r"[A-Za-z0-9-]+")  # values that the library puts into the server's name
_KEY = re.compile(r"[A-Za-z0-9!_.*'()=@:+,-]+(/[A-Za-z0-9!_.*'()=@:+,-]+)*")


@dataclass(frozen=True, kw_only=True)
class StorageKind:
    """One kind of object storage. The object storage library also reads variables that are not named here."""

    class_name: str  # in obstore.store
    parameters: Mapping[str, str]  # {parameter of the URL: the library's name for it}
    variables: tuple[str, ...]
    endpoints: tuple[str, ...]  # the variables that may name another server
    hint: str  # how to set credentials
    allow_http: str  # the variable that allows plain http
    server: str  # the URL of the vendor's server
    credentials: str  # stands for all variables with credentials, and for those of a cloud machine
    by_version: bool = False  # a conditional write names the version, not the ETag


@dataclass(frozen=True, kw_only=True)
class ObjectPlace:
    """A bucket, the name of an object (`key`), and the settings for access. The settings contain secrets."""

    kind: StorageKind
    bucket: str
    key: str
    settings: dict[str, str] = field(repr=False)
    plain_http: bool
    near: str  # the server's host if it is this machine; else ""
    server: str  # the URL of the server; by default the vendor's


KINDS = {
    "s3": StorageKind(
        class_name="S3Store",
        parameters={"region": "region", "endpoint": "endpoint"},
        variables=(
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
            "AWS_REGION",
            "AWS_DEFAULT_REGION",
        ),
        endpoints=("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"),
        hint="set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; to use a profile, run "
        'eval "$(aws configure export-credentials --format env)"',
        allow_http="AWS_ALLOW_HTTP",
        server="https://s3.amazonaws.com",
        credentials="AWS_*",
    ),
    "gs": StorageKind(
        class_name="GCSStore",
        parameters={},
        variables=(
            "GOOGLE_APPLICATION_CREDENTIALS",
            "GOOGLE_SERVICE_ACCOUNT",
            "GOOGLE_SERVICE_ACCOUNT_KEY",
            "GOOGLE_BEARER_TOKEN",
        ),
        endpoints=("GOOGLE_BASE_URL",),
        hint="either set GOOGLE_APPLICATION_CREDENTIALS to a service account's file, or set GOOGLE_BEARER_TOKEN, or "
        "run `gcloud auth application-default login`",
        allow_http="GOOGLE_ALLOW_HTTP",
        server="https://storage.googleapis.com",
        credentials="GOOGLE_*",
        by_version=True,
    ),
    "az": StorageKind(
        class_name="AzureStore",
        parameters={"account": "account_name"},
        variables=(
            "AZURE_STORAGE_ACCOUNT_NAME",
            "AZURE_STORAGE_ACCOUNT_KEY",
            "AZURE_STORAGE_SAS_TOKEN",
            "AZURE_STORAGE_TOKEN",
            "AZURE_TENANT_ID",
            "AZURE_CLIENT_ID",
            "AZURE_CLIENT_SECRET",
        ),
        endpoints=("AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT"),
        hint="either set AZURE_STORAGE_ACCOUNT_KEY, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET; "
        "to use the login of `az`, set AZURE_USE_AZURE_CLI=true",
        allow_http="AZURE_ALLOW_HTTP",
        server="https://{account}.blob.core.windows.net",
        credentials="AZURE_*",
    ),
}


def find(url: str, environ: Mapping[str, str]) -> ObjectPlace:
    """Return the bucket, the key and the settings for the URL and the environment.

    Raise ValueError, without a secret, if the URL cannot be used.
    """
    parts = urlsplit(url)
    kind, key = KINDS[parts.scheme.lower()], parts.path.lstrip("/")
    if not _BUCKET.fullmatch(parts.netloc):
        raise ValueError("a bucket name has at least three characters of a-z, 0-9, . _ and -")
    if not _KEY.fullmatch(key):
        raise ValueError("the object name is missing after the bucket, as in /team/state.json")
    settings = {name.lower(): environ[name] for name in (*kind.variables, *kind.endpoints) if environ.get(name)}
    settings |= _said(parts.query, kind)
    if kind is KINDS["az"] and not settings.keys() & {"account_name", "azure_storage_account_name"}:
        raise ValueError("the account is missing: either write ?account=NAME, or set AZURE_STORAGE_ACCOUNT_NAME")
    endpoint = next((settings[name] for name in ("endpoint", *map(str.lower, kind.endpoints)) if name in settings), "")
    near = urlsplit(endpoint).hostname or "" if is_loopback(endpoint) else ""
    server = endpoint or kind.server.format(account=_account(settings))
    return ObjectPlace(
        kind=kind,
        bucket=parts.netloc,
        key=key,
        settings=settings,
        plain_http=_is_plain(endpoint, kind, environ),
        near=near,
        server=server,
    )


def credential_of(url: str, environ: Mapping[str, str]) -> Credential | None:
    """Return the credential for the URL's server. Return None if the URL cannot be used. `find` reports such a URL.

    A usable URL always has a credential, because the object storage library searches many sources.
    """
    try:
        place = find(url, environ)
        return credential(place.kind.credentials, origin(place.server), f"/{place.bucket}", bool(place.near))
    except ValueError:
        return None


def _account(settings: Mapping[str, str]) -> str:
    return settings.get("account_name") or settings.get("azure_storage_account_name", "")


def _said(query: str, kind: StorageKind) -> dict[str, str]:
    """Return the settings in the URL. They override the environment."""
    query_fields = dict(parse_qsl(query, keep_blank_values=True))
    unknown = sorted(query_fields.keys() - kind.parameters.keys())
    if unknown:
        known = " or ".join(f"`{name}`" for name in kind.parameters) or "not allowed"
        raise ValueError(f"the query of the URL can have only these parameters: {known}")
    for name in query_fields.keys() - {"endpoint"}:
        if not _PART_OF_A_HOST.fullmatch(query_fields[name]):
            raise ValueError(f"`{name}` is part of the server name and can have only letters, digits and hyphens")
    return {kind.parameters[name]: value for name, value in query_fields.items()}


def _is_plain(endpoint: str, kind: StorageKind, environ: Mapping[str, str]) -> bool:
    if not endpoint.lower().startswith("http://"):
        return False
    if not (is_loopback(endpoint) or environ.get(kind.allow_http, "").lower() in ("1", "true")):
        raise ValueError(f"the server uses plain http: set {kind.allow_http}=true to allow plain http")
    return True
