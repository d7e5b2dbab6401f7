"""The command `python -m reconciler`, which is the same as `gwctl`."""

from __future__ import annotations

import sys

if sys.argv[1:3] == ["key", "print"]:  # a tool waits for a process that ends at once: nothing is worth collecting
    import gc

    gc.disable()
    from reconciler.secrets.key_request import key_request

    request = key_request(sys.argv[1:])
    if request:  # as gwctl wrote it into a tool's file: nothing of the command line is loaded
        from reconciler.cli.key_print import end, print_key

        end(print_key(request))

from reconciler.cli.main import main

main()
