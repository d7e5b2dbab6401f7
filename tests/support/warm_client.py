"""gwctl as a command, in a fork of the process of warm.py: `python warm_client.py SOCKET WORDS…`.

The client sends its streams, directory, environment and words, and exits with gwctl's exit code. It imports little,
because the jobs of the workflows start it often.
"""

import _socket  # socket takes more time than all of the rest
import os
import sys


def request(
    words: list[str],
    directory: str,
    environ: dict[str, str],
    *,
    closed: str = "",
    first: str = "",
    terminal: bool = False,
    again: bool = False,
) -> bytes:
    """Return what the server is told of a command. `begun` in warm.py describes the arguments."""
    variables = [f"{name}={value}" for name, value in environ.items()]
    parts = [closed, first, "terminal" * terminal, "again" * again, str(len(words)), *words, directory, *variables]
    return "\0".join(parts).encode("utf-8", "surrogateescape")


def send(server: "_socket.socket", told: bytes, streams: list[int]) -> int:
    """Send the request and the streams. Return the process ID of the command."""
    numbers = b"".join(stream.to_bytes(4, sys.byteorder) for stream in streams)
    server.sendall(len(told).to_bytes(8, "big"))
    server.sendmsg([b"."], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, numbers)])
    server.sendall(told)
    return int.from_bytes(server.recv(4), "big")


def ended(server: "_socket.socket") -> int:
    """Wait for the end of the command. Return its exit code, or the negative number of a signal."""
    return int.from_bytes(server.recv(4), "big", signed=True)


def main() -> None:
    """Run the command of this command line."""
    server = _socket.socket(_socket.AF_UNIX)
    server.connect(sys.argv[1])
    here = os.getcwd()  # noqa: PTH109 - pathlib would take the time that is saved here
    send(server, request(sys.argv[2:], here, dict(os.environ), again=sys.platform == "linux"), [0, 1, 2])
    code = ended(server)
    sys.exit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    main()
