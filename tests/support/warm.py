"""gwctl without the start-up time of Python: forks of a process that has imported everything.

`python warm.py SOCKET` serves. A client (warm_client.py) sends its streams, directory, environment and words, and is
told the exit code. Each command is a separate process, which ends as Python ends. With `again`, it may be a process
that has run other commands before, one after the other, and that none of them has changed (traces.py): most of a fork's
time goes into copying the memory that it writes to.
"""

import atexit
import io
import os
import signal
import socket
import struct
import sys
import threading

TYPE_CHECKING = False  # typing would take the time that is saved here
if TYPE_CHECKING:
    from collections.abc import Callable
    from http.server import HTTPServer

SIZE = 1 << 20
COST = struct.Struct("!dQ")
MOST = 50  # commands in one process
WAITING = 12  # processes at most
# What a command imports at its first use; httpcore takes trio and anyio along where they are installed.
USED = ["anyio._backends._asyncio", "deepdiff", "httpcore", "httpx", "keyring", "obstore", "platformdirs", "psycopg"]
USED += ["packaging.specifiers", "pydantic", "questionary", "runpy", "sqlite3", "termios", "yaml"]


def call(
    path: str,
    words: list[str],
    directory: str,
    environ: dict[str, str],
    streams: list[int],
    patience: float | None,
    *,
    closed: str = "",
    first: str = "",
    again: bool = False,
) -> tuple[int, tuple[float, int]]:
    """Run the command in a fork of the server. Return its exit code, or the negative number of a signal, and its cost.

    `closed` are the numbers of the standard streams that it begins without, as in `2>&-`; `first` is Python that runs
    before it, as that of a sitecustomize, and finds the standard streams in `streams`. With `again`, the process may
    have run other commands with the same `first`, which ran before the first of them.
    """
    from tests.support.warm_client import ended

    server, process = begun(path, words, directory, environ, streams, closed=closed, first=first, again=again)
    with server:
        server.settimeout(patience)
        try:
            return ended(server), cost(server)
        except TimeoutError:
            os.kill(process, signal.SIGKILL)
            raise


def begun(
    path: str,
    words: list[str],
    directory: str,
    environ: dict[str, str],
    streams: list[int],
    *,
    closed: str = "",
    first: str = "",
    terminal: bool = False,
    again: bool = False,
) -> tuple[socket.socket, int]:
    """Start the command in a fork of the server. Return the connection that gets the result, and the process ID.

    With `terminal`, stdin is the controlling terminal of the command. `call` describes the other arguments.
    """
    from tests.support.warm_client import request, send

    server = socket.socket(socket.AF_UNIX)
    server.connect(path)
    told = request(words, directory, environ, closed=closed, first=first, terminal=terminal, again=again)
    return server, send(server, told, streams)


def cost(server: socket.socket) -> tuple[float, int]:
    """Return the cost of the command: seconds of CPU, and the peak of its memory in the unit of `ru_maxrss`.

    The memory includes the memory of the server at the time of the fork.
    """
    seconds, memory = COST.unpack(server.recv(COST.size, socket.MSG_WAITALL))
    return seconds, memory


def serve(path: str) -> None:
    """Serve until killed. Each client's command runs in a process of its own, all at the same time."""
    import gc
    import select

    import_all()
    run_once()
    traces = _traces()
    gc.collect()
    gc.freeze()
    ended, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)  # else the system would not wake this process
    signal.set_wakeup_fd(wake)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen(100)
        crew = Crew([server.fileno(), ended, wake], traces)
        while True:
            ready = select.select([server, ended, *crew.lines], [], [])[0]
            for line in crew.lines & {*ready}:
                crew.has_run(line)
            if ended in ready:
                os.read(ended, SIZE)
                crew.tell_the_ends()
            if server in ready:
                crew.begin(server.accept()[0])


class Crew:
    """The processes of the server: by their number the client of each, and those that wait for another command."""

    def __init__(self, own: list[int], traces: "Callable[[], object]") -> None:
        self._own, self._traces = own, traces
        self._clients: dict[int, socket.socket] = {}
        self._lines: dict[socket.socket, tuple[int, object]] = {}  # to a process that may run others: its number, which
        self._idle: list[socket.socket] = []

    @property
    def lines(self) -> set[socket.socket]:
        """Return the lines to the processes that may run more than one command."""
        return set(self._lines)

    def begin(self, client: socket.socket) -> None:
        """Run the command of a client."""
        size = int.from_bytes(client.recv(8), "big")
        _, streams, _, _ = socket.recv_fds(client, 1, 3)
        data = client.recv(size, socket.MSG_WAITALL)
        if len(streams) == 3 and len(data) == size:
            process = self._again(streams, data) or self._fork(streams, data, client)
            self._clients[process] = client
            _tell(client, process.to_bytes(4, "big"))
        else:  # the client is gone
            client.close()
        for stream in streams:
            os.close(stream)

    def has_run(self, line: socket.socket) -> None:
        """Tell a client that its command has ended in a process that goes on. Of one that ends, the system tells."""
        told = line.recv(4 + COST.size, socket.MSG_WAITALL)
        if told:
            self._tell_the_client(self._lines[line][0], told)
            self._idle.append(line)
        if not told or len(self._idle) > WAITING:
            self._leave(line if not told else self._idle.pop(0))

    def _leave(self, line: socket.socket) -> None:
        """End a process that waits, and forget the line of one that has ended."""
        del self._lines[line]
        line.close()

    def tell_the_ends(self) -> None:
        """Tell each client whose command has ended with its process how it ended and what it cost."""
        while self._clients or self._lines:
            try:
                process, status, used = os.wait3(os.WNOHANG)
            except ChildProcessError:  # the last one has ended, and its line has not said so yet
                return
            if not process:
                return
            code = os.waitstatus_to_exitcode(status).to_bytes(4, "big", signed=True)
            if process in self._clients:
                self._tell_the_client(process, code + COST.pack(used.ru_utime + used.ru_stime, used.ru_maxrss))

    def _tell_the_client(self, process: int, told: bytes) -> None:
        with self._clients.pop(process) as client:
            _tell(client, told)

    def _again(self, streams: list[int], data: bytes) -> int | None:
        """Give the command to a process that waits for one such; return its number, or None without such a process."""
        for line in self._idle:
            process, others = self._lines[line]
            if others == _alike(data):
                self._idle.remove(line)
                socket.send_fds(line, [len(data).to_bytes(8, "big")], streams)
                line.sendall(data)
                return process
        return None

    def _fork(self, streams: list[int], data: bytes, client: socket.socket) -> int:
        """Run the command in a fork, which closes the files of the server."""
        mine, its = socket.socketpair() if _alike(data) else (None, None)
        process = os.fork()
        if process == 0:
            others = [client, mine, *self._clients.values(), *self._lines]
            for number in [*self._own, *(each.fileno() for each in others if each)]:
                os.close(number)
            _carry_out(streams, data, its, self._traces)
        if mine and its:
            its.close()
            self._lines[mine] = (process, _alike(data))
        return process


def _alike(data: bytes) -> object:
    """Return what the commands of one process have in common: what runs before, and a keychain; None: it runs one."""
    _, first, _, again, *rest = data.decode("utf-8", "surrogateescape").split("\0")
    return (first, [each for each in rest if each.startswith("PYTHON_KEYRING_BACKEND=")]) if again else None


def _traces() -> "Callable[[], object]":
    """Return what traces.py sees of a process; where it sees none, each command has a process of its own."""
    sys.path.insert(0, sys.path[0] + "/../..")
    from tests.support.traces import seer

    del sys.path[0]
    return seer()


def _tell(client: socket.socket, data: bytes) -> None:
    try:
        client.sendall(data)
    except OSError:  # the client is gone, and its command goes on
        return


def _carry_out(streams: list[int], data: bytes, line: socket.socket | None, traces: "Callable[[], object]") -> None:
    """Run the command, and then those that the line brings, as long as each leaves the process as it was."""
    import contextvars

    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    before = None
    for left in reversed(range(MOST if line else 1)):
        closed, first, terminal, _, count, *rest = data.decode("utf-8", "surrogateescape").split("\0")
        words, (directory, *environ) = rest[: int(count)], rest[int(count) :]
        if terminal:
            _take_terminal(streams[0])
        if before is None:
            exec(first, {"streams": streams})
        _become(streams, closed, directory=directory, environ=dict(each.split("=", 1) for each in environ), words=words)
        before, used = before or traces(), _used()
        code = contextvars.copy_context().run(_run)
        if not (line and left) or traces() != before:
            _end(code)
        code = _flush(code)
        _let_go()
        line.sendall((code & 0xFF).to_bytes(4, "big") + COST.pack(_used() - used, 0))
        streams, data = _next(line)


def _used() -> float:
    used = os.times()
    return used.user + used.system


def _next(line: socket.socket) -> tuple[list[int], bytes]:
    """Wait for the next command; end with the server."""
    told, streams, _, _ = socket.recv_fds(line, 8, 3)
    if not told:
        os._exit(0)
    return streams, line.recv(int.from_bytes(told, "big"), socket.MSG_WAITALL)


def _let_go() -> None:
    """Close the standard streams of the command that has ended: whoever reads them waits for that."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nothing, number)
    os.close(nothing)


def _become(streams: list[int], closed: str, directory: str, environ: dict[str, str], words: list[str]) -> None:
    """Make this process look like the script `gwctl` in that directory and with these words."""
    import time

    for target, stream in enumerate(streams):
        os.dup2(stream, target)
        os.close(stream)
    for number, mode in enumerate("rww"):
        stream = None if str(number) in closed else _stream(number, mode)
        setattr(sys, ("stdin", "stdout", "stderr")[number], stream)
    for number in map(int, closed):
        os.close(number)
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr
    os.chdir(directory)
    os.environ.clear()
    os.environ.update(environ)
    time.tzset()
    sys.argv[:] = ["gwctl", *words]
    sys.path[0] = sys.executable.rpartition(os.sep)[0]  # where the script `gwctl` is


def _run() -> int:
    """Run as the script `gwctl` would run. Return the exit code."""
    import runpy

    try:
        runpy.run_module("reconciler", run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        return _exit_code(ended.code)
    except BaseException:  # whatever a process of its own would die of
        sys.excepthook(*sys.exc_info())
        return 1
    return 0


def _take_terminal(stream: int) -> None:
    import fcntl
    import termios

    os.setsid()
    fcntl.ioctl(stream, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _exit_code(given: object) -> int:
    """Return the exit code for an argument of `sys.exit`, as Python does."""
    if given is None or isinstance(given, int):
        return given or 0
    print(given, file=sys.stderr)
    return 1


def _end(code: int) -> None:
    """End as Python does, but leave the memory to the system, because cleaning up takes most of the time."""
    threading._shutdown()  # type: ignore[attr-defined] # as Py_FinalizeEx, which waits for threads first
    atexit._run_exitfuncs()
    os._exit(_flush(code) & 0xFF)


def _flush(code: int) -> int:
    """Write what the standard streams still hold. Return the exit code."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream and stream.flush()
        except OSError:
            code = code or 120  # as Python when its last words find no reader
    return code


def _stream(number: int, mode: str) -> object:
    """Open a standard stream as Python opens it under the locale C."""
    errors = "backslashreplace" if number == 2 else "surrogateescape"
    binary = open(number, f"{mode}b", closefd=False)  # noqa: SIM115 - for as long as the process lives
    return io.TextIOWrapper(binary, "utf-8", errors, line_buffering=number == 2 or os.isatty(number))


def import_all() -> None:
    """Import every module that a command may need."""
    import pkgutil
    from importlib import import_module

    import reconciler

    for module in pkgutil.walk_packages(reconciler.__path__, "reconciler."):
        if module.name != "reconciler.__main__":
            import_module(module.name)
    for name in USED:
        import_module(name)
    _compile_classes()


def _compile_classes() -> None:
    """Compile the `__init__` of every class, which `reconciler.values` leaves to the first instance: to each fork."""
    import gc

    for each in gc.get_objects():
        compiled = getattr(vars(each).get("__init__"), "compiled", None) if isinstance(each, type) else None
        if compiled:
            each.__init__ = compiled()


def run_once() -> None:
    """Create everything that needs a first use (presets, patterns, validators, an event loop) before the forks."""
    import tempfile

    from reconciler.cli.main import run

    here = os.getcwd()  # noqa: PTH109 - see below
    with tempfile.TemporaryDirectory() as folder, _server_of_one_model() as server:
        os.environ["XDG_STATE_HOME"] = os.path.join(folder, "state")  # noqa: PTH118
        work = os.path.join(folder, "work")  # noqa: PTH118
        os.mkdir(work)  # noqa: PTH102
        with open(os.path.join(work, "gateway.yaml"), "w") as file:  # noqa: PTH118, PTH123
            address = f"http://127.0.0.1:{server.server_port}/v1"
            file.write(f"version: 1\nname: warm\nendpoints:\n  it: {{base_url: '{address}', models: [m]}}\n")
        answering = threading.Thread(target=server.serve_forever, args=(0.01,))
        answering.start()
        try:
            assert run(["apply", "--auto-approve", "-q", "-C", work]) == 0
        finally:
            server.shutdown()
            answering.join()
            os.chdir(here)
    _read_presets()


def _read_presets() -> None:
    """Read all presets. Else each command would read its own, because traces.py empties a cache that has grown."""
    from reconciler.presets.load import index, key_prefixes, load_all, plain_headers

    for read in (load_all, index, key_prefixes, plain_headers):
        read()


def _server_of_one_model() -> "HTTPServer":
    """Return a server with one model, on a port of this machine."""
    from http.server import BaseHTTPRequestHandler, HTTPServer

    body = b'{"object": "list", "data": [{"id": "m", "object": "model"}]}'

    class Lists(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    return HTTPServer(("127.0.0.1", 0), Lists)


if __name__ == "__main__":
    serve(sys.argv[1])
