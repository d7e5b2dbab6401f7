"""The examples of each command, for the help and the manual page. Each example is (what it does, the command line)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Examples = Sequence[tuple[str, str]]

EXAMPLES: Mapping[str, Examples] = {
    "": (
        ("Start with what is found on this machine", "gwctl init"),
        ("See what would change, then make the changes", "gwctl plan && gwctl apply"),
        ("Try a model", 'gwctl chat "What is 2 + 2?"'),
    ),
    "validate": (
        ("Check gateway.yaml", "gwctl validate"),
        ("Check the base file with an overlay", "gwctl validate -f gateway.yaml prod.yaml"),
    ),
    "init": (
        ("Choose from what is found", "gwctl init"),
        ("One server, without questions", "gwctl init litellm --base-url http://localhost:4000 --yes"),
        ("From the configuration of another tool", "gwctl init --from litellm_config.yaml"),
    ),
    "join": (
        ("Set up this machine, with questions", "gwctl join"),
        ("In a script: agree to one endpoint", "gwctl join --yes --allow-host litellm"),
    ),
    "leave": (("Show what would be removed, and ask", "gwctl leave"),),
    "connect": (
        ("Answer the questions", "gwctl connect"),
        ("A vendor, with the key in a variable", "gwctl connect openai --key-env OPENAI_API_KEY"),
        ("Without questions", "gwctl connect litellm --base-url http://localhost:4000 --yes"),
    ),
    "plan": (
        ("Show the changes", "gwctl plan"),
        ("For production, saved for one apply", "gwctl plan -f gateway.yaml -f prod.yaml --out prod.plan"),
        ("Exit 2 if somebody changed something by hand", "gwctl plan --detailed-exitcode=drift"),
    ),
    "show": (
        ("Read a saved plan", "gwctl show prod.plan"),
        ("As a comment for a pull request", "gwctl show prod.plan --format markdown"),
    ),
    "apply": (
        ("Show the plan, ask, apply", "gwctl apply"),
        ("Apply a saved plan", "gwctl apply prod.plan"),
        ("In a pipeline", "gwctl apply --auto-approve --trust file"),
    ),
    "destroy": (("Show what would be deleted, and ask", "gwctl destroy"),),
    "status": (
        ("From the records of this machine", "gwctl status"),
        ("Also contact the endpoints", "gwctl status --live"),
        ("One line for a prompt", "gwctl status --line"),
    ),
    "hook": (("Install the git hooks", "gwctl hook install"), ("See whether they are there", "gwctl hook status")),
    "hook install": (
        ("For gateway.yaml", "gwctl hook install"),
        ("For a file of a directory", "gwctl hook install -f ops/gateway.yaml"),
    ),
    "hook remove": (("Remove the hooks that gwctl wrote", "gwctl hook remove"),),
    "hook status": (("Show the hooks", "gwctl hook status"),),
    "lock": (
        ("Pin the lists of all endpoints", "gwctl lock"),
        ("Update one endpoint", "gwctl lock litellm"),
        ("In CI: check that the lock file is up to date", "gwctl lock --check"),
    ),
    "test": (
        ("Test all connections", "gwctl test"),
        ("Also send a message through one endpoint", "gwctl test litellm --chat"),
    ),
    "chat": (
        ("The chat default", 'gwctl chat "What is 2 + 2?"'),
        ("A model of one endpoint", 'gwctl chat litellm/gpt-4o "What is 2 + 2?"'),
        ("A prompt from a file", "gwctl chat litellm/gpt-4o - < prompt.txt"),
    ),
    "run": (
        ("A tool with the chat default", "gwctl run -- aider"),
        ("With one model", "gwctl run --model litellm/gpt-4o -- llm chat"),
        ("A shell that has the variables", 'gwctl run -- "$SHELL"'),
    ),
    "env": (
        ("See the variables", "gwctl env"),
        ("As dotenv lines, with the key", "gwctl env --format dotenv --with-keys"),
    ),
    "export": (
        ("The resolved file, for programs", "gwctl export resolved"),
        ("The file of a tool", "gwctl export opencode"),
    ),
    "export resolved": (
        ("Name the variables of the keys", "gwctl export resolved > resolved.json"),
        ("Name the command that prints each key", "gwctl export resolved --key helper"),
    ),
    "export kubernetes": (
        ("A ConfigMap", "gwctl export kubernetes --namespace apps"),
        ("With an ExternalSecret", "gwctl export kubernetes --secret-store vault"),
    ),
    "export TOOL": (
        ("The file of opencode", "gwctl export opencode"),
        ("Your own file with gwctl's parts", "gwctl export opencode --merge opencode.json"),
    ),
    "models": (
        ("All models", "gwctl models"),
        ("The embedding models of one endpoint", "gwctl models litellm --purpose embedding"),
        ("Models with a word in the ID", "gwctl models --search claude"),
    ),
    "clients": (("See the tools", "gwctl clients"), ("For a script", "gwctl clients --format json")),
    "configure": (
        ("Add a tool and apply", "gwctl configure claude-code"),
        ("For you alone", "gwctl configure opencode --local"),
        ("Only some models of one endpoint", "gwctl configure codex --endpoints litellm --models 'gpt-*'"),
    ),
    "ui": (
        ("Open the page", "gwctl ui"),
        ("Print the address instead of opening a browser", "gwctl ui --no-browser"),
    ),
    "presets": (("See the presets", "gwctl presets"), ("With descriptions", "gwctl presets -v")),
    "schema": (
        ("For an editor", "gwctl schema > gateway.schema.json"),
        ("For an overlay, such as prod.yaml", "gwctl schema overlay > overlay.schema.json"),
        ("Of another format", "gwctl schema state"),
    ),
    "state": (("See what is recorded", "gwctl state list"), ("See one resource", "gwctl state show endpoint.litellm")),
    "state list": (
        ("Of this gateway file", "gwctl state list"),
        ("Of another state", "gwctl state list --state prod.state.json"),
    ),
    "state show": (
        ("An endpoint", "gwctl state show endpoint.litellm"),
        ("A model", "gwctl state show model.litellm/gpt-4o"),
    ),
    "state rm": (("Forget an endpoint and its models", "gwctl state rm endpoint.litellm"),),
    "state mv": (("Rename an endpoint", "gwctl state mv endpoint.old endpoint.new"),),
    "state pull": (("Save a copy", "gwctl state pull > backup.json"),),
    "state push": (("Store a copy again", "gwctl state push backup.json"),),
    "state unlock": (("After a run that was killed", "gwctl state unlock"),),
    "key": (("See the stored keys", "gwctl key list"), ("Store a key", "gwctl key set litellm")),
    "key list": (("See the stored keys", "gwctl key list"), ("For a script", "gwctl key list --format json")),
    "key print": (("What a tool runs", "gwctl key print my-team/litellm"),),
    "key check": (("See where the key would come from", "gwctl key check my-team/litellm"),),
    "key revoke": (
        ("A tool gets no key any more", "gwctl key revoke litellm@3f9a2c"),
        ("Allow it again", "gwctl key revoke litellm@3f9a2c --undo"),
    ),
    "key audit": (("Check the keys of all gateway files", "gwctl key audit"),),
    "key set": (
        ("Type the key", "gwctl key set litellm"),
        ("From a password manager", "pass show litellm | gwctl key set litellm"),
    ),
    "key rm": (("Delete the stored key", "gwctl key rm litellm"),),
    "trust": (
        ("Show all new pairs, and ask", "gwctl trust"),
        ("Agree to one endpoint", "gwctl trust litellm"),
        ("See what is allowed", "gwctl trust list"),
    ),
    "trust list": (("See the bindings", "gwctl trust list"), ("For a script", "gwctl trust list --format json")),
    "trust revoke": (
        ("One endpoint", "gwctl trust revoke litellm"),
        ("Everything of this gateway file", "gwctl trust revoke --all"),
    ),
    "trust agree": (("Agree to one endpoint", "gwctl trust litellm"),),
    "doctor": (
        ("Check everything", "gwctl doctor"),
        ("One endpoint", "gwctl doctor litellm"),
        ("Why a tool does not use the gateway", "gwctl doctor claude-code"),
    ),
    "completion": (
        ("In ~/.bashrc", 'eval "$(gwctl completion bash)"'),
        ("For fish", "gwctl completion fish > ~/.config/fish/completions/gwctl.fish"),
    ),
    "man": (
        ("For `man gwctl-plan`", "gwctl man ~/.local/share/man/man1"),
        ("Read one page now", "gwctl man --page plan | man -l -"),
    ),
    "explain": (("One code", "gwctl explain KEY_WITHHELD"), ("All codes", "gwctl explain")),
}

GROUPS: Mapping[str, Sequence[str]] = {  # the commands as `gwctl --help` lists them
    "Start": ("init", "join", "connect", "configure", "leave"),
    "Every day": ("plan", "apply", "status", "chat", "run", "env", "models", "ui"),
    "Find out": ("doctor", "test", "explain", "clients", "presets"),
    "Review and automate": ("validate", "show", "lock", "hook", "export"),
    "Keys and consents": ("key", "trust"),
    "State": ("state", "destroy"),
    "Shells and editors": ("completion", "man", "schema"),
}
