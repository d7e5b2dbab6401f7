"""What people type who come from other tools, and what gwctl has for it."""

from __future__ import annotations

from collections.abc import Mapping

_APPROVE = "--auto-approve applies without asking; it goes with apply and destroy"
_LOOK = "`gwctl plan` shows what an apply would change, and changes nothing"
_WHOLE = "a plan is always of the whole gateway file; `gwctl plan -v` shows all of it"
_KEY = "no key is given on the command line: write `key: {env: NAME}` in the gateway file, and set NAME"
_LOCKS = "gwctl waits a little for the lock by itself; `gwctl state unlock` breaks one that is left over"

OPTIONS: Mapping[str, str] = {
    "json": "--format json prints one JSON document",
    "o": "--out FILE saves a plan; --format json prints JSON",
    "output": "--out FILE saves a plan; --format json prints JSON",
    "y": _APPROVE,
    "yes": _APPROVE,
    "assume-yes": _APPROVE,
    "no-confirm": _APPROVE,
    "force": f"there is no --force: {_APPROVE}, and what a plan stops for is named in its message",
    "target": _WHOLE,
    "replace": "`gwctl state rm ADDRESS` forgets one resource; the next apply creates it again",
    "dry-run": _LOOK,
    "n": _LOOK,
    "check": "`gwctl validate` checks the file, `gwctl plan --detailed-exitcode` exits 2 for changes",
    "var-file": "--var NAME=VALUE, or GWCTL_VAR_NAME in the environment; -f prod.yaml lays a file over the first",
    "chdir": "-C DIR works in that directory: `gwctl plan -C DIR`",
    "refresh": "every plan asks the endpoints; --offline asks none of them",
    "refresh-only": "every plan asks the endpoints; `gwctl plan --detailed-exitcode=drift,catalog` is about them alone",
    "no-color": "--color never, or NO_COLOR=1 in the environment",
    "input": "gwctl asks nothing unless it runs at a terminal",
    "lock": _LOCKS,
    "lock-timeout": _LOCKS,
    "parallelism": "gwctl asks up to a hundred endpoints at once; there is nothing to set",
    "destroy": "`gwctl destroy` removes everything that was applied",
    "config": "-f FILE names the gateway file",
    "filename": "-f FILE names the gateway file",
    "file": "-f FILE names the gateway file",
    "debug": "-v says more",
    "trace": "-v says more",
    "log-level": "-v says more, -q says less",
    "silent": "-q prints only errors and the last line",
    "version": "`gwctl --version`",
    "V": "`gwctl --version`",
    "help": "`gwctl --help`, or --help after a command",
    "key": _KEY,
    "api-key": _KEY,
    "token": _KEY,
    "password": "a store's password comes from the environment, never from the command line (docs/reference/stores.md)",
    "base-url": "write `base_url:` in the gateway file",
    "env": "variables are given with --var NAME=VALUE; -f prod.yaml lays a stage's file over the first",
    "profile": "each stage has a file of its own: -f gateway.yaml -f prod.yaml",
    "timeout": "write `timeout:` under the endpoint in the gateway file",
    "insecure": "TLS is always verified; `tls: {ca_file: …}` trusts a private authority",
    "k": "TLS is always verified; `tls: {ca_file: …}` trusts a private authority",
}

_CREATE = "nothing has to be set up: write gateway.yaml (the README shows one), then type `gwctl plan`"
_APPLY = "`gwctl apply` makes it as the gateway file says"
_STATE = "`gwctl state list`, `show`, `rm` and `mv` look after what is recorded"
_KEYS = "keys are referenced in the gateway file; `gwctl key set ENDPOINT` keeps one in the OS keychain"
_VALIDATE = "`gwctl validate` checks the gateway file"
_LIST = "`gwctl models` lists the models, `gwctl state list` what is recorded"
_STAGES = "another stage is another file or state: `gwctl plan -f FILE` or `gwctl plan --state URL`"

COMMANDS: Mapping[str, str] = {
    "init": _CREATE,
    "new": _CREATE,
    "create": _CREATE,
    "import": "nothing is imported: `gwctl apply` records what is in the gateway file; "
    "--adopt key.ENDPOINT takes over a keychain entry",
    "export": "`gwctl env --format dotenv` prints an endpoint's variables, `gwctl state pull` the state",
    "fmt": f"{_VALIDATE}; any YAML formatter may format it",
    "format": f"{_VALIDATE}; any YAML formatter may format it",
    "refresh": "every `gwctl plan` asks the endpoints again; `gwctl lock` renews the lock file",
    "output": "`gwctl env` prints an endpoint's variables; --format json after most commands prints JSON",
    "workspace": _STAGES,
    "stack": _STAGES,
    "diff": _LOOK,
    "preview": _LOOK,
    "status": _LOOK,
    "up": _APPLY,
    "sync": _APPLY,
    "deploy": _APPLY,
    "update": _APPLY,
    "upgrade": "in a clone: git pull && .venv/bin/pip install -q .",
    "down": "`gwctl destroy` removes everything that was applied",
    "delete": "take it out of the gateway file and apply, or remove everything: `gwctl destroy`",
    "remove": "take it out of the gateway file and apply, or remove everything: `gwctl destroy`",
    "rm": "take it out of the gateway file and apply, or remove everything: `gwctl destroy`",
    "list": _LIST,
    "ls": _LIST,
    "get": _LIST,
    "lint": _VALIDATE,
    "check": f"{_VALIDATE}, `gwctl test` the connections",
    "login": _KEYS,
    "logout": _KEYS,
    "auth": _KEYS,
    "keys": _KEYS,
    "taint": _STATE,
    "untaint": _STATE,
    "mv": _STATE,
    "force-unlock": "`gwctl state unlock` breaks a lock",
    "unlock": "`gwctl state unlock` breaks a lock",
    "providers": "`gwctl presets` lists the vendors and servers",
    "config": "the gateway file is gateway.yaml, or what -f FILE names; `gwctl schema` prints its schema",
    "exec": "`gwctl run -- CMD` runs a tool with an endpoint's variables",
    "ask": '`gwctl chat "Hello"` sends one message',
    "ping": "`gwctl test` tests the connections",
}
