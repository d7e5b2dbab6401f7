"""The help of every command, as constants: `python -OO` drops docstrings, and `gwctl --help` imports no command."""

from __future__ import annotations

from collections.abc import Mapping

SHORT: Mapping[str, str] = {
    "validate": "Check the gateway file.",
    "plan": "Show what an apply would change.",
    "show": "Show a saved plan.",
    "apply": "Show the plan, ask, and carry it out.",
    "destroy": "Remove everything that was applied.",
    "lock": "Pin the model lists in the lock file.",
    "test": "Test the connections.",
    "chat": "Send one message.",
    "run": "Run a tool with base URL, key and model in its environment.",
    "env": "Print the variables that `gwctl run` sets.",
    "models": "List the models that each endpoint offers now.",
    "presets": "List the presets: vendors and servers.",
    "schema": "Print a JSON Schema.",
    "state": "Look after the state: what was applied.",
    "state list": "List the addresses of everything recorded.",
    "state show": "Show what is recorded at one address.",
    "state rm": "Forget what is recorded at these addresses.",
    "state mv": "Give a recorded resource a new address.",
    "state pull": "Print the state as it is stored.",
    "state push": "Store a state that was pulled or saved.",
    "state unlock": "Break the lock of the state.",
    "trust": "Agree to where secrets may go; list, revoke.",
    "trust list": "List what was agreed to on this machine.",
    "trust revoke": "Take back what was agreed to.",
    "trust agree": "Agree to every new pair, or to those of the named endpoints.",
    "key": "Look after the keys that are kept in the OS keychain.",
    "key list": "List the kept keys of this gateway file.",
    "key audit": "List every key that gwctl keeps on this machine.",
    "key set": "Keep a key for an endpoint.",
    "key rm": "Delete the key that is kept for an endpoint.",
    "doctor": "Find out why something does not work.",
    "explain": "Explain the code of a message.",
}

HELP: Mapping[str, str] = {
    "": """Plan and apply for the language-model endpoints that a team uses.

    Write a gateway file (gateway.yaml), look at the changes with `gwctl plan`, and make them with `gwctl apply`.
    """,
    "validate": """Check the gateway file: no network, no keys, no state.

    All errors are shown at once, each with its place and what to write instead. FILES are checked one by one; with -f,
    each of them is laid over that file first, as a stage is.
    """,
    "plan": """Show what an apply would change; change nothing.

    The endpoints are asked for their models, with their keys. --offline asks none of them.
    """,
    "show": """Show the plan that `gwctl plan --out FILE` saved.

    Nothing else is read: no gateway file, no state. `gwctl apply PLAN` says whether it can still be applied.
    """,
    "apply": """Show the plan, ask, and carry it out; or carry out a saved PLAN without asking.

    A saved plan can be applied once, with the same gateway file, while the state is the one it was made for. It holds
    the consents that it was made with.
    """,
    "destroy": """Remove everything that gwctl recorded for this gateway file. No endpoint is asked.

    A protected endpoint stops it: apply `protect: false` first.
    """,
    "lock": """Pin the model lists of all ENDPOINTS, or of those named, in the lock file (gateway.lock.yaml).

    Commit that file: --locked, --offline and --no-keys take the lists from it. A list that fails, is empty or is much
    shorter than before changes nothing there, and the exit code is 1.
    """,
    "test": """Test the connection of all ENDPOINTS, or of those named; exit 1 if one fails.

    Each endpoint is asked for its list of models, which costs nothing. --chat sends a message, which does.
    """,
    "chat": """Send one message through MODEL (ENDPOINT/ID, or an ID), or through the chat default.

    Quote the PROMPT. A PROMPT of - is read from standard input.
    """,
    "run": """Run CMD with the base URL, the key and the model of one endpoint in its environment.

    The variables are those that tools read (OPENAI_BASE_URL, OPENAI_API_KEY, ANTHROPIC_BASE_URL, ...). gwctl becomes
    the command: exit code and signals are the command's own. No request is made and nothing is written.
    """,
    "env": """Print the variables that `gwctl run` sets.

    For a POSIX shell, with an unset for each variable of another endpoint; as dotenv; or as JSON. In a shell of your
    own, `gwctl run -- "$SHELL"` is better: the variables end with it.
    """,
    "models": """List the models that all ENDPOINTS, or those named, offer now.

    Each with its purpose, where it comes from, and whether the filters leave it out.
    """,
    "presets": """List the presets: base URL, whether a key is needed, and the variable that usually holds it.

    The gateway file's own (`presets:`) come first, if there is one.
    """,
    "schema": """Print the JSON Schema of the gateway file, or of the format called NAME.

    For editors: `gwctl schema > gateway.schema.json`, and the gateway file's first line
    `# yaml-language-server: $schema=gateway.schema.json`.
    """,
    "state": "Look after the state: what was applied.",
    "state list": "List the addresses of everything recorded.",
    "state show": "Show what is recorded at ADDRESS.",
    "state rm": """Forget what is recorded at these ADDRESSES; an endpoint goes with its models and their defaults.

    The next apply creates again what the gateway file still asks for.
    """,
    "state mv": """Give what is recorded at the address OLD the address NEW.

    The same as `moved:` in the gateway file, for this one state.
    """,
    "state pull": "Print the state as it is stored.",
    "state push": """Store the state in FILE: what `gwctl state pull` printed, or an errored.state.json.

    It may replace only an older serial of the same lineage, or nothing. A FILE of - is standard input.
    """,
    "state unlock": """Break the lock of the state, whoever holds it.

    The lock of a killed run ends by itself within a minute; this is for one that does not. If its holder still works,
    nothing is lost: either its write is refused, or yours.
    """,
    "key": "Look after the keys that gwctl keeps in the OS keychain (`store_key: keyring`).",
    "key list": "List the kept keys of this gateway file: where they are, never the keys themselves.",
    "key audit": """List every key that gwctl keeps on this machine, and which are missing, changed or orphaned.

    Exit 1 if something has to be done.
    """,
    "key set": """Keep a key for ENDPOINT. It is typed unseen or read from standard input, and never an argument.""",
    "key rm": """Delete the key that is kept for ENDPOINT, if gwctl made the entry.""",
    "trust": """Agree that the gateway file's secrets may go where it says: gwctl trust [ENDPOINT]...

    At a terminal every new pair is shown, and asked about once. Where nobody can be asked, name the endpoints: you
    agree to what you name, also to running the commands of their keys. `--state URL` agrees to sending the state's
    credential to that server. A file that was moved takes its own along: --moved-from PATH; else: --another.
    """,
    "trust list": "List what was agreed to on this machine, for every gateway file.",
    "trust revoke": "Take back what was agreed to for the ENDPOINTS of this gateway file, commands included.",
    "trust agree": "Agree to every new pair, or to those of the named ENDPOINTS.",
    "doctor": """Examine this machine, the files, and all ENDPOINTS or those named; exit 1 if something is wrong.

    Where each key comes from and whether it looks like one, which proxy and certificate authorities are used, whether
    each server answers and is trusted. No key is sent anywhere: `gwctl test` does that.
    """,
    "explain": """Explain what CODE means and what to do. Without CODE, list all codes.

    `-v` shows the code of each message, and JSON documents always have it.
    """,
}
