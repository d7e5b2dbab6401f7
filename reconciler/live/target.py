"""What an exchange with one endpoint needs, key included."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.diagnostics import Diagnostic
from reconciler.presets.preset import Preset
from reconciler.resources.urls import normalise_base_url, origin
from reconciler.secrets.key import Key


@dataclass(frozen=True)
class Target:
    """One endpoint, ready to be asked; `timeout` in seconds is for the whole exchange."""

    name: str
    base_url: str
    preset: Preset
    headers: tuple[tuple[str, str], ...]
    timeout: float
    key: Key | None
    discover: bool = True
    key_from: str = ""  # the reference that gave the key, in words
    said: tuple[Diagnostic, ...] = ()  # of the key, before it is sent

    def may_have_key(self, url: str) -> bool:
        """Whether the key may go to that URL: the endpoint's own origin, or a further one of its preset.

        The preset's further origins count only while the base URL is the preset's own.
        """
        if origin(url) == origin(self.base_url):
            return True
        own = "{" not in self.preset.base_url and bool(self.preset.base_url)
        return own and self.base_url == normalise_base_url(self.preset.base_url) and origin(url) in self.preset.origins
