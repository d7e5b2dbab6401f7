"""The headers of a request, from the preset and from the gateway file, and the header with the key."""

from __future__ import annotations

from reconciler.live.target import Target


def headers_for(target: Target, url: str) -> dict[str, str]:
    """Return the headers for a request to `url`. Keys are included only if the origin of `url` may receive the keys."""
    headers = dict(target.preset.headers) | dict(target.literals)
    if not target.keys or not target.may_have_key(url):
        return headers
    headers |= {header_key.name: header_key.value() for header_key in target.header_keys}
    if target.key is not None:
        auth = target.preset.auth
        value = target.key.reveal()
        headers[auth.header] = f"{auth.scheme} {value}" if auth.scheme else value
    return headers
