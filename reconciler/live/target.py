"""The inputs of an exchange with one endpoint, including the key."""

from __future__ import annotations

from dataclasses import field

from reconciler.diagnostics import Diagnostic
from reconciler.live.dialect import Dialect, dialect_of
from reconciler.live.http.proxy import Route
from reconciler.presets.preset import Preset
from reconciler.resources.urls import normalise_base_url, origin
from reconciler.secrets.header import HeaderLiteral
from reconciler.secrets.key import Key
from reconciler.values import dataclass


@dataclass(frozen=True)
class HeaderKey:
    """A header whose value is a key, and the word before the key in the header."""

    name: str
    key: Key
    scheme: str = ""

    def value(self) -> str:
        """Return the header's value."""
        return f"{self.scheme} {self.key.reveal()}" if self.scheme else self.key.reveal()


@dataclass(frozen=True, kw_only=True)
class Target:
    """One endpoint with everything that a request needs. `timeout` is the limit for the whole exchange, in seconds."""

    name: str
    base_url: str
    preset: Preset
    headers: tuple[tuple[str, HeaderLiteral] | HeaderKey, ...]
    timeout: float
    key: Key | None
    discover: bool = True
    key_from: str = ""  # the reference that the key comes from, in words
    route: Route = field(default_factory=Route)
    diagnostics: tuple[Diagnostic, ...] = ()  # of the checks of the key

    @property
    def dialect(self) -> Dialect:
        """The endpoint's dialect."""
        return dialect_of(self.preset.dialect)

    @property
    def literals(self) -> tuple[tuple[str, str], ...]:
        """The (header, value) pairs of headers whose values are written in the gateway file."""
        return tuple((header[0], header[1].value) for header in self.headers if isinstance(header, tuple))

    @property
    def header_keys(self) -> tuple[HeaderKey, ...]:
        """The headers whose values are keys."""
        return tuple(header for header in self.headers if isinstance(header, HeaderKey))

    @property
    def keys(self) -> tuple[Key, ...]:
        """Every key that a request may carry."""
        return (*((self.key,) if self.key else ()), *(header_key.key for header_key in self.header_keys))

    def may_have_key(self, url: str) -> bool:
        """Return whether a key may be sent to this URL.

        The origin must be the endpoint's own origin or a further origin of its preset. The further origins count only
        if the endpoint uses the preset's base URL.
        """
        if origin(url) == origin(self.base_url):
            return True
        own = "{" not in self.preset.base_url and bool(self.preset.base_url)
        return own and self.base_url == normalise_base_url(self.preset.base_url) and origin(url) in self.preset.origins
