"""reconciler/codes.html, the page to which the codes in a terminal lead: python -m tests.docs.generated."""

from __future__ import annotations

import re
from html import escape

from reconciler.cli.console.links import PAGE
from reconciler.codes import EXPLANATIONS

__all__ = ["PAGE", "page"]

_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>The codes of gwctl</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 45rem; margin: 2rem auto; padding: 0 1rem }
h2 { font: 600 1rem/1.5 ui-monospace, monospace; margin: 2rem 0 0 }
h2:target { outline: 2px solid; outline-offset: .25rem }
p { margin: .25rem 0 }
</style>
</head>
<body>
<h1>The codes of gwctl</h1>
<p>Every error, warning and note has a code. <code>gwctl explain CODE</code> prints the same text.</p>
"""


def page() -> str:
    """Return the page: one file that loads nothing, with an anchor for each code."""
    sections = (_section(code, *sentences) for code, sentences in EXPLANATIONS.items())
    return f"{_HEAD}{''.join(sections)}</body>\n</html>\n"


def _section(code: str, meaning: str, action: str) -> str:
    return f'<h2 id="{code}">{code}</h2>\n<p>{_inline(meaning)}</p>\n<p>What to do: {_inline(action)}</p>\n'


def _inline(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
