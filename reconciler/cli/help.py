"""The help texts of all commands as constants, because `python -OO` drops docstrings.

`gwctl --help` imports no command.
"""

from __future__ import annotations

from collections.abc import Mapping

SHORT: Mapping[str, str] = {
    "validate": "Check the gateway file.",
    "init": "Start: write a gateway file for the servers and tools found here.",
    "join": "Join: set up this machine with a team's gateway file.",
    "leave": "Leave: remove the traces of a gateway file from this machine.",
    "connect": "Add an endpoint to the gateway file.",
    "plan": "Show what an apply would change.",
    "show": "Show a saved plan.",
    "apply": "Show the plan, ask for approval, apply it.",
    "destroy": "Delete everything that was applied.",
    "status": "Show what was applied, what differs, and what to do next.",
    "hook": "Print the line of `gwctl status --line` after git commands.",
    "hook install": "Install git hooks that print the line of `gwctl status --line`.",
    "hook remove": "Remove the git hooks.",
    "hook status": "Show the git hooks.",
    "lock": "Pin the model lists in the lock file.",
    "test": "Test the connections.",
    "chat": "Send one message to a model.",
    "run": "Run a tool with base URL, key and model in its environment.",
    "env": "Print the variables that `gwctl run` sets.",
    "export": "Print what was applied, for other programs.",
    "export resolved": "Print the resolved file: roles and models, with base URLs.",
    "export kubernetes": "Print a ConfigMap with the resolved file, and an ExternalSecret.",
    "export TOOL": "Print the file of a tool, or what to type where a tool has none.",
    "models": "List the models that each endpoint offers now.",
    "clients": "List the tools that gwctl can configure.",
    "configure": "Configure a tool: add it to the gateway file and apply.",
    "ui": "Open a local page: status, plan, connect, models, tools, chat.",
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
    "trust": "Allow secrets to be sent to hosts, or revoke a consent.",
    "trust list": "List the bindings of this machine.",
    "trust revoke": "Revoke bindings.",
    "trust agree": "Allow all new pairs of secret and host, or only named endpoints.",
    "key": "Manage the keys that are stored in the OS keychain.",
    "key list": "List the stored keys of this gateway file, and the handles of its tools.",
    "key print": "Print one key, for a tool.",
    "key check": "Check whether `key print` would work.",
    "key revoke": "Revoke a tool's handle, or allow it again.",
    "key audit": "Check all keys that gwctl has stored on this machine.",
    "key set": "Store a key for an endpoint.",
    "key rm": "Delete the stored key of an endpoint.",
    "doctor": "Find out why something does not work.",
    "completion": "Print the script that completes the words of gwctl in a shell.",
    "man": "Write the manual pages.",
    "explain": "Explain the code of a message.",
}

HELP: Mapping[str, str] = {
    "": """Plan and apply changes to the language-model endpoints of a team.

    Write a gateway file (gateway.yaml). `gwctl plan` shows the changes, `gwctl apply` makes them.
    """,
    "validate": """Check the gateway file, without network, keys or state.

    All errors are shown at once, each with its position and a suggestion. Each of the FILES is checked by itself. With
    -f FILE, each of the FILES is checked as an overlay of FILE.
    """,
    "init": """Start: find servers, keys and tools on this machine, write gateway.yaml, apply it, get a first answer.

    gwctl looks for servers on their usual ports (on this machine only), for variables that usually contain a key (by
    name), and for tools that it can configure. At a terminal, gwctl asks which of these to use. Nothing is written
    before you agree. An existing gateway.yaml is never overwritten. With a PRESET, only this server or vendor is used.
    Without a terminal, --yes uses every endpoint that is found, and the tools that --tool names.

    --from imports endpoints from a configuration of LiteLLM, LibreChat, Continue, opencode, Codex, `llm` or Open WebUI,
    a .env file, or the URL of a running LiteLLM. A key in such a file is never copied: a message shows the key's
    position and the variable to set.
    """,
    "join": """Join a team: set up this machine with a gateway file that others wrote.

    gwctl shows which secret would be sent to which host, and asks once. For each endpoint that stores its key in the
    keychain, gwctl asks for the key, tests the key and stores it. gwctl then offers the installed tools that the file
    names, applies the resources of this machine, and gets a first answer from a model.

    With --yes, gwctl asks nothing: it agrees only to what --allow-host names, and takes keys only from their variables
    or the keychain.
    """,
    "leave": """Leave a team: remove the stored keys, the entries in tools' files and the consents from this machine.

    gwctl shows what it would remove, and asks. The earlier content of a tool's file is restored. The gateway file and
    the state are not changed. If the state cannot be read, gwctl removes what this machine has recorded.
    """,
    "connect": """Add one endpoint to the gateway file: a server or vendor, known by its PRESET.

    At a terminal, gwctl asks for everything that the options do not set. It tests the connection, shows the change of
    the file and the plan, and writes nothing before you agree. Comments and layout of the file are kept. A typed key is
    stored in the keychain only. Without a terminal, give the options and --yes.
    """,
    "plan": """Show what an apply would change; change nothing.

    The plan needs the model lists. gwctl requests them from the endpoints, with their keys. With --offline it sends no
    request.
    """,
    "show": """Show a plan that `gwctl plan --out FILE` saved.

    Only the plan is read. No gateway file and no state are needed. `gwctl apply PLAN` checks whether the plan can
    still be applied.
    """,
    "apply": """Show the plan, ask for approval and apply it; or apply the saved PLAN without asking.

    A saved plan can be applied once, with the same gateway file, and only if the state has not changed since then.
    Consents are part of the saved plan: give them to `gwctl plan`.
    """,
    "destroy": """Delete everything that gwctl has recorded for this gateway file. No endpoint is contacted.

    A protected endpoint blocks the command. Apply `protect: false` first.
    """,
    "status": """Show what was applied from this gateway file, what differs, and what to do next.

    For each endpoint: the source of its key, its models by purpose, and the age of its list. gwctl opens no keychain
    and no remote store, and contacts the endpoints only with --live. If the state is in a remote store, gwctl shows
    what the last apply on this machine recorded.

    --line compares the gateway file with the last apply on this machine, for a git hook or a prompt. It prints one line
    with the command to type, or nothing, and always exits 0.
    """,
    "hook": """Print the line of `gwctl status --line` after a pull, a checkout or a rebase.

    The line says what to type if the gateway file differs from what was applied on this machine. A hook applies
    nothing, sends nothing and never stops git.
    """,
    "hook install": """Install the hooks post-merge, post-checkout and post-rewrite in the gateway file's repository.

    gwctl writes only in git's own directory, and only files that do not exist or that it wrote. For a hook of your own
    or of another tool, the error has the line to add.
    """,
    "hook remove": """Remove the git hooks of the gateway file.

    A hook that another program has changed stays.
    """,
    "hook status": "Show the path of each git hook, and whether it is as gwctl wrote it.",
    "lock": """Pin the model lists of all endpoints, or of the named ENDPOINTS, in the lock file.

    Commit the lock file (gateway.lock.yaml): --locked, --offline and --no-keys use its lists. If an endpoint fails,
    or its list is empty or much shorter than before, the lock file keeps the old list of that endpoint and the exit
    code is 1.
    """,
    "test": """Test the connection to all endpoints, or to the named ENDPOINTS; exit 1 if a test fails.

    The test requests the model list of each endpoint, which is free. --chat also sends a message, which may cost money.
    """,
    "chat": """Send one message to MODEL (ENDPOINT/ID, an ID or a role), or to the chat default.

    Put the PROMPT in quotes. Use - to read the PROMPT from standard input.
    """,
    "run": """Run CMD with the base URL, the key and the model of one endpoint in its environment.

    The variables are those that tools read (OPENAI_BASE_URL, OPENAI_API_KEY, ANTHROPIC_BASE_URL, ...). CMD replaces
    the gwctl process, so the exit code comes from CMD. gwctl sends no request and writes nothing.
    """,
    "env": """Print the variables that `gwctl run` sets.

    The formats are commands for a POSIX shell, dotenv lines and JSON. The shell commands also unset the variables of
    other endpoints. For an interactive shell, use `gwctl run -- "$SHELL"`: the variables exist only in that shell.
    """,
    "export": "Print what was applied, for other programs.",
    "export resolved": """Print the resolved file: JSON with base URL, API, model and limits of each role and model.

    The file contains no key. It names the variable from which a program takes the key (--key env), or the command of
    this machine that prints the key (--key helper). The file has only what was applied. No endpoint is contacted.
    """,
    "export kubernetes": """Print a ConfigMap with the resolved file. With --secret-store, also print an ExternalSecret.

    The ExternalSecret makes a Secret with one value for each variable that the resolved file names. No key is read.
    Only what was applied is in the manifests. No endpoint is contacted.
    """,
    "export TOOL": """Print the file that gwctl writes for a TOOL. For a tool without such a file, print what to type.

    TOOL is the name of a tool that `gwctl clients` lists, or one of: claude-managed, open-webui, open-webui-compose,
    cursor, jetbrains, cline. With --merge, the file of yours is printed with gwctl's parts set and every other byte
    unchanged: for chezmoi, home-manager and other programs that write your files. gwctl writes no file. The text
    contains no key. Only what was applied is in it. No endpoint is contacted.
    """,
    "models": """List the models that all endpoints, or the named ENDPOINTS, offer now.

    For each model: its purpose, its limits and capabilities, its origin, and whether the filters exclude it.
    """,
    "clients": """List the tools that gwctl can configure, and which of them are on this machine.

    A tool is found by its command, or by a file in its directory that gwctl did not create. No tool is run. The column
    FILE shows a file that gwctl wrote, or to which gwctl added entries.
    """,
    "configure": """Configure a TOOL: add it to the gateway file, show what changes, ask, save and apply.

    Comments and layout of the file are kept. With --local, the tool is added to gateway.local.yaml beside the gateway
    file. That file contains clients and endpoints that only you use. If the file has the tool already, the options
    change its fields. An option that is given more than once replaces the whole list. `gwctl clients` lists the tools.
    """,
    "ui": """Open a local page for this gateway file in a browser, with the steps of the other commands.

    The page shows the status, the plan, the models and the tools. It connects and removes endpoints, sends a message to
    a model, and applies the plan after you confirm it. It listens on this machine only, for one browser, and needs no
    script. The page ends with ^C, or after a quiet time without a request.
    """,
    "presets": """List the presets: base URL, whether a key is needed, and the variable that usually contains the key.

    The presets in the gateway file (`presets:`) come first.
    """,
    "schema": """Print the JSON Schema of the gateway file, or of the format NAME.

    For completion in an editor, run `gwctl schema > gateway.schema.json` and make this the first line of the gateway
    file: `# yaml-language-server: $schema=gateway.schema.json`. `overlay` is the format of overlays (-f FILE -f FILE),
    and `local` that of `gateway.local.yaml`.
    """,
    "state": "Show and edit the state: what was applied.",
    "state list": "List the addresses of all recorded resources.",
    "state show": "Show the recorded resource at ADDRESS.",
    "state rm": """Remove the resources at ADDRESSES from the state.

    An endpoint is removed with its models and their defaults. Nothing outside the state is deleted. The next apply
    creates resources again that are still in the gateway file.
    """,
    "state mv": """Change the address of a recorded resource from OLD to NEW.

    `moved:` in the gateway file does the same for every state.
    """,
    "state pull": "Print the stored state, unchanged.",
    "state push": """Replace the stored state with FILE: a state from `gwctl state pull`, or an errored.state.json.

    The stored state must have the same lineage and an older serial, or be empty. If FILE is -, standard input is read.
    """,
    "state unlock": """Remove the lock of the state, no matter who holds it.

    The lock of a killed run expires within a minute. Use this command for a lock that remains. If the holder is
    still running, no data is lost: either its write or yours is rejected.
    """,
    "key": "Manage the keys that gwctl stores in the OS keychain.",
    "key list": """List the stored keys of this gateway file, and the handles of its tools. No key is shown.

    A tool's file contains a handle. For each handle, the list shows the client, the endpoint, the minute of the last
    use, and whether the handle was revoked.
    """,
    "key print": """Print the key of HANDLE (ENDPOINT@xxxxxx, from a tool's file) or of NAME/ENDPOINT, then a line end.

    Tools run this command. The command reads only the ledger and the source of the key that the ledger names: the
    stored key, or else the variable, the file or the key command of the applied endpoint. The command reads no gateway
    file, sends no request and asks no question. If there is no key to print, the command prints one sentence on
    standard error and exits with 1.
    """,
    "key check": """Show which key `gwctl key print` would print, without printing the key; exit 1 if there is no key.

    The command takes the same arguments and follows the same rules. If the key comes from a key command, that key
    command is run.
    """,
    "key revoke": """Revoke HANDLE: `gwctl key print` then prints no key for HANDLE. --undo allows HANDLE again.

    The handle stays revoked even if an apply writes the tool's file again.
    """,
    "key audit": """List all keys that gwctl has stored on this machine; mark missing, changed and orphaned keys.

    The exit code is 1 if something needs attention.
    """,
    "key set": """Store a key for ENDPOINT. Type the key, which is not shown, or pipe the key in.

    gwctl first checks that the keychain can store a key. The key is not tested: `gwctl test ENDPOINT` sends it.
    Without `store_key` in the gateway file, the key is stored only on this machine, until `gwctl key rm`.
    """,
    "key rm": """Delete the stored key of ENDPOINT, if gwctl created the entry.""",
    "trust": """Allow the secrets of the gateway file to be sent to its hosts: gwctl trust [ENDPOINT]...

    At a terminal, gwctl shows all new pairs of secret and host and asks once. Without a terminal, name the endpoints:
    you agree to all pairs of these endpoints, and to running their key commands. `--state URL` allows the credential of
    the state to be sent to that server. After the gateway file was moved, --moved-from PATH keeps its bindings.
    --another starts without bindings.
    """,
    "trust list": "List the bindings on this machine, for every gateway file.",
    "trust revoke": "Revoke the bindings of ENDPOINTS in this gateway file, and the consents to their key commands.",
    "trust agree": "Allow all new pairs of secret and host, or only those of the named ENDPOINTS.",
    "doctor": """Check this machine, the files, and all endpoints or each ENDPOINT; exit 1 if something is wrong.

    gwctl shows where each key comes from and whether it looks like a key, which proxy and certificate authorities are
    used, and whether each server is reachable and its certificate is trusted. No key is sent: `gwctl test` sends keys.
    For a TOOL (see `gwctl clients`), gwctl shows why the tool does not use the endpoints of the gateway file.
    """,
    "completion": """Print the script that makes SHELL (bash, zsh or fish) complete commands, options and names.

    The names are those of endpoints, models, clients, presets, addresses and codes: from the gateway file, and from its
    last apply on this machine. No key is read, no request is sent, and nothing is written. For bash, add this line to
    ~/.bashrc: `eval "$(gwctl completion bash)"`. For zsh, add `eval "$(gwctl completion zsh)"` to ~/.zshrc, after
    `compinit`. For fish, run `gwctl completion fish > ~/.config/fish/completions/gwctl.fish`.
    """,
    "man": """Write a manual page for each command to DIR, or print one page. The pages have the text of the help.

    A file that gwctl did not make is never replaced. `man` finds pages in ~/.local/share/man/man1.
    """,
    "explain": """Explain what CODE means and what to do. Without CODE, list all codes.

    `-v` shows the code of each message. JSON documents always contain the code.
    """,
}
