"""The docs site: python -m tests.docs.site [FOLDER] [URL]. The folder is site/, and the URL is where it will be served.

zensical.toml has the navigation and the look. The site is complete in itself: a file outside of docs/ that a page links
to is in the site too, below repository/. A link that leads nowhere, and a resource from another host, fail the build.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from tests.docs import site_links

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "zensical.toml"
NOWHERE = "http://site.invalid/"  # until the links are relative; no page has this URL in its text
_CANONICAL = re.compile(rf'<link rel="canonical" href="{re.escape(NOWHERE)}[^"]*">\n?')
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_SENTENCE_END = re.compile(r"(?<=[^.][.?])\s+(?=[A-Z`*]|gwctl)")
_PARTS = re.compile(r"^```.*?^```$|`[^`\n]*`|\]\(([^)\s#]*)([^)\s]*)\)", re.MULTILINE | re.DOTALL)


def main(words: list[str]) -> int:
    """Build the site. Return 1 if something in it is broken."""
    folder, url = Path(words[0] if words else "site"), words[1] if len(words) > 1 else ""
    build(folder, url)
    faults = site_links.faults(folder, urlsplit(url).path or "/")
    print("\n".join(faults) or f"{folder}: {len(list(folder.rglob('index.html')))} pages")
    return 1 if faults else 0


def build(folder: Path, url: str = "") -> None:
    """Build the site in a folder. What was there is replaced. Without a URL, every link in the site is relative."""
    with TemporaryDirectory() as scratch:
        root = Path(scratch)
        stage(root / "docs")
        (root / CONFIG.name).write_text(config(url or NOWHERE), encoding="utf-8")
        command = [sys.executable, "-m", "zensical", "build", "--strict"]
        environ = os.environ | {"NO_COLOR": "1"}
        done = subprocess.run(command, cwd=root, env=environ, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"zensical could not build the site:\n{done.stdout}{done.stderr}")
        shutil.rmtree(folder, ignore_errors=True)
        if not url:
            make_relative(root / "site")
        shutil.copytree(root / "site", folder)


def make_relative(folder: Path) -> None:
    """Replace the absolute links of the pages for readers of plain text. Remove the links that must be absolute."""
    for path in [*folder.rglob("*.md"), folder / "llms.txt"]:
        up = "../" * (len(path.relative_to(folder).parts) - 1) or "./"
        path.write_text(path.read_text(encoding="utf-8").replace(NOWHERE, up), encoding="utf-8")
    for path in folder.rglob("*.html"):
        path.write_text(_CANONICAL.sub("", path.read_text(encoding="utf-8")), encoding="utf-8")
    for path in folder.glob("sitemap.xml*"):
        path.unlink()


def stage(folder: Path) -> None:
    """Copy docs/, and every other file that a page links to. Links in the copies lead to the copies."""
    waiting = sorted(path for path in (ROOT / "docs").rglob("*") if path.is_file()) + [
        ROOT / "docs" / page for page in pages() if page.startswith("../")
    ]
    staged: set[Path] = set()
    while waiting:
        source = waiting.pop().resolve()
        if source in staged:
            continue
        staged.add(source)
        target = folder / place(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.suffix == ".md":
            text = source.read_text(encoding="utf-8")
            target.write_text(_PARTS.sub(lambda part, at=source: _moved(part, at), text), encoding="utf-8")
            waiting += [each for each in _linked(text, source) if not each.is_relative_to(ROOT / "docs")]
        else:
            shutil.copyfile(source, target)


def place(source: Path) -> PurePosixPath:
    """Return the path of a file of the repository in the site."""
    path = PurePosixPath(source.resolve().relative_to(ROOT).as_posix())
    if path.parts[0] == "docs":
        return PurePosixPath(*path.parts[1:])
    return PurePosixPath("repository", *(part.lstrip(".") for part in path.parts))


def config(url: str) -> str:
    """Return the configuration of the build: zensical.toml for the staged files, with llms.txt."""
    text = re.sub(r'"(\.\./[^"]+)"', lambda page: json.dumps(str(place(ROOT / "docs" / page[1]))), CONFIG.read_text())
    text = text.replace("[project]\n", f"[project]\nsite_url = {json.dumps(url)}\n", 1)
    parts = (f"{json.dumps(title)} = [{', '.join(map(_entry, part))}]\n" for title, part in navigation().items())
    return f"{text}\n[project.plugins.llmstxt]\n[project.plugins.llmstxt.sections]\n{''.join(parts)}"


def navigation() -> dict[str, list[str]]:
    """Return the pages of each part of the navigation, relative to docs/."""
    parts: list[dict[str, list[str]]] = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["project"]["nav"]
    return {title: part for each in parts for title, part in each.items()}


def pages() -> list[str]:
    """Return all pages of the navigation in their order."""
    return [page for part in navigation().values() for page in part]


def summary(page: str) -> str:
    """Return one sentence on a page: the one of docs/README.md, else its first that says more than what was tried."""
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    listed = re.search(rf"^- \[[^\]]*\]\({re.escape(page)}\): (.*?)$(?!\n  )", index, re.MULTILINE)
    text = _FENCED.sub("", (ROOT / "docs" / page).read_text(encoding="utf-8").partition("\n\n")[2])
    prose = [listed[1]] if listed else [part for part in text.split("\n\n") if re.match(r"[A-Z`*\[]|gwctl", part)]
    sentences = [each for part in prose for each in _SENTENCE_END.split(_plain(part))]
    return next(each for each in sentences if not re.match(r"(?:Not t|T)ried\b", each)).rstrip(":")


def _plain(text: str) -> str:
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", " ".join(text.split())).replace("**", "")


def _entry(page: str) -> str:
    return f"{{{json.dumps(str(place(ROOT / 'docs' / page)))} = {json.dumps(summary(page))}}}"


def _linked(text: str, source: Path) -> Iterator[Path]:
    for part in _PARTS.finditer(text):
        if part[1] and not re.match(r"[a-z]+:", part[1]):
            yield _file(part[1], source)


def _moved(part: re.Match[str], source: Path) -> str:
    if not part[1] or re.match(r"[a-z]+:", part[1]):
        return part[0]
    link = os.path.relpath(place(_file(part[1], source)), place(source).parent)
    return f"]({Path(link).as_posix()}{part[2]})"


def _file(link: str, source: Path) -> Path:
    path = (source.parent / link).resolve()
    if not path.is_file():
        raise SystemExit(f"{source.relative_to(ROOT)}: {link} is no file: a page of the site links to files only")
    return path


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
