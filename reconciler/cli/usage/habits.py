"""The commands and options of other tools, each with the gwctl command that does the same."""

from __future__ import annotations

from collections.abc import Mapping

_APPROVE = "`apply` and `destroy` ask no question with --auto-approve"
_LOOK = "`gwctl plan` shows the changes without making them"
_WHOLE = "a plan always covers the whole gateway file; `gwctl plan -v` shows all of it"
_KEY = "keys are not given on the command line: write `key: {env: NAME}` in the gateway file, and set NAME"
_LOCKS = "gwctl waits for the lock for a short time; `gwctl state unlock` removes a lock that was left over"

OPTIONS: Mapping[str, str] = {
    "json": "--format json prints one JSON document",
    "o": "--out FILE saves a plan; --format json prints JSON",
    "output": "--out FILE saves a plan; --format json prints JSON",
    "y": _APPROVE,
    "yes": _APPROVE,
    "assume-yes": _APPROVE,
    "no-confirm": _APPROVE,
    "force": f"there is no --force: {_APPROVE}; if a plan is blocked, its message names the option to add",
    "target": _WHOLE,
    "replace": "`gwctl state rm ADDRESS` removes one resource from the state; the next apply creates it again",
    "dry-run": _LOOK,
    "n": _LOOK,
    "check": "`gwctl validate` checks the file, `gwctl plan --detailed-exitcode` exits 2 if there are changes",
    "var-file": "use --var NAME=VALUE, or set GWCTL_VAR_NAME; -f gateway.yaml -f prod.yaml adds an overlay",
    "chdir": "-C DIR works in that directory: `gwctl plan -C DIR`",
    "refresh": "every plan requests the model lists; --offline sends no request",
    "refresh-only": "every plan requests the model lists; `--detailed-exitcode=drift,catalog` exits 2 if they changed",
    "no-color": "use --color never, or set NO_COLOR=1 in the environment",
    "input": "gwctl asks questions only at a terminal",
    "lock": _LOCKS,
    "lock-timeout": _LOCKS,
    "parallelism": "gwctl contacts up to 100 endpoints at once; the number cannot be set",
    "destroy": "`gwctl destroy` deletes everything that was applied",
    "config": "-f FILE names the gateway file",
    "filename": "-f FILE names the gateway file",
    "file": "-f FILE names the gateway file",
    "debug": "-v prints more",
    "trace": "-v prints more",
    "log-level": "-v prints more, -q prints less",
    "silent": "-q prints only errors and the last line",
    "version": "`gwctl --version`",
    "V": "`gwctl --version`",
    "help": "type `gwctl --help`, or --help after a command",
    "key": _KEY,
    "api-key": _KEY,
    "token": _KEY,
    "password": "a store's password comes from the environment, never from the command line (docs/reference/stores.md)",
    "base-url": "write `base_url:` in the gateway file; `gwctl connect` has --base-url",
    "env": "--var NAME=VALUE sets a variable; -f gateway.yaml -f prod.yaml adds an overlay",
    "profile": "each stage has its own overlay: -f gateway.yaml -f prod.yaml",
    "timeout": "write `timeout:` under the endpoint in the gateway file",
    "insecure": "TLS is always verified; `tls: {ca_file: …}` trusts a private certificate authority",
    "k": "TLS is always verified; `tls: {ca_file: …}` trusts a private certificate authority",
}

_CREATE = "`gwctl init` writes a gateway file for the servers and tools on this machine"
_APPLY = "`gwctl apply` applies the gateway file"
_STATE = "`gwctl state list`, `show`, `rm` and `mv` show and edit the state"
_KEYS = "the gateway file refers to keys; `gwctl key set ENDPOINT` stores a key in the OS keychain"
_VALIDATE = "`gwctl validate` checks the gateway file"
_LIST = "`gwctl models` lists the models, `gwctl state list` lists the recorded resources"
_STAGES = "use another file or state: `gwctl plan -f FILE` or `gwctl plan --state URL`"

COMMANDS: Mapping[str, str] = {
    "new": _CREATE,
    "create": _CREATE,
    "setup": _CREATE,
    "add": "`gwctl connect` adds an endpoint to the gateway file",
    "import": "no import is needed: `gwctl apply` records what is in the gateway file; "
    "--adopt key.ENDPOINT takes over a keychain entry",
    "fmt": f"{_VALIDATE}; any YAML formatter can format the file",
    "format": f"{_VALIDATE}; any YAML formatter can format the file",
    "refresh": "every `gwctl plan` requests the model lists again; `gwctl lock` updates the lock file",
    "output": "`gwctl env` prints an endpoint's variables; most commands print JSON with --format json",
    "workspace": _STAGES,
    "stack": _STAGES,
    "diff": _LOOK,
    "preview": _LOOK,
    "up": _APPLY,
    "sync": _APPLY,
    "deploy": _APPLY,
    "update": _APPLY,
    "upgrade": "in a clone: git pull && .venv/bin/pip install -q .",
    "down": "`gwctl destroy` deletes everything that was applied",
    "delete": "remove the endpoint from the gateway file and apply; `gwctl destroy` deletes everything",
    "remove": "remove the endpoint from the gateway file and apply; `gwctl destroy` deletes everything",
    "rm": "remove the endpoint from the gateway file and apply; `gwctl destroy` deletes everything",
    "list": _LIST,
    "ls": _LIST,
    "get": _LIST,
    "lint": _VALIDATE,
    "check": f"{_VALIDATE}, `gwctl test` tests the connections",
    "login": _KEYS,
    "logout": _KEYS,
    "auth": _KEYS,
    "keys": _KEYS,
    "taint": _STATE,
    "untaint": _STATE,
    "mv": _STATE,
    "force-unlock": "`gwctl state unlock` removes a lock",
    "unlock": "`gwctl state unlock` removes a lock",
    "providers": "`gwctl presets` lists the vendors and servers",
    "config": "the gateway file is gateway.yaml, or -f FILE; `gwctl schema` prints its schema",
    "exec": "`gwctl run -- CMD` runs a tool with an endpoint's variables",
    "ask": '`gwctl chat "Hello"` sends one message',
    "ping": "`gwctl test` tests the connections",
}
