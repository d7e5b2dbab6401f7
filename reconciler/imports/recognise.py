"""The search for the preset of a server by the server's base URL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from reconciler.presets.load import load_all
from reconciler.presets.preset import Preset
from reconciler.resources.urls import is_loopback, origin

_REST = ("", "/v1")  # allowed after the path of a preset: many tools require /v1 in the base URL
_PART = re.compile(r"\\\{[^{}]*\\\}")


def recognised(url: str) -> tuple[Preset | None, str]:
    """Return the preset with this base URL, and the URL with the path of the preset.

    `url` is normalised. If no preset fits, or several presets fit, return None and the unchanged URL.
    """
    found = list(_candidates(url))
    best = max((len(path) for _, path in found), default=0)
    fitting = [(preset, path) for preset, path in found if len(path) == best]
    if len(fitting) != 1:
        return None, url
    preset, path = fitting[0]
    return preset, _at_origin(url) + path


def _candidates(url: str) -> Iterator[tuple[Preset, str]]:
    """Yield (preset, path) for each preset with the host of the URL.

    The path is the part of the URL's path that belongs to the preset's base URL. If the URL has no path, it gets the
    path of the preset.
    """
    here, path = _named(url), urlsplit(url).path
    for preset in load_all():
        if not preset.base_url:
            continue
        pattern = urlsplit(preset.base_url)
        if not re.fullmatch(_open(_named(preset.base_url), "[^./]+"), here):
            continue
        if not path and "{" not in pattern.path:
            yield preset, pattern.path
        elif (match := re.match(_open(pattern.path, "[^/]+"), path)) and path[match.end() :] in _REST:
            yield preset, match[0]


def _named(url: str) -> str:
    """Return the origin of a URL. Every name of this machine becomes `localhost`."""
    parts = urlsplit(url)
    if "{" in parts.netloc:
        return f"{parts.scheme}://{parts.netloc}"
    return f"{parts.scheme}://localhost:{parts.port}" if is_loopback(url) else origin(url)


def _at_origin(url: str) -> str:
    return url[: len(url) - len(urlsplit(url).path)]


def _open(pattern: str, part: str) -> str:
    return _PART.sub(part, re.escape(pattern))
