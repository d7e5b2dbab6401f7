"""The page says what the terminal says: one sentence for one thing."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from reconciler.engine.connect import endpoint_questions, model_questions, save_question
from reconciler.render.option_words import OPTION_WORDS
from tests.support.local_page import Script, hidden

WEB = Path(__file__).parents[2] / "reconciler" / "web"
QUESTIONS = (endpoint_questions, model_questions, save_question)
# What only a page has to say: how it is entered and refused, and what its forms are for.
OWN = 36


def words(text: str) -> str:
    """The text without the marks of a terminal and without its layout."""
    return " ".join(re.sub(r"[`?»○●]", " ", text).split())


def test_status_plan_and_results_are_those_of_the_terminal(gwctl, server, starts) -> None:
    server.lists("gpt-4o", "text-embedding-3-small")
    endpoints = f"{{it: {{base_url: '{server.url}'}}, gone: {{base_url: 'http://localhost:9'}}}}"
    gwctl.write(f"version: 1\nname: acme\nendpoints: {endpoints}\n")
    script = Script(starts())
    script.enter()
    status = script.send("GET", "/").words
    for line in gwctl("status").out.splitlines():
        for cell in filter(None, re.split(r"\s{2,}", line.strip())):
            assert words(cell) in status, line
    shown = script.send("GET", "/plan")
    html = gwctl("plan", "--format", "html", code=None).out
    for item in re.findall(r"<li data-action.*?>(.*?)</li>", html, re.DOTALL):
        assert item in shown.text
    for line in gwctl("plan", code=None).err.splitlines():
        assert words(line).removeprefix("hint: ") in shown.words, line
    confirm = script.send("POST", "/confirm", hidden(shown.text))
    result = script.send("POST", "/apply", hidden(confirm.text)).words
    (gwctl.folder / ".gwctl" / "state.json").unlink()
    for line in gwctl("apply", "--auto-approve", code=None).out.partition("\n\n")[2].splitlines():
        if line.startswith("done"):
            assert words(line) in result, line


def test_the_questions_are_those_of_the_terminal(gwctl, server, starts) -> None:
    """Each page of the wizard has the text of its question, and the choices in their order."""
    server.lists("gpt-4o", "gpt-4o-mini", "whisper-1")
    gwctl.write("version: 1\nname: acme\nendpoints: {own: {base_url: 'http://localhost:9', models: [m]}}\n")
    script = Script(starts())
    script.enter()
    page = script.send("GET", "/connect")
    assert endpoint_questions.WHICH_PRESET in page.words
    asked = [
        ({"preset": "other"}, [endpoint_questions.ENDPOINT_NAME, endpoint_questions.BASE_URL]),
        (
            {"name": "new", "base_url": server.url},
            ["Where is the key?", "The variable NEW_API_KEY (not set)", "No key (the server needs no key)"],
        ),
        (
            {"source": "none"},
            ["new has 3 models (2 chat, 1 voice).", model_questions.WHICH_MODELS, model_questions.MODELS],
        ),
        ({"which": "all"}, [model_questions.DEFAULT_FOR, "Default model for chat:", "voice"]),
        ({"default": "voice"}, [save_question.SAVE_AND_APPLY]),
    ]
    for answer, expected in asked:
        page = script.send("POST", "/connect", {**hidden(page.text), **answer})
        page = script.send("GET", page.headers["location"]) if "location" in page.headers else page
        positions = [page.words.find(text) for text in expected]
        assert -1 not in positions and positions == sorted(positions), (expected, page.words)
    for option in save_question.save_options("gateway.yaml"):
        assert option.text in page.words


def test_the_room_has_few_sentences_of_its_own() -> None:
    """A sentence that the terminal has too comes from `engine` or `render`; a new one here is a decision."""
    own = set()
    for path in WEB.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        documented = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if has_docstring(node)}
        texts = {
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        own |= {text for text in texts - documented if len(text.split()) >= 4 and text.rstrip()[-1:] in ".:?!"}
    for path in (WEB / "templates").glob("*.html"):
        text = re.sub(r"\{[%{#].*?[%}#]\}|<[^>]*>", "\n", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        own |= {line.strip() for line in text.splitlines() if len(line.split()) >= 4}
    assert len(own) <= OWN, sorted(own)
    questions = {text for module in QUESTIONS for text in vars(module).values() if isinstance(text, str)}
    assert not own & {*OPTION_WORDS.values(), *questions}


def has_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
