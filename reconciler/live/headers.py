"""The headers of a request: the preset's, the file's, and one for the key where there is a key."""

from __future__ import annotations

from reconciler.live.target import Target


def headers_for(target: Target, url: str) -> dict[str, str]:
    """Return the headers; keys only to their own origin, and no auth header without a key."""
    headers = dict(target.preset.headers) | dict(target.literals)
    if not target.may_have_key(url):
        return headers
    headers |= {header_key.name: header_key.value() for header_key in target.header_keys}
    if target.key is not None:
        auth = target.preset.auth
        value = target.key.reveal()
        headers[auth.header] = f"{auth.scheme} {value}" if auth.scheme else value
    return headers
