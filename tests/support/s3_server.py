"""moto's server, one request at a time, so that a conditional write is atomic as in S3.

Arguments: PORT, and `threaded` for a server that only reads.
"""

from __future__ import annotations

import sys

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple

if __name__ == "__main__":
    run_simple(
        "127.0.0.1", int(sys.argv[1]), DomainDispatcherApplication(create_backend_app), threaded="threaded" in sys.argv
    )
