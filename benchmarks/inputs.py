"""The inputs of the comparison with peers: N models of gwctl, N records of octoDNS, N resources of Terraform.

Each is 20 to an endpoint, a zone or a module. A change of 1 % is one in every fifth of them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

EACH = 20  # models of an endpoint
_FETCHED = 5  # of these, models that only the endpoint's list has
_FIFTH = 5


def gateway_file(models: int, port: int, *, fetched: bool, changed: bool) -> str:
    """Return a gateway file with headers, filters and roles. With `fetched`, a quarter of the models is not declared.

    `changed` declares another model in every fifth endpoint.
    """
    lines = ["version: 1", "name: many", "endpoints:"]
    declared = EACH - _FETCHED if fetched else EACH
    for number in range(models // EACH):
        ids = [f"m-{number:05}-{each:02}" for each in range(declared)]
        if changed and number % _FIFTH == 0:
            ids[1] += "-b"
        lines += [
            f"  e{number:05}:",
            f"    base_url: http://127.0.0.1:{port}/e{number:05}",
            "    scope: shared",
            "    headers: {X-Team: platform, X-Region: eu-central}",
            '    discover: {include: ["m-*", "f-*"], exclude: ["*-preview"]}',
            f"    models: [{', '.join(ids)}]",
        ]
    return "\n".join([*lines, "roles:", "  chat: [e00000/m-00000-00, e00001/m-00001-00]", ""])


class _Lists(BaseHTTPRequestHandler):
    """Any endpoint: its list has the declared models, five more, and one that the filter leaves out."""

    def do_GET(self) -> None:
        number = self.path.split("/")[1][1:]
        ids = [f"m-{number}-{each:02}" for each in range(EACH - _FETCHED)]
        ids += [f"f-{number}-{each:02}" for each in range(_FETCHED)] + [f"m-{number}-preview"]
        body = json.dumps({"object": "list", "data": [{"id": model_id} for model_id in ids]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""


@contextmanager
def lists() -> Iterator[int]:
    """The port of a server that lists the models of every endpoint."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Lists) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


CASES = ("new", "same", "changed")


def gwctl_templates(
    folder: Path, models: int, python: str = sys.executable, cases: Sequence[str] = CASES
) -> dict[str, Path]:
    """Return {case: template} for the cases: new (nothing is applied), same, and changed by 1 %."""
    templates = {case: folder / case for case in cases}
    with lists() as port:
        for case, template in templates.items():
            (template / "work").mkdir(parents=True)
            text = gateway_file(models, port, fetched=case != "new", changed=False)
            (template / "work" / "gateway.yaml").write_text(text)
            if case != "new":
                _apply(template, python)
            if case == "changed":
                text = gateway_file(models, port, fetched=True, changed=True)
                (template / "work" / "gateway.yaml").write_text(text)
    return templates


def _apply(template: Path, python: str) -> None:
    environ = {"PATH": os.environ["PATH"], "HOME": str(template), "XDG_STATE_HOME": str(template / "states")}
    done = subprocess.run(
        [python, "-m", "reconciler", "apply", "--auto-approve", "-q"],
        cwd=template / "work",
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"the preparation failed: {done.stdout[-1000:]}{done.stderr[-1000:]}")


def octodns_templates(folder: Path, records: int, sync: Path) -> dict[str, Path]:
    """Return the same cases for octoDNS: from YAML files to a second YamlProvider, which stands for the live side."""
    templates = {case: folder / case for case in CASES}
    for case, template in templates.items():
        work = template / "work"
        for name in ("config", "live"):
            (work / name).mkdir(parents=True)
        provider = "    class: octodns.provider.yaml.YamlProvider\n    default_ttl: 300\n"
        text = "providers:\n" + "".join(
            f"  {name}:\n{provider}    directory: ./{name}\n" for name in ("config", "live")
        )
        text += "zones:\n" + "".join(
            f"  z{zone:05}.example.:\n    sources: [config]\n    targets: [live]\n" for zone in range(records // EACH)
        )
        (work / "octodns.yaml").write_text(text)
        _zones(work, records, changed=False)
        if case != "new":
            command = [str(sync), "--config-file", "octodns.yaml", "--doit", "--quiet"]
            subprocess.run(command, cwd=work, check=True, capture_output=True)
        if case == "changed":
            _zones(work, records, changed=True)
    return templates


def _zones(work: Path, records: int, *, changed: bool) -> None:
    for zone in range(records // EACH):
        last = 250 if changed and zone % _FIFTH == 0 else 1
        values = [last if each == 1 else each for each in range(EACH)]
        lines = [f"m-{each:02}:\n  type: A\n  value: 10.0.0.{value}\n" for each, value in enumerate(values)]
        (work / "config" / f"z{zone:05}.example.yaml").write_text("---\n" + "".join(lines))


def terraform_templates(folder: Path, resources: int, terraform: str) -> dict[str, Path]:
    """Return the same cases for Terraform, with its own `terraform_data`: no provider is installed or asked.

    Its state is written here: the time that Terraform takes to create resources grows much faster than their number.
    """
    templates = {case: folder / case for case in CASES}
    for case, template in templates.items():
        work = template / "work"
        work.mkdir(parents=True)
        _resources(work, resources, changed=False)
        subprocess.run([terraform, "init", "-input=false"], cwd=work, check=True, capture_output=True)
        if case != "new":
            (work / "terraform.tfstate").write_text(json.dumps(_terraform_state(resources)))
        if case == "changed":
            _resources(work, resources, changed=True)
    return templates


def _terraform_state(resources: int) -> dict[str, object]:
    """Return what Terraform itself writes for these resources: version 4 of its state."""
    values = [(number, {"value": f"m-{number % EACH:02}", "type": "string"}) for number in range(resources)]
    return {
        "version": 4,
        "serial": 1,
        "lineage": str(uuid.uuid4()),
        "resources": [
            {
                "mode": "managed",
                "type": "terraform_data",
                "name": f"m-{number // EACH:05}-{number % EACH:02}",
                "provider": 'provider["terraform.io/builtin/terraform"]',
                "instances": [
                    {"schema_version": 0, "attributes": {"id": str(uuid.uuid4()), "input": value, "output": value}}
                ],
            }
            for number, value in values
        ],
    }


def _resources(work: Path, resources: int, *, changed: bool) -> None:
    for group in range(resources // EACH):
        mark = "-b" if changed and group % _FIFTH == 0 else ""
        blocks = [
            f'resource "terraform_data" "m-{group:05}-{each:02}" {{\n'
            f'  input = "m-{each:02}{mark if each == 1 else ""}"\n}}\n'
            for each in range(EACH)
        ]
        (work / f"g{group:05}.tf").write_text("".join(blocks))
