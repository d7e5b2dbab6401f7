"""gwctl without the time that Python takes to start: forks of a process that has everything imported.

`python warm.py SOCKET` serves; `python warm.py SOCKET gwctl …` is the command. The client hands its streams, directory,
environment and words over, and exits as gwctl did.
"""

import os
import socket
import sys

SIZE = 1 << 20


def call(path: str, words: list[str]) -> int:
    """The command, carried out over there."""
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(path)
        environ = [f"{name}={value}" for name, value in os.environ.items()]
        directory = os.getcwd()  # noqa: PTH109 - pathlib would take the time that is saved here
        data = "\0".join([str(len(words)), *words, directory, *environ]).encode("utf-8", "surrogateescape")
        server.sendall(len(data).to_bytes(8, "big"))
        socket.send_fds(server, [b"."], [0, 1, 2])
        server.sendall(data)
        answer = server.recv(1)
    return answer[0] if answer else 1


def serve(path: str) -> None:
    """Until killed; one command after the other, each in a fork."""
    _import_all()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()
        while True:
            client, _ = server.accept()
            with client:
                client.sendall(bytes([_carried_out(client)]))


def _carried_out(client: socket.socket) -> int:
    size = int.from_bytes(client.recv(8), "big")
    _, streams, _, _ = socket.recv_fds(client, 1, 3)
    data = b""
    while len(data) < size:
        data += client.recv(SIZE)
    count, *rest = data.decode("utf-8", "surrogateescape").split("\0")
    words, (directory, *environ) = rest[: int(count)], rest[int(count) :]
    child = os.fork()
    if child == 0:
        _become(streams, directory, dict(each.split("=", 1) for each in environ), words)
    for stream in streams:
        os.close(stream)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 255


def _become(streams: list[int], directory: str, environ: dict[str, str], words: list[str]) -> None:
    from reconciler.cli.main import run

    for target, stream in enumerate(streams):
        os.dup2(stream, target)
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(each, mode, encoding="utf-8") for each, mode in enumerate("rww"))
    os.chdir(directory)
    os.environ.clear()
    os.environ.update(environ)
    code = 1
    try:
        code = run(words)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _import_all() -> None:
    import pkgutil
    from importlib import import_module

    import reconciler

    for found in pkgutil.walk_packages(reconciler.__path__, "reconciler."):
        if found.name != "reconciler.__main__":
            import_module(found.name)
    for name in ("deepdiff", "httpx", "pydantic", "yaml"):
        import_module(name)


if __name__ == "__main__":
    if len(sys.argv) == 2:
        serve(sys.argv[1])
    sys.exit(call(sys.argv[1], sys.argv[2:]))
