"""The real llama.cpp HTTP server in a separate process. Arguments: MODEL PORT ALIAS…. The key is in LLAMA_CPP_KEY."""

from __future__ import annotations

import os
import sys
import threading


def main(model: str, port: str, *aliases: str) -> None:
    """Serve until the process is killed. Print `ready` when the port is open."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = model
    params.model_alias = set(aliases)
    params.hostnames = ["127.0.0.1"]
    params.port = int(port)
    params.n_ctx = 256
    params.n_predict = 8
    params.n_parallel = 1
    params.warmup = False
    if os.environ.get("LLAMA_CPP_KEY"):
        params.api_keys = [os.environ["LLAMA_CPP_KEY"]]
    server = xllamacpp.Server(params)
    sys.stdout.write(f"ready {server.listening_address}\n")
    sys.stdout.flush()
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
