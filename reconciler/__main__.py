"""`python -m reconciler` is `gwctl`."""

from __future__ import annotations

import sys

from reconciler.secrets.helper_command import key_request

request = key_request(sys.argv[1:])
if request:  # a tool waits: nothing of the command line is loaded
    from reconciler.cli.key_print import print_key

    sys.exit(print_key(request))

from reconciler.cli.main import main  # noqa: E402 - see above

main()
