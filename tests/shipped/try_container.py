"""Carry out the Containerfile without a container engine, as root, in copies of a bare Debian made by mmdebstrap.

    python -m tests.shipped.try_container FOLDER

The Debian stands for the base image. Each COPY and RUN is carried out in a chroot, then the image's gwctl is run as the
image's user, and as a user that the image does not know, on a root that is read-only. This takes some minutes.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = "python3,python3-venv,python-is-python3,ca-certificates,passwd,util-linux"
GATEWAY = "version: 1\nname: acme\nendpoints:\n  a: {preset: litellm, models: [m]}\nroles: {chat: a/m}\n"
# What this machine needs to reach its package index: files, at the same path inside.
CERTIFICATES = ("PIP_CERT", "SSL_CERT_FILE")


@dataclass
class Stage:
    """A root, and what the instructions before have set."""

    root: Path
    values: dict[str, str] = field(default_factory=dict)  # of ARG and ENV
    directory: str = "/"
    user: str = "0:0"
    entry: list[str] = field(default_factory=list)

    def filled(self, text: str) -> str:
        """Return the text with ${NAME} and $NAME replaced."""
        return re.sub(r"\$\{?(\w+)\}?", lambda match: self.values.get(match[1], ""), text)


def instructions() -> list[tuple[str, str]]:
    """Return (word, rest) of each instruction."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Containerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    return [(line.partition(" ")[0], line.partition(" ")[2].strip()) for line in lines if line.strip()]


def build(folder: Path) -> Stage:
    """Carry out every instruction; return the last stage."""
    bare = folder / "bare"
    if not bare.exists():
        subprocess.run(["mmdebstrap", "--variant=apt", f"--include={PACKAGES}", "bookworm", str(bare)], check=True)
    stages: dict[str, Stage] = {}
    usual = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"}
    stage = Stage(bare, {})
    for word, rest in instructions():
        print(word, rest[:100])
        if word == "FROM":
            name = rest.partition(" AS ")[2] or "last"
            shutil.rmtree(folder / name, ignore_errors=True)
            subprocess.run(["cp", "-a", str(bare), str(folder / name)], check=True)
            stage = stages[name] = Stage(folder / name, dict(usual))
            _reach_the_index(stage)
        elif word == "COPY":
            _copy(stage, stages, rest)
        elif word == "RUN":
            _run(stage, rest)
        else:
            _set(stage, word, rest)
    return stage


def _set(stage: Stage, word: str, rest: str) -> None:
    if word in ("ARG", "ENV"):
        stage.values |= dict(pair.partition("=")[::2] for pair in shlex.split(stage.filled(rest)))
    elif word == "WORKDIR":
        stage.directory = rest
        (stage.root / rest[1:]).mkdir(parents=True, exist_ok=True)
    elif word == "USER":
        stage.user = rest
    elif word == "ENTRYPOINT":
        stage.entry = re.findall(r'"(.*?)"', rest)
    elif word not in ("LABEL", "CMD"):
        raise SystemExit(f"the Containerfile has an instruction that this script does not know: {word}")


def _copy(stage: Stage, stages: dict[str, Stage], rest: str) -> None:
    words = rest.split()
    origin = ROOT
    if words[0].startswith("--from="):
        origin = stages[words.pop(0).partition("=")[2]].root
    *sources, target = words
    place = stage.root / (Path(stage.directory) / target).as_posix()[1:]
    for source in sources:
        path = origin / source.lstrip("/")
        if path.is_dir():
            shutil.copytree(path, place, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, place)


def _run(stage: Stage, command: str) -> None:
    shell = ["chroot", str(stage.root), "/bin/sh", "-ec", f"cd {stage.directory} && {command}"]
    kept = {name: os.environ[name] for name in CERTIFICATES if name in os.environ}
    subprocess.run(shell, env={**stage.values, **kept}, check=True)


def _reach_the_index(stage: Stage) -> None:
    for path in ("/etc/resolv.conf", *(os.environ[name] for name in CERTIFICATES if name in os.environ)):
        (stage.root / path[1:]).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, stage.root / path[1:])
    for path in (Path("~/.config/pip/pip.conf").expanduser(), Path("/etc/pip.conf")):
        if path.exists():
            shutil.copy(path, stage.root / "etc" / "pip.conf")


def run(stage: Stage, work: Path, *words: str, user: str = "", read_only: bool = False) -> str:
    """Run the entry point as the image would, on a read-only root; return what it prints. A failure ends the script."""
    root = shlex.quote(str(stage.root))
    mounts = [
        f"mount --bind {root} {root}",
        f"mount -o remount,ro,bind {root}",
        f"mount -t tmpfs -o mode=1777 tmpfs {root}/tmp",
        f"mount -t proc proc {root}/proc",
        f"mount --bind {shlex.quote(str(work))} {root}{stage.directory}",
        *([f"mount -o remount,ro,bind {root}{stage.directory}"] if read_only else []),
    ]
    environ = [f"{name}={value}" for name, value in stage.values.items()]
    inside = shlex.join(["env", "-i", *environ, "sh", "-c", f'cd {stage.directory} && exec "$@"', "sh"])
    command = f"{inside} {shlex.join([*stage.entry, *words])}"
    script = " && ".join([*mounts, f"exec chroot --userspec={user or stage.user} {root} {command}"])
    done = subprocess.run(["unshare", "--mount", "sh", "-ec", script], capture_output=True, text=True, check=False)
    print(f"$ {shlex.join([*stage.entry, *words])}  ({done.returncode})\n{done.stdout}{done.stderr}")
    if done.returncode:
        raise SystemExit(1)
    return done.stdout


def main(folder: Path) -> None:
    """Build, and do with the result what docs/using/container.md shows."""
    stage = build(folder)
    for user in (stage.user, "12345:0"):
        work = folder / f"work-{user.partition(':')[0]}"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        (work / "gateway.yaml").write_text(GATEWAY)
        run(stage, work, "--version", user=user)
        run(stage, work, "validate", user=user, read_only=True)
        run(stage, work, "plan", "--offline", user=user, read_only=True)
        os.chown(work, int(user.partition(":")[0]), 0)
        run(stage, work, "apply", "--offline", "--auto-approve", user=user)
        assert (work / ".gwctl" / "state.json").exists()
    print("all good")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
