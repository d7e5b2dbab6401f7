"""LiteLLM proxies in forks of a process that has imported LiteLLM, because the imports need nine seconds of CPU.

`python litellm_forks.py SOCKET` serves, until it is killed. A client sends one line of JSON, {"words", "environ",
"log"}, and is told the number of the process that is `litellm WORDS…` in a session of its own.
"""

import gc
import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any


def serve(path: str) -> None:
    """Start a proxy in a fork for each line, until killed."""
    sys.path.pop(0)  # the directory of this file, whose litellm.py is another
    from litellm.proxy import proxy_cli, proxy_server  # noqa: F401 - nothing else takes its time

    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the forks
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen(20)
        while True:
            client, _ = server.accept()
            with client, client.makefile("rw") as lines:
                request = json.loads(lines.readline())
                process = os.fork()
                if process:
                    lines.write(f"{process}\n")
                    continue
            server.close()
            break
    _become(request, proxy_cli.run_server)


def _become(request: dict[str, Any], litellm: Callable[[], object]) -> None:
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.environ.clear()
    os.environ.update(request["environ"])
    sys.argv[:] = ["litellm", *request["words"]]
    litellm()


if __name__ == "__main__":
    serve(sys.argv[1])
