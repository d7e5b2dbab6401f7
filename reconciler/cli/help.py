"""The help of every command, as constants: `python -OO` drops docstrings, and `gwctl --help` imports no command."""

from __future__ import annotations

from collections.abc import Mapping

SHORT: Mapping[str, str] = {
    "validate": "Check the gateway file.",
    "plan": "Show what an apply would change.",
    "show": "Show a saved plan.",
    "apply": "Show the plan, ask for approval, apply it.",
    "destroy": "Delete everything that was applied.",
    "lock": "Pin the model lists in the lock file.",
    "test": "Test the connections.",
    "chat": "Send one message to a model.",
    "run": "Run a tool with base URL, key and model in its environment.",
    "env": "Print the variables that `gwctl run` sets.",
    "models": "List the models that each endpoint offers now.",
    "presets": "List the presets: vendors and servers.",
    "schema": "Print a JSON Schema.",
    "state": "Show and edit the state: what was applied.",
    "state list": "List the addresses of all recorded resources.",
    "state show": "Show the recorded resource at an address.",
    "state rm": "Remove resources from the state.",
    "state mv": "Change the address of a recorded resource.",
    "state pull": "Print the stored state.",
    "state push": "Replace the stored state.",
    "state unlock": "Remove the lock of the state.",
    "trust": "Allow secrets to be sent to hosts; list, revoke.",
    "trust list": "List the bindings of this machine.",
    "trust revoke": "Revoke bindings.",
    "trust agree": "Allow all new pairs, or those of the named endpoints.",
    "key": "Manage the keys that are stored in the OS keychain.",
    "key list": "List the stored keys of this gateway file.",
    "key audit": "Check all keys that gwctl has stored on this machine.",
    "key set": "Store a key for an endpoint.",
    "key rm": "Delete the stored key of an endpoint.",
    "doctor": "Find out why something does not work.",
    "explain": "Explain the code of a message.",
}

HELP: Mapping[str, str] = {
    "": """Plan and apply changes to the language-model endpoints of a team.

    Write a gateway file (gateway.yaml). `gwctl plan` shows the changes, `gwctl apply` makes them.
    """,
    "validate": """Check the gateway file: no network, no keys, no state.

    All errors are shown at once, each with its position and a suggestion. Each of the FILES is checked by itself. With
    -f, each of them is checked as an overlay of that file.
    """,
    "plan": """Show what an apply would change; change nothing.

    The plan needs the model lists. gwctl requests them from the endpoints, with their keys. With --offline it sends no
    request.
    """,
    "show": """Show a plan that `gwctl plan --out FILE` saved.

    Only the plan is read: no gateway file, no state. `gwctl apply PLAN` checks whether the plan can still be applied.
    """,
    "apply": """Show the plan, ask for approval and apply it; or apply the saved PLAN without asking.

    A saved plan can be applied once, with the same gateway file, and only if the state has not changed since. It
    contains the consents that `gwctl plan` was given.
    """,
    "destroy": """Delete everything that gwctl has recorded for this gateway file. No endpoint is contacted.

    A protected endpoint blocks this. Apply `protect: false` first.
    """,
    "lock": """Pin the model lists of all ENDPOINTS, or of those named, in the lock file (gateway.lock.yaml).

    Commit the lock file: --locked, --offline and --no-keys use its lists. If an endpoint fails, or its list is empty or
    much shorter than before, its list in the lock file stays and the exit code is 1.
    """,
    "test": """Test the connection to all ENDPOINTS, or to those named; exit 1 if one fails.

    The test requests the model list of each endpoint, which costs nothing. --chat also sends a message, which may cost
    something.
    """,
    "chat": """Send one message to MODEL (ENDPOINT/ID, or an ID), or to the chat default.

    Quote the PROMPT. If it is -, it is read from standard input.
    """,
    "run": """Run CMD with the base URL, the key and the model of one endpoint in its environment.

    The variables are those that tools read (OPENAI_BASE_URL, OPENAI_API_KEY, ANTHROPIC_BASE_URL, ...). The command
    replaces the gwctl process, so exit code and signals are those of the command. gwctl sends no request and writes
    nothing.
    """,
    "env": """Print the variables that `gwctl run` sets.

    As commands for a POSIX shell, as dotenv, or as JSON. The shell commands also unset the variables of other
    endpoints. For an interactive shell, use `gwctl run -- "$SHELL"`: the variables end with that shell.
    """,
    "models": """List the models that all ENDPOINTS, or those named, offer now.

    For each model: its purpose, its origin, and whether the filters exclude it.
    """,
    "presets": """List the presets: base URL, whether a key is needed, and the variable that usually holds it.

    The presets of the gateway file (`presets:`), if there is one, come first.
    """,
    "schema": """Print the JSON Schema of the gateway file, or of the format NAME.

    For completion in an editor, run `gwctl schema > gateway.schema.json` and make this the first line of the gateway
    file: `# yaml-language-server: $schema=gateway.schema.json`.
    """,
    "state": "Show and edit the state: what was applied.",
    "state list": "List the addresses of all recorded resources.",
    "state show": "Show the recorded resource at ADDRESS.",
    "state rm": """Remove the resources at ADDRESSES from the state; an endpoint with its models and their defaults.

    Nothing else is deleted. The next apply creates again what is still in the gateway file.
    """,
    "state mv": """Change the address of a recorded resource from OLD to NEW.

    `moved:` in the gateway file does the same for every state.
    """,
    "state pull": "Print the stored state, unchanged.",
    "state push": """Replace the stored state with FILE: a state from `gwctl state pull`, or an errored.state.json.

    The stored state must have the same lineage and an older serial, or be empty. If FILE is -, standard input is read.
    """,
    "state unlock": """Remove the lock of the state, no matter who holds it.

    The lock of a killed run expires within a minute. Use this command if it does not. If the holder is still running,
    no data is lost: either its write or yours is rejected.
    """,
    "key": "Manage the keys that gwctl stores in the OS keychain (`store_key: keyring`).",
    "key list": "List the stored keys of this gateway file: their places, never the keys themselves.",
    "key audit": """List all keys that gwctl has stored on this machine, and which are missing, changed or orphaned.

    The exit code is 1 if something needs attention.
    """,
    "key set": """Store a key for ENDPOINT. Type it (it is not shown) or pipe it in. It is never an argument.""",
    "key rm": """Delete the stored key of ENDPOINT, if gwctl created the entry.""",
    "trust": """Allow the secrets of the gateway file to be sent where it says: gwctl trust [ENDPOINT]...

    At a terminal, gwctl shows all new pairs of secret and host and asks once. Without a terminal, name the endpoints:
    you agree to all their pairs, and to running the commands of their keys. `--state URL` allows the credential of the
    state to be sent to that server. For a gateway file that was moved, use --moved-from PATH to keep what was agreed
    to, or --another to start without it.
    """,
    "trust list": "List what was agreed to on this machine, for every gateway file.",
    "trust revoke": "Revoke what was agreed to for the ENDPOINTS of this gateway file, including their commands.",
    "trust agree": "Allow all new pairs, or those of the named ENDPOINTS.",
    "doctor": """Check this machine, the files, and all ENDPOINTS or those named; exit 1 if something is wrong.

    Shows where each key comes from and whether it looks like a key, which proxy and certificate authorities are used,
    and whether each server is reachable and its certificate is trusted. No key is sent: use `gwctl test` for that.
    """,
    "explain": """Explain what CODE means and what to do. Without CODE, list all codes.

    `-v` shows the code of each message, and JSON documents always have it.
    """,
}
