"""The picture of `gwctl init`, made anew: python -m tests.docs.init_picture docs/using/init.svg.

Besides LiteLLM (GWCTL_TEST_LITELLM) and gnome-keyring it needs a free port 4000. The program, the server and the
keychain are the real ones; the answers are typed at a terminal of 80 columns.
"""

from __future__ import annotations

import json
import os
import re
import sys
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI
from rich.text import Text

from tests.support.keychain import SecretService
from tests.support.litellm import MASTER_KEY, LiteLLM
from tests.support.terminal import Terminal

PORT = 4000  # the usual one of LiteLLM
COLUMNS = 80
ENTER = "\r"
SERVED = {
    "gpt-5": "Hello! This is gpt-5, through the gateway of your team.",
    "gpt-5-mini": "ok",
    "text-embedding-3-small": "ok",
}
ANSWERS = (
    ("Name of the gateway:", ENTER),
    ("Which endpoints?", ENTER),
    ("What next?", ENTER),
    ("Where is the key?", ENTER),
    ("it is not shown", f"{MASTER_KEY}{ENTER}"),
    ("Which models?", ENTER),
    ("by default for:", ENTER),
    ("Default model for chat:", ENTER),
    ("Save and apply?", ENTER),
    ("Send one short message", f"y{ENTER}"),
)


def main() -> None:
    """Answer the questions, and draw every line that was on the screen."""
    target = Path(sys.argv[1])
    with TemporaryDirectory() as folder:
        target.write_text(_drawn(_lines(Path(folder))), encoding="utf-8")


def _lines(folder: Path) -> list[Text]:
    (home := folder / "home").mkdir()
    (work := folder / "acme-ai").mkdir()
    secret_service, litellm = SecretService(home), LiteLLM(os.environ["GWCTL_TEST_LITELLM"], folder, "", None)
    try:
        litellm.start_with(_config(folder / "litellm.yaml"), PORT)
        environ = {"HOME": str(home), "DBUS_SESSION_BUS_ADDRESS": secret_service.environ["DBUS_SESSION_BUS_ADDRESS"]}
        at = Terminal([sys.executable, "-m", "reconciler", "init"], work, environ, COLUMNS)
        for question, typed in ANSWERS:
            at.until(question)
            at.types(typed)
        assert at.ends() == 0, at.screen.text
        return at.screen.coloured
    finally:
        litellm.stop_all()
        secret_service.close()


def _config(path: Path) -> Path:
    models = [
        {
            "model_name": name,
            "litellm_params": {"model": f"openai/{name}", "api_key": "none", "mock_response": answer},
        }
        for name, answer in SERVED.items()
    ]
    path.write_text(json.dumps({"model_list": models, "general_settings": {"master_key": MASTER_KEY}}))
    return path


def _drawn(lines: list[Text]) -> str:
    console = Console(record=True, width=COLUMNS, file=StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text("$ gwctl init"))
    for line in lines:
        console.print(line, no_wrap=True, crop=False, soft_wrap=True)
    svg = console.export_svg(title="gwctl init", theme=DIMMED_MONOKAI, unique_id="init")
    return re.sub(r"\s*@font-face \{.*?\}\n", "\n", svg, flags=re.DOTALL)  # no font from another host


if __name__ == "__main__":
    main()
