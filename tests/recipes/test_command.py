"""The recipe for a command, carried out on a copy of the program: one module, its name, its help."""

from __future__ import annotations

from pathlib import Path

from tests.recipes.program import Program

GATEWAY = "version: 1\nname: acme\nendpoints:\n  a: {base_url: 'http://127.0.0.1:9', models: [m]}\n"
COMMAND = '''\
"""`gwctl count`."""

from __future__ import annotations

import click

from reconciler.cli.help import HELP, SHORT


@click.command("count", help=HELP["count"], short_help=SHORT["count"])
def command() -> int:
    """Print how many endpoints the gateway file has."""
    from pathlib import Path

    from reconciler.config.load import load

    gateway = load([Path("gateway.yaml")], {}, {}).gateway
    click.echo(len(gateway.endpoints) if gateway else 0)
    return 0
'''


def test_a_command_costs_one_module_its_name_and_its_help(tmp_path: Path) -> None:
    program = Program(tmp_path, GATEWAY)
    program.add("cli/commands/count.py", COMMAND)
    program.change("cli/main.py", '    "explain",\n)', '    "explain",\n    "count",\n)')
    program.change(
        "cli/help.py",
        '    "explain": "Explain the code of a message.",\n',
        '    "explain": "Explain the code of a message.",\n    "count": "Count the endpoints.",\n',
    )
    program.change("cli/help.py", '    "explain": """', '    "count": """Count the endpoints.""",\n    "explain": """')
    program.change(
        "cli/manual/examples.py", '    "explain": (', '    "count": (("Count them", "gwctl count"),),\n    "explain": ('
    )
    assert "Count the endpoints." in program("--help").stdout
    counted = program("count")
    assert counted.stdout.strip() == "1", counted.stderr
    assert "Other commands:" in program("--help").stdout
    assert len(program.touched) == 4
