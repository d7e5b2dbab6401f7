"""The presets that a gateway file can use: the presets in the file, and the built-in presets."""

from __future__ import annotations

from reconciler.config.load import load
from reconciler.diagnostics import Diagnostic
from reconciler.engine.options import Options
from reconciler.files.read_file import is_there
from reconciler.presets.load import load_all
from reconciler.presets.preset import Preset


def known_presets(options: Options, asked: bool) -> tuple[list[Preset], tuple[Diagnostic, ...]]:
    """Return the presets and the diagnostics about the gateway file. The file's own presets come first.

    Without a gateway file, return the built-in presets. If -f named a missing file (`asked`), report the missing file.
    """
    if not asked and not is_there(options.files[0]):
        return load_all(), ()
    loaded = load(options.files, options.variables, options.environ)
    own = list(loaded.gateway.presets.values()) if loaded.gateway else []
    return [*own, *load_all()], () if loaded.gateway else loaded.diagnostics
