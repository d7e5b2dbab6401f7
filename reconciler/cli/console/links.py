"""Links in a terminal (OSC 8) from the code of a message to its explanation.

https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda describes the sequence.
https://github.com/Alhadis/OSC8-Adoption lists the terminals that understand the sequence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from reconciler.pattern import pattern

PAGE = Path(__file__).parents[2] / "codes.html"
_CODE = pattern(r"(\x1b\[2m ?\[)([A-Z][A-Z_]+)(\]\x1b\[0m)")  # as `to_text` paints it: no other text has the escapes
_TERMINALS = ("alacritty", "contour", "foot", "xterm-ghostty", "xterm-kitty")
_PROGRAMS = ("ghostty", "iTerm.app", "rio", "Tabby", "vscode", "WezTerm")
_MARKS = ("DOMTERM", "KITTY_WINDOW_ID", "KONSOLE_VERSION", "WT_SESSION")
_FIRST_VTE = 5000  # 0.50, as the variable spells it


def understands_links(environ: Mapping[str, str]) -> bool:
    """Return whether the terminal shows links and can open a file of this machine.

    The variable FORCE_HYPERLINK decides first. A terminal that is connected through SSH cannot open files of this
    machine.
    """
    if environ.get("FORCE_HYPERLINK"):
        return environ["FORCE_HYPERLINK"] != "0"
    if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"):
        return False
    version = environ.get("VTE_VERSION", "")
    is_known = environ.get("TERM") in _TERMINALS or environ.get("TERM_PROGRAM") in _PROGRAMS
    return is_known or any(map(environ.get, _MARKS)) or (version.isdecimal() and int(version) >= _FIRST_VTE)


def linked(text: str) -> str:
    """Return the coloured text with a link at each message code. The link leads to the page installed with gwctl."""

    def link(found: re.Match[str]) -> str:
        before, code, after = found.groups()
        return f"{before}\x1b]8;;{PAGE.as_uri()}#{code}\x1b\\{code}\x1b]8;;\x1b\\{after}"

    return _CODE.sub(link, text)
