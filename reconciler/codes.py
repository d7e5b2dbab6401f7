"""Every diagnostic code, with its meaning and the action to take.

Only this module declares codes. Other modules use them as in `error(codes.BAD_URL, …)`. `gwctl explain` and
`docs/reference/errors.md` show the meaning and the action. Codes are public: a released code keeps its name.
"""

from __future__ import annotations

from typing import NewType

Code = NewType("Code", str)


EXPLANATIONS: dict[Code, tuple[str, str]] = {}  # meaning, action


def _code(name: str, meaning: str, action: str) -> Code:
    code = Code(name)
    EXPLANATIONS[code] = (meaning, action)
    return code


AMBIGUOUS_MODEL = _code(
    "AMBIGUOUS_MODEL",
    "More than one endpoint offers the model that was named.",
    "Name the model as `ENDPOINT/ID`.",
)
ANSWERED_OTHERWISE = _code(
    "ANSWERED_OTHERWISE",
    "The model returned no normal answer: the model refused, called a tool, or returned only its reasoning.",
    "Rephrase the message. The connection itself works.",
)
API_NOT_OFFERED = _code(
    "API_NOT_OFFERED",
    "A program asked for the keywords of an SDK whose API the endpoint does not speak.",
    "Use the keywords or the SDK that the message names.",
)
APPLIED_NOT_RECORDED = _code(
    "APPLIED_NOT_RECORDED",
    "The apply succeeded, but this machine's ledger has no record of what was applied. `gwctl key print` needs this "
    "record.",
    "Correct the problem with the ledger, then run `gwctl apply` again.",
)
BAD_ADDRESS = _code(
    "BAD_ADDRESS",
    "A resource address is malformed, or its kind is not allowed in this place.",
    "Write an address such as `endpoint.openai`; `gwctl state list` shows every recorded address.",
)
BAD_ALIAS = _code(
    "BAD_ALIAS",
    "A YAML alias (`*name`) has no anchor, or the value of the anchor contains the alias itself.",
    "Define the anchor (`&name`) before the alias, or write the value out.",
)
BAD_CLIENT_PATH = _code(
    "BAD_CLIENT_PATH",
    "The field `path` of a client is not a path that a tool's file can have.",
    "Name a file that belongs to the tool. Files that a shell runs, and files below `.git`, are not allowed.",
)
BAD_DEFAULT = _code(
    "BAD_DEFAULT",
    "A candidate under `defaults` is not written as `ENDPOINT/ID`.",
    "Write the candidate as `ENDPOINT/ID`.",
)
BAD_HEADER = _code(
    "BAD_HEADER",
    "A header's name or value cannot be sent, or the header is set twice.",
    "Correct the header, or remove it.",
)
BAD_KEY = _code(
    "BAD_KEY",
    "A key reference in the gateway file is incomplete, or has more than one source.",
    "Write exactly one source, such as `{env: OPENAI_API_KEY}`.",
)
BAD_LOCK_PATH = _code(
    "BAD_LOCK_PATH",
    "The path in the field `lock` is not allowed.",
    "Write a path that is below the gateway file's directory and ends in `.yaml`.",
)
BAD_MOVE = _code(
    "BAD_MOVE",
    "A move is impossible: the addresses are of different kinds, or the new address is already in use.",
    "Correct the entry under `moved`, or the arguments of `gwctl state mv`.",
)
BAD_NAME = _code(
    "BAD_NAME",
    "A name in the gateway file contains characters that are not allowed in names.",
    "Use only lower-case letters, digits and `-`. Begin the name with a letter or a digit.",
)
BAD_PROXY = _code(
    "BAD_PROXY",
    "The field `proxy` is not the URL of a proxy.",
    "Write the proxy as `http://HOST:PORT`.",
)
BAD_ROLE = _code(
    "BAD_ROLE",
    "A role has no purpose, or a purpose that its name does not allow.",
    "Write `NAME: {purpose: chat, models: […]}`. Only a role with a name of your own needs `purpose`.",
)
BAD_TLS = _code(
    "BAD_TLS",
    "The field `tls` is incomplete or names no file.",
    "Name the CA file, or the client certificate together with its key.",
)
BAD_URL = _code(
    "BAD_URL",
    "A base URL cannot be used.",
    "Write an `http://` or `https://` URL without user, password, query or fragment.",
)
BAD_VALUE = _code(
    "BAD_VALUE",
    "An option or a field has a value that is not allowed.",
    "Use one of the allowed values that the message names.",
)
BAD_VARIABLE = _code(
    "BAD_VARIABLE",
    "A `${` in the gateway file is not followed by a name and a closing brace.",
    "Write `${NAME}` for a variable, or `$${` for a literal `${`.",
)
BINDINGS_NOT_KEPT = _code(
    "BINDINGS_NOT_KEPT",
    "gwctl could not save your consent to send secrets to a host. The consent applies to this run only.",
    "Correct the cause that the message names. gwctl then saves your next answer.",
)
CANNOT_RUN = _code(
    "CANNOT_RUN",
    "The command after `gwctl run --` cannot be started.",
    "Check the command's name and PATH.",
)
CA_MISSING = _code(
    "CA_MISSING",
    "An environment variable names a CA file or folder that does not exist.",
    "Correct the variable, or unset it.",
)
CA_NOT_READ = _code(
    "CA_NOT_READ",
    "An environment variable names CA files that gwctl does not use.",
    "Name a private CA under `tls: {ca_file: …}`, or follow the hint.",
)
CERTIFICATE_EXPIRED = _code(
    "CERTIFICATE_EXPIRED",
    "The server's certificate has expired.",
    "Renew the server's certificate. If the certificate is new, check this machine's clock.",
)
CERTIFICATE_EXPIRES = _code(
    "CERTIFICATE_EXPIRES",
    "The server's certificate expires soon.",
    "Renew the server's certificate.",
)
CERTIFICATE_NAME = _code(
    "CERTIFICATE_NAME",
    "The server's certificate is for another host name.",
    "In `base_url`, use the host name that is in the certificate.",
)
CERTIFICATE_UNTRUSTED = _code(
    "CERTIFICATE_UNTRUSTED",
    "The server's certificate was issued by a CA that this machine does not trust.",
    "Name a private CA under `tls: {ca_file: …}`, or add the CA to the system's trust store.",
)
CHAT_NOT_SUPPORTED = _code(
    "CHAT_NOT_SUPPORTED",
    "gwctl cannot chat here: the dialect or the server has no chat API, or the model's ID or the base URL does not "
    "allow chat.",
    "Follow the hint, or use another endpoint for `gwctl chat` and `gwctl test --chat`.",
)
CLIENTS_OFF = _code(
    "CLIENTS_OFF",
    "The files of tools were neither read nor written, because of `--no-clients` or the variable `CI`.",
    "Nothing needs to be done.",
)
CLIENT_BY_HAND = _code(
    "CLIENT_BY_HAND",
    "The client has `file: none`, so gwctl does not write the tool's file.",
    "Configure the tool yourself, or start the tool with `gwctl run`.",
)
CLIENT_ENDPOINT_LEFT_OUT = _code(
    "CLIENT_ENDPOINT_LEFT_OUT",
    "A tool's file does not contain an endpoint, because the endpoint's key is missing or withheld on this machine.",
    "Set the key, or allow the key to be sent to the host, as the hint shows.",
)
CLIENT_EXISTS = _code(
    "CLIENT_EXISTS",
    "The gateway file has a client of that name for another tool.",
    "Give the new client another name.",
)
CLIENT_FAILED = _code(
    "CLIENT_FAILED",
    "A tool's file could not be written, or could not be restored.",
    "Correct the cause that the message names, then apply again.",
)
CLIENT_NOT_ALLOWED = _code(
    "CLIENT_NOT_ALLOWED",
    "Nobody on this machine has agreed yet to configure this tool for this endpoint.",
    "Review the path and the host, then run `gwctl trust client.NAME`.",
)
CLIENT_NOT_APPLIED = _code(
    "CLIENT_NOT_APPLIED",
    "The tool's file is not up to date, or the gateway file has no client for the tool.",
    "Run `gwctl apply`, or `gwctl configure` with the name of the tool.",
)
CLIENT_NOT_FOUND = _code(
    "CLIENT_NOT_FOUND",
    "The tool was not found on this machine, so the tool's file is not written.",
    "Install the tool, or set `when_absent: write`.",
)
CLIENT_NO_ENDPOINT = _code(
    "CLIENT_NO_ENDPOINT",
    "The tool can use no endpoint: for lack of a key, of a known chat model, or of an API that the tool can use.",
    "Follow the hint, which depends on the cause. For example, store a key with `gwctl key set`, or correct `apis:`.",
)
CLIENT_PATH_NOT_ALLOWED = _code(
    "CLIENT_PATH_NOT_ALLOWED",
    "The path of a client's file is outside of the usual places, and nobody has agreed to the path.",
    "Review the path, then add `--allow-path` with the client's name.",
)
CLIENT_SHADOWED = _code(
    "CLIENT_SHADOWED",
    "A variable of this shell overrides the tool's file, or supplies another key.",
    "Unset the variable before you start the tool.",
)
CLIENT_UNREADABLE = _code(
    "CLIENT_UNREADABLE",
    "A tool's file could not be read, or is not valid in its format.",
    "Correct the file: gwctl edits only files that it can read.",
)
CLOCK_DIFFERS = _code(
    "CLOCK_DIFFERS",
    "This machine's clock differs from the server's.",
    "Set the clock; certificates and signed requests depend on it.",
)
CONFIGURATION_BROKEN = _code(
    "CONFIGURATION_BROKEN",
    "A configuration of another tool, named with `--from`, cannot be read.",
    "Correct the file at the position in the message, or name another file.",
)
CONSENT_UNUSED = _code(
    "CONSENT_UNUSED",
    "An endpoint named by `--allow-delete` would not be deleted.",
    "Remove the option, or check the name with `gwctl state list`.",
)
COULD_NOT_FETCH_MODELS = _code(
    "COULD_NOT_FETCH_MODELS",
    "The endpoint's model list could not be fetched. The recorded models are kept.",
    "Correct the cause that the message names, then plan again.",
)
CREDENTIAL_MOVES = _code(
    "CREDENTIAL_MOVES",
    "A credential of the user moves from a tool's file into the keychain, because `--adopt` names the client.",
    "No action is needed. gwctl restores the credential when the client is removed from the gateway file.",
)
CREDENTIAL_NOT_RETURNED = _code(
    "CREDENTIAL_NOT_RETURNED",
    "The keychain has the user's credential from a tool's file, and another program has changed that part of the file.",
    "Run `gwctl apply` with the client in the gateway file, then remove the client. `gwctl key list` has the name of "
    "the entry.",
)
CURLY_QUOTE = _code(
    "CURLY_QUOTE",
    "A YAML value starts with a typographic quotation mark.",
    "Use a straight quotation mark (`\"` or `'`).",
)
DECLARED_NOT_LISTED = _code(
    "DECLARED_NOT_LISTED",
    "The gateway file declares a model that the endpoint does not list.",
    "Check the model's ID, or remove the model from the gateway file.",
)
DEFAULT_NOT_FOUND = _code(
    "DEFAULT_NOT_FOUND",
    "No candidate for a default is an available model with the right purpose.",
    "Add a model that an endpoint lists as a candidate. `gwctl models` shows the listed models.",
)
DEFAULT_UNKNOWN = _code(
    "DEFAULT_UNKNOWN",
    "A default could not be chosen, because the model lists of its candidates are not known.",
    "Resolve the other messages about these endpoints first.",
)
DUPLICATE_KEY = _code(
    "DUPLICATE_KEY",
    "A YAML mapping has the same key twice.",
    "Keep one of the two lines.",
)
DUPLICATE_MODEL = _code(
    "DUPLICATE_MODEL",
    "The gateway file declares the same model twice for one endpoint.",
    "Keep one of the two declarations.",
)
DUPLICATE_REMOVED = _code(
    "DUPLICATE_REMOVED",
    "The same address occurs twice under `removed`.",
    "Keep one of the two entries.",
)
DUPLICATE_ROLE = _code(
    "DUPLICATE_ROLE",
    "`roles` and `defaults` name candidates for the same purpose.",
    "Keep the candidates in one section. `defaults` is the older name of `roles`.",
)
EMPTY_FILE = _code(
    "EMPTY_FILE",
    "The gateway file is empty.",
    "Write at least `version`, `name` and `endpoints`.",
)
ENDPOINT_NOT_FOUND = _code(
    "ENDPOINT_NOT_FOUND",
    "The server has no model list or no chat API at this URL.",
    "Check `base_url`; for a server without a list, write `discover: false` and declare the models.",
)
EXTRA_ARGUMENT = _code(
    "EXTRA_ARGUMENT",
    "The command line has more arguments than the command takes.",
    "Remove the extra arguments. The command's `--help` lists the arguments.",
)
FILE_CHANGED = _code(
    "FILE_CHANGED",
    "The file was changed by another program between reading and writing. gwctl did not overwrite it.",
    "Run the same command again.",
)
FILE_EXISTS = _code(
    "FILE_EXISTS",
    "The file that would be created already exists. gwctl did not overwrite it.",
    "Add an endpoint to that file with `gwctl connect`, or give another path with -f.",
)
FILE_MODE = _code(
    "FILE_MODE",
    "Other users of this machine can read or change a file that gwctl depends on.",
    "Restrict the permissions with the `chmod` command that the message shows.",
)
FILE_NOT_EDITABLE = _code(
    "FILE_NOT_EDITABLE",
    "gwctl cannot change this value without changing other parts of the file.",
    "Follow the hint to correct the file, or make the change by hand.",
)
FILE_OF_CHEZMOI = _code(
    "FILE_OF_CHEZMOI",
    "The program chezmoi also writes or removes this file of a tool. The two programs would undo each other's changes.",
    "Use `file: own`, so that gwctl writes a separate file, or follow the hint.",
)
FILE_TOO_LARGE = _code(
    "FILE_TOO_LARGE",
    "The file is too large for a gateway file.",
    "Check that `-f` names the right file.",
)
FILE_UNREADABLE = _code(
    "FILE_UNREADABLE",
    "A file cannot be read.",
    "Check the path and its permissions.",
)
FILE_UNWRITABLE = _code(
    "FILE_UNWRITABLE",
    "The file cannot be written.",
    "Check the path, its permissions and the free space.",
)
FILTER_MATCHES_NOTHING = _code(
    "FILTER_MATCHES_NOTHING",
    "A pattern under `discover` matches none of the listed models.",
    "Check the pattern against `gwctl models`, or remove the pattern.",
)
GWCTL_NOT_SUITABLE = _code(
    "GWCTL_NOT_SUITABLE",
    "The gateway file's `requires` excludes this version of gwctl.",
    "Install a version of gwctl that the field `requires` allows.",
)
HANDLE_AMBIGUOUS = _code(
    "HANDLE_AMBIGUOUS",
    "A handle or a name belongs to more than one endpoint on this machine.",
    "Use a handle from `gwctl key list`.",
)
HANDLE_REVOKED = _code(
    "HANDLE_REVOKED",
    "The handle of a tool was revoked, so no key is printed for the tool.",
    "To allow the handle again, run `gwctl key revoke --undo` with the handle.",
)
HANDLE_UNKNOWN = _code(
    "HANDLE_UNKNOWN",
    "A key was requested for a handle or a name that is not in this machine's ledger.",
    "Run `gwctl apply` in the directory of the gateway file. `gwctl key list` lists the handles.",
)
HEADER_VALUES_RECORDED = _code(
    "HEADER_VALUES_RECORDED",
    "An older version of gwctl recorded the values of headers. These values may be secrets.",
    "Run `gwctl apply` to remove the values. Rotate every value that was a secret.",
)
HELPER_NEEDS_KEYCHAIN = _code(
    "HELPER_NEEDS_KEYCHAIN",
    "A tool gets the key from `gwctl key print`, but the key is not in the keychain.",
    "Store the key with `gwctl key set`, or start the tool where the key's variable is set.",
)
HELPER_REFUSED = _code(
    "HELPER_REFUSED",
    "A tool's file cannot name this installation of gwctl as the command that prints a key.",
    "Install gwctl where only you can write, outside of every repository.",
)
HOOK_FAILED = _code(
    "HOOK_FAILED",
    "A git hook could not be written or removed.",
    "Follow the hint, and repeat the command.",
)
HOOK_REFUSED = _code(
    "HOOK_REFUSED",
    "gwctl cannot install its git hook here.",
    "Follow the hint: it has the line to add to a hook of your own, or the command to type first.",
)
HOOK_UNKNOWN = _code(
    "HOOK_UNKNOWN",
    "A git hook could not be read.",
    "Follow the hint, and repeat the command.",
)
HOSTILE_ID = _code(
    "HOSTILE_ID",
    "The tool would read a part of a model's ID as template syntax. The tool's file does not contain this model.",
    "Nothing needs to be done; the tool cannot use such an ID.",
)
INPUT_UNREADABLE = _code(
    "INPUT_UNREADABLE",
    "Standard input cannot be read.",
    "Check what is piped into the command.",
)
INSECURE_KEY = _code(
    "INSECURE_KEY",
    "A key would be sent over plain HTTP to another machine.",
    "Use `https://`, or accept the risk with `insecure_http: true`.",
)
INVALID_API_KEY = _code(
    "INVALID_API_KEY",
    "The endpoint rejected the key, or requires a key that was not sent.",
    "Check the key that the message names. If the key has expired, replace it.",
)
KEYCHAIN = _code(
    "KEYCHAIN",
    "An endpoint needs the operating system's keychain, but the keychain cannot be used.",
    "Follow the hint to unlock or install a keychain, or use another key reference, such as `{env: NAME}`.",
)
KEYCHAIN_DRIFT = _code(
    "KEYCHAIN_DRIFT",
    "A keychain entry was changed outside gwctl.",
    "Write the entry again with `gwctl key set`.",
)
KEYCHAIN_ENTRY_GONE = _code(
    "KEYCHAIN_ENTRY_GONE",
    "A keychain entry that gwctl made no longer exists.",
    "Write the entry again with `gwctl key set`, or apply while the key is available.",
)
KEYCHAIN_FAILED = _code(
    "KEYCHAIN_FAILED",
    "The operating system's keychain refused an operation or did not respond.",
    "Unlock the keychain, then run the command again.",
)
KEYCHAIN_NOT_AVAILABLE = _code(
    "KEYCHAIN_NOT_AVAILABLE",
    "This machine has no keychain, so the key is not stored.",
    "Supply the key by another reference, such as `{env: NAME}`.",
)
KEYCHAIN_REFUSED = _code(
    "KEYCHAIN_REFUSED",
    "The keychain backend on this machine does not store keys securely.",
    "Use a real keychain, or remove `store_key`.",
)
KEYCHAIN_UNKNOWN = _code(
    "KEYCHAIN_UNKNOWN",
    "The keychain could not be read. The entry may or may not exist.",
    "Unlock the keychain, then run the command again.",
)
KEYS_LEFT_OUT = _code(
    "KEYS_LEFT_OUT",
    "`gwctl env` printed no key: keys are printed only with `--with-keys`.",
    "Add `--with-keys` to print the keys.",
)
KEY_COMMAND_CHANGED = _code(
    "KEY_COMMAND_CHANGED",
    "You agreed to run a key command. Since then, the command's program or a file that the program runs has changed.",
    "Review the change, then agree with `gwctl trust`. To agree for one run only, add `--allow-commands`.",
)
KEY_COMMAND_SAID = _code(
    "KEY_COMMAND_SAID",
    "The key command wrote a message to standard error.",
    "Run with `-v` to see the message's last line.",
)
KEY_MALFORMED = _code(
    "KEY_MALFORMED",
    "The key is malformed. For example, the key contains a line break, or is a placeholder.",
    "Replace the key in the source that the message names.",
)
KEY_NOT_COPIED = _code(
    "KEY_NOT_COPIED",
    "A file named with `--from` contains a key. gwctl does not copy keys: the gateway file refers to a variable.",
    "Set the variable, or store the key with `gwctl key set`, or refer to a file with `key: {file: PATH}`.",
)
KEY_NOT_READ = _code(
    "KEY_NOT_READ",
    "The key was not read, because nobody has agreed to run the key command.",
    "Agree with `gwctl trust`. To agree for one run only, add `--allow-commands`.",
)
KEY_NOT_TEXT = _code(
    "KEY_NOT_TEXT",
    "A YAML mapping has a key that is not text.",
    "Write the key as text, in quotation marks if needed.",
)
KEY_PADDED = _code(
    "KEY_PADDED",
    "The key has white space around it. gwctl removed the white space before it used the key.",
    "Remove the white space where the key is stored.",
)
KEY_UNREADABLE = _code(
    "KEY_UNREADABLE",
    "The key could not be read from its source.",
    "Correct the file, keychain entry or command that the message names. Allow a new command with `gwctl trust`.",
)
KEY_WITHHELD = _code(
    "KEY_WITHHELD",
    "A secret was not sent, because nobody has agreed to send the secret to this destination.",
    "Check the destination, then agree with `gwctl trust`.",
)
LAST_ENDPOINT = _code(
    "LAST_ENDPOINT",
    "The plan would delete the only recorded endpoint, or stop managing this endpoint.",
    "If that is intended, add `--allow-delete` with the endpoint's address, or add an entry under `removed`.",
)
LEDGER_BROKEN = _code(
    "LEDGER_BROKEN",
    "The ledger of this machine cannot be opened or read.",
    "Check the permissions of the ledger. If the ledger is damaged, move the ledger to another folder.",
)
LEDGER_MISPLACED = _code(
    "LEDGER_MISPLACED",
    "Somebody else could put a file at the ledger's path.",
    "Set GWCTL_LEDGER to a path that only you can write to, or unset it.",
)
LEDGER_NEWER = _code(
    "LEDGER_NEWER",
    "The ledger was written by a newer version of gwctl.",
    "Upgrade gwctl.",
)
LEDGER_NOT_READ = _code(
    "LEDGER_NOT_READ",
    "The ledger was not opened, because of `--offline` or `--no-keys`.",
    "Remove the option, or use `--scope shared`.",
)
LEDGER_NOWHERE = _code(
    "LEDGER_NOWHERE",
    "There is no home directory for the ledger.",
    "Set HOME, XDG_STATE_HOME or GWCTL_LEDGER.",
)
LIMITS_IGNORED = _code(
    "LIMITS_IGNORED",
    "A model list has a token limit that is not a whole number from 1 to 2^53. gwctl ignores that limit.",
    "Declare the limits of the model under `models`, or correct them on the server.",
)
LIMITS_UNKNOWN = _code(
    "LIMITS_UNKNOWN",
    "The tool needs the token limits of a model, but these limits are not known.",
    "Declare `context` and `output` of the model in the gateway file.",
)
LINKED_FILE = _code(
    "LINKED_FILE",
    "The path of a tool's file contains a link, so the file is not written.",
    "Replace the link with a file, or name another file with `path`.",
)
LISTS_DIFFER = _code(
    "LISTS_DIFFER",
    "The models that this machine's key may use differ from the models that are recorded for everyone.",
    "If a call to a recorded model is rejected, ask the administrator who issued the key.",
)
LITERAL_KEY = _code(
    "LITERAL_KEY",
    "The gateway file contains text that looks like a key.",
    "Replace the key with a reference such as `{env: NAME}`. If the file was shared, rotate the key.",
)
LITERAL_PASSWORD = _code(
    "LITERAL_PASSWORD",
    "The URL of the state contains a password.",
    "Remove the password from the URL, and set the environment variable that the message names.",
)
LOCAL_FIELD = _code(
    "LOCAL_FIELD",
    "A local file (`gateway.local.yaml`) has a field that is allowed only in the team's gateway file.",
    "Move the field to the gateway file. An endpoint can also stay in the local file with `scope: machine`.",
)
LOCK_BROKEN = _code(
    "LOCK_BROKEN",
    "The lock file was edited by hand or merged incorrectly.",
    "Restore the lock file from version control, or write a new lock file with `gwctl lock`.",
)
LOCK_CONFLICT = _code(
    "LOCK_CONFLICT",
    "The lock file contains the markers of an unresolved git merge.",
    "Check out either side, then run `gwctl lock`.",
)
LOCK_DIFFERS = _code(
    "LOCK_DIFFERS",
    "The endpoint's list differs from the list in the lock file. gwctl uses the list in the lock file.",
    "Run `gwctl lock` to pin the new list.",
)
LOCK_OF_ANOTHER_NAME = _code(
    "LOCK_OF_ANOTHER_NAME",
    "The lock file belongs to a gateway with another `name`.",
    "Correct `name`, or use the field `lock` to give each gateway its own lock file.",
)
LOCK_OUT_OF_DATE = _code(
    "LOCK_OUT_OF_DATE",
    "The lock file does not match the gateway file.",
    "Run `gwctl lock`, then commit the lock file.",
)
LOCK_TOO_NEW = _code(
    "LOCK_TOO_NEW",
    "The lock file was written by a newer version of gwctl.",
    "Upgrade gwctl.",
)
LOCK_UNREADABLE = _code(
    "LOCK_UNREADABLE",
    "The lock file cannot be read.",
    "Check the path and its permissions.",
)
LOCK_UNWRITABLE = _code(
    "LOCK_UNWRITABLE",
    "The lock file cannot be written.",
    "Check the folder and its permissions.",
)
LOOKS_RENAMED = _code(
    "LOOKS_RENAMED",
    "The gateway file no longer has an endpoint, but has a new endpoint with the same base URL and key.",
    "If the endpoint was renamed, add to `moved` the entry that the message shows.",
)
MACHINE_CHANGED = _code(
    "MACHINE_CHANGED",
    "Another gwctl process changed this machine's records after the plan was made.",
    "Run the command again.",
)
MANY_DELETES = _code(
    "MANY_DELETES",
    "The plan would delete more than half of the recorded endpoints.",
    "If that is intended, add `--allow-delete` for each endpoint, or add entries under `removed`.",
)
MERGE_KEY = _code(
    "MERGE_KEY",
    "The YAML merge key `<<` is not supported.",
    "Write the fields out, or use `-f` twice.",
)
METRICS_UNWRITABLE = _code(
    "METRICS_UNWRITABLE",
    "The metrics cannot be written.",
    "Choose another file with `--metrics FILE`.",
)
MISSING_API_KEY = _code(
    "MISSING_API_KEY",
    "The endpoint's key reference supplies no key.",
    "Set the variable, file or keychain entry that the message names.",
)
MISSING_ARGUMENT = _code(
    "MISSING_ARGUMENT",
    "The command needs another argument.",
    "Add the argument. The command's `--help` shows the form.",
)
MISSING_FIELD = _code(
    "MISSING_FIELD",
    "A required field is missing from the gateway file.",
    "Add the field.",
)
MODELS_FILTERED = _code(
    "MODELS_FILTERED",
    "The patterns under `discover` exclude some of the listed models.",
    "No action is needed. `gwctl models ENDPOINT` shows the excluded models.",
)
MODEL_FILTERED = _code(
    "MODEL_FILTERED",
    "The endpoint lists the model, but the patterns under `discover` exclude it.",
    "Change the patterns, or declare the model under `models`.",
)
MOVED_DONE = _code(
    "MOVED_DONE",
    "The old address of an entry under `moved` is no longer recorded, so the entry has no effect.",
    "Remove the entry when the move has been applied to every state.",
)
MOVED_ONTO_ANOTHER = _code(
    "MOVED_ONTO_ANOTHER",
    "Both addresses of an entry under `moved` are recorded.",
    "Remove the entry, or first remove the target with `gwctl state rm`.",
)
NAME_TAKEN = _code(
    "NAME_TAKEN",
    "The gateway file already has an endpoint with this name.",
    "Choose another name with `--name`, or edit the endpoint in the file.",
)
NEWER_THAN_TRIED = _code(
    "NEWER_THAN_TRIED",
    "The tool on this machine is newer than the newest version that was tried with this gwctl.",
    "If the tool does not work, upgrade gwctl, or report the version of the tool. Otherwise nothing needs to be done.",
)
NONSTANDARD_ANSWER = _code(
    "NONSTANDARD_ANSWER",
    "The endpoint's reply to a chat message is not a usable chat answer.",
    "Check that the model can chat and that `base_url` is correct.",
)
NONSTANDARD_LIST = _code(
    "NONSTANDARD_LIST",
    "The endpoint's reply is not a model list that gwctl can read.",
    "Check that `base_url` is the URL of the API, not of a web page.",
)
NOTHING_FOUND = _code(
    "NOTHING_FOUND",
    "No server answered on a usual port of this machine, and no usual variable of a vendor is set.",
    "Name the server or vendor: `gwctl init PRESET --base-url URL --key-env NAME`.",
)
NOTHING_IMPORTED = _code(
    "NOTHING_IMPORTED",
    "A file named with `--from` contains no model server that gwctl recognises.",
    "Check that `--from` names the right file.",
)
NOTHING_RECORDED = _code(
    "NOTHING_RECORDED",
    "The state has no resources.",
    "Run `gwctl apply` first.",
)
NOTHING_SHARED_YET = _code(
    "NOTHING_SHARED_YET",
    "The shared state is empty, so this machine has nothing to use yet.",
    "Run `gwctl apply --scope shared` once for everyone.",
)
NOTHING_TO_REMOVE = _code(
    "NOTHING_TO_REMOVE",
    "An overlay removes a field or an entry that the earlier files do not contain.",
    "Remove the line, or check the name.",
)
NOT_APPLIED_YET = _code(
    "NOT_APPLIED_YET",
    "The gateway file has settings that have not been applied yet.",
    "Run `gwctl apply`.",
)
NOT_APPROVED = _code(
    "NOT_APPROVED",
    "The command needs approval, and there is no terminal to ask for it.",
    "Run the same command at a terminal, or add `--auto-approve`.",
)
NOT_A_FILE = _code(
    "NOT_A_FILE",
    "The path does not name a regular file.",
    "Name the file itself.",
)
NOT_A_PLAN = _code(
    "NOT_A_PLAN",
    "The argument is a gateway file, not a saved plan.",
    "Use `-f` for a gateway file.",
)
NOT_FOR_CHAT = _code(
    "NOT_FOR_CHAT",
    "The purpose of the named model is not chat.",
    "Name a chat model, or declare the model with `purpose: chat`.",
)
NOT_FOR_DOTENV = _code(
    "NOT_FOR_DOTENV",
    "A value cannot be written in the dotenv format.",
    "Use `--format shell`, `--format json` or `gwctl run`.",
)
NOT_FOR_SCOPE = _code(
    "NOT_FOR_SCOPE",
    "The option cannot be used in this scope.",
    "Remove the option, or name the scope that the message says.",
)
NOT_HANDED_OVER = _code(
    "NOT_HANDED_OVER",
    "The gateway file changes the scope of an endpoint whose models could not be listed. The scope is not changed yet.",
    "Run the command again when the endpoint responds.",
)
NOT_IMPORTED = _code(
    "NOT_IMPORTED",
    "A part of a file named with `--from` has no counterpart in the new gateway file.",
    "Add the part yourself if you need it.",
)
NOT_IN_FILE = _code(
    "NOT_IN_FILE",
    "The shared state has an endpoint that this gateway file does not have.",
    "Update the gateway file, for example with `git pull`.",
)
NOT_KEPT = _code(
    "NOT_KEPT",
    "gwctl stores no key for this endpoint in the keychain.",
    "Add `key:` to the endpoint, or check the name with `gwctl key list`.",
)
NOT_LOOKED_AT = _code(
    "NOT_LOOKED_AT",
    "`gwctl doctor` could not make this check on this machine.",
    "No action is needed. If something fails, make this check by hand.",
)
NOT_MERGEABLE = _code(
    "NOT_MERGEABLE",
    "`gwctl export TOOL --merge FILE` names a tool that has no file of the user's in which gwctl could set its parts.",
    "Leave --merge out: gwctl then prints a whole file for the tool.",
)
NOT_OURS = _code(
    "NOT_OURS",
    "The keychain already has an entry that gwctl did not create. gwctl does not overwrite this entry.",
    "To let gwctl take over the entry, add `--adopt` with the address. Otherwise follow the hint.",
)
NOT_PASSED = _code(
    "NOT_PASSED",
    "The endpoint has settings that gwctl cannot pass to a tool, neither in variables nor in the tool's file.",
    "If the tool needs these settings, configure the tool itself.",
)
NOT_PINNED = _code(
    "NOT_PINNED",
    "The endpoint has no model list to pin.",
    "If the list should be pinned, correct the cause that the message names.",
)
NOT_RECORDABLE = _code(
    "NOT_RECORDABLE",
    "gwctl did not write a file, because gwctl could not read such a file later.",
    "Report this bug, with the output of `-v`.",
)
NOT_RECORDED = _code(
    "NOT_RECORDED",
    "The state has no resource at this address.",
    "Run `gwctl state list` to see the addresses.",
)
NOT_REPLACED = _code(
    "NOT_REPLACED",
    "The replacement of an endpoint could not be verified. The recorded endpoint is kept.",
    "Correct the replacement, or allow the deletion with `--allow-delete`.",
)
NOT_SERVED = _code(
    "NOT_SERVED",
    "The server that reads a client's file does not serve all models in the file.",
    "Restart the server after an apply, and check that its configuration names the file.",
)
NOT_TESTED = _code(
    "NOT_TESTED",
    "`gwctl doctor` sends no key, so it does not notice a key that the server rejects.",
    "Run `gwctl test`, which sends the keys.",
)
NOT_TEXT = _code(
    "NOT_TEXT",
    "The file is not UTF-8 text, or contains characters that are not allowed.",
    "Check that the path names the right file, and save the file as UTF-8.",
)
NOT_TRUSTED = _code(
    "NOT_TRUSTED",
    "gwctl asked whether secrets may be sent, and you answered no.",
    "To agree, run the command again and answer y.",
)
NO_BASE_URL = _code(
    "NO_BASE_URL",
    "An endpoint has no base URL.",
    "Write `base_url`, or name a preset that has a base URL.",
)
NO_CHAT_DEFAULT = _code(
    "NO_CHAT_DEFAULT",
    "No model was named, and no chat default has been applied.",
    "Name a model as `ENDPOINT/ID`, or add `defaults.chat` and apply.",
)
NO_FILE = _code(
    "NO_FILE",
    "The file does not exist.",
    "Check the path, or name another file with `-f`.",
)
NO_KEY = _code(
    "NO_KEY",
    "The source of the key is empty. The key of this endpoint is optional.",
    "If the endpoint needs a key, set the key.",
)
NO_KEYS = _code(
    "NO_KEYS",
    "The endpoint was not contacted, because of `--no-keys`.",
    "To contact the endpoint, remove `--no-keys`.",
)
NO_MODELS_KNOWN = _code(
    "NO_MODELS_KNOWN",
    "No model of the endpoint is listed, recorded or declared.",
    "Correct the cause that the message names, or declare the models.",
)
NO_MODELS_RETURNED = _code(
    "NO_MODELS_RETURNED",
    "The endpoint's model list is empty.",
    "Check that the key may use models, or declare the models in the gateway file.",
)
NO_RESOLVED_FILE = _code(
    "NO_RESOLVED_FILE",
    "A program asked for a model, and gwctl found no resolved file and no applied gateway file.",
    "Start the program with `gwctl run`, or set GWCTL_RESOLVED to a file from `gwctl export resolved`.",
)
NO_SUCH_COMMAND = _code(
    "NO_SUCH_COMMAND",
    "gwctl has no command with this name.",
    "Run `gwctl --help` for the list of commands.",
)
NO_SUCH_OPTION = _code(
    "NO_SUCH_OPTION",
    "The command has no option with this name.",
    "Run the command with `--help` for its options.",
)
NO_TERMINAL = _code(
    "NO_TERMINAL",
    "The command needs an answer from you, and there is no terminal.",
    "Run the command at a terminal, or pass the answer as an argument or on standard input.",
)
NO_TOOL_NAMED = _code(
    "NO_TOOL_NAMED",
    "No tool was named, and gwctl cannot choose one: this machine has no tool to configure, or has several.",
    "Name one of the tools that `gwctl clients` lists.",
)
NO_VALUE = _code(
    "NO_VALUE",
    "A field of the gateway file has no value.",
    "Write a value, or remove the line.",
)
NO_VARIABLES = _code(
    "NO_VARIABLES",
    "Tools read no environment variables for an endpoint of this dialect.",
    "Choose another endpoint with `--endpoint`.",
)
ODD_SPACE = _code(
    "ODD_SPACE",
    "The gateway file contains a character that looks like a space, but is not a space in YAML.",
    "Replace the character with an ordinary space.",
)
OFFLINE = _code(
    "OFFLINE",
    "The endpoint was not contacted, because of `--offline`.",
    "To contact the endpoint, remove `--offline`.",
)
OFFLINE_STORE = _code(
    "OFFLINE_STORE",
    "The state is on another machine, and `--offline` opens no connection.",
    "Remove `--offline`.",
)
OK = _code(
    "OK",
    "`gwctl doctor` made this check and found nothing wrong.",
    "No action is needed.",
)
OLDER_RECORDS = _code(
    "OLDER_RECORDS",
    "An older version of gwctl has left records for this state. The records are not used yet.",
    "If the records belong to this gateway file, run `gwctl trust`.",
)
OTHER_ORIGIN = _code(
    "OTHER_ORIGIN",
    "A tool requested a key for a host other than the host of the applied endpoint.",
    "Run `gwctl apply`, which writes the tool's file again.",
)
OWN_CREDENTIAL = _code(
    "OWN_CREDENTIAL",
    "A tool's file contains a credential of the user at a position where gwctl would write.",
    "Remove the credential from the file, use `file: own`, or move the credential into the keychain with `--adopt`.",
)
PAGE_UNWRITABLE = _code(
    "PAGE_UNWRITABLE",
    "A manual page cannot be written.",
    "Choose another directory with `gwctl man DIR`.",
)
PARTIAL_LIST = _code(
    "PARTIAL_LIST",
    "The server reports that its model list is incomplete. No model is deleted.",
    "If the list is complete, accept the list with `--accept-catalog`.",
)
PASSWORD_MALFORMED = _code(
    "PASSWORD_MALFORMED",
    "The password for the state is malformed.",
    "Correct the variable that the message names.",
)
PASSWORD_WITHHELD = _code(
    "PASSWORD_WITHHELD",
    "The password for the state was not sent, because sending it to this address is not safe.",
    "Use `https://`, or correct the addresses that the message names.",
)
PLAN_BROKEN = _code(
    "PLAN_BROKEN",
    "The file is not a saved plan, or is damaged.",
    "Make a new plan with `gwctl plan --out FILE`.",
)
PLAN_CONFIG_CHANGED = _code(
    "PLAN_CONFIG_CHANGED",
    "The gateway file or its variables changed since the plan was saved.",
    "Make a new plan, or use the same `-f` and `--var`.",
)
PLAN_EDITED = _code(
    "PLAN_EDITED",
    "The saved plan was edited.",
    "Make a new plan with `gwctl plan --out FILE`.",
)
PLAN_INCOMPLETE = _code(
    "PLAN_INCOMPLETE",
    "The saved plan has errors or open questions and cannot be applied.",
    "Resolve the errors and the questions, then make a new plan.",
)
PLAN_LOCK_CHANGED = _code(
    "PLAN_LOCK_CHANGED",
    "The lock file changed since the plan was saved.",
    "Make a new plan with `gwctl plan --out FILE`.",
)
PLAN_OF_ANOTHER_SCOPE = _code(
    "PLAN_OF_ANOTHER_SCOPE",
    "The saved plan was made for another `--scope`.",
    "Omit `--scope`: the saved plan contains its own scope.",
)
PLAN_OF_ANOTHER_STACK = _code(
    "PLAN_OF_ANOTHER_STACK",
    "The saved plan belongs to another gateway or another state.",
    "Apply the plan with the gateway file and the state that the plan was made for.",
)
PLAN_STALE = _code(
    "PLAN_STALE",
    "The recorded resources have changed since the plan was saved.",
    "Make a new plan with `gwctl plan --out FILE`.",
)
PLAN_TOO_NEW = _code(
    "PLAN_TOO_NEW",
    "The plan was saved by a newer version of gwctl.",
    "Upgrade gwctl, or make a new plan.",
)
PLAN_TOO_OLD = _code(
    "PLAN_TOO_OLD",
    "The plan was saved by an older version of gwctl, in a format that this version does not read.",
    "Delete the saved plan, and make a new plan.",
)
PLAN_UNREADABLE = _code(
    "PLAN_UNREADABLE",
    "The saved plan cannot be read.",
    "Check the path and its permissions.",
)
PLAN_UNWRITABLE = _code(
    "PLAN_UNWRITABLE",
    "The plan cannot be saved.",
    "Choose another file with `--out FILE`.",
)
PLAN_USED = _code(
    "PLAN_USED",
    "The saved plan has been applied already.",
    "Make a new plan with `gwctl plan --out FILE`.",
)
PRESET_TAKEN = _code(
    "PRESET_TAKEN",
    "A preset in the gateway file has the name of a built-in preset.",
    "Give the preset in the gateway file another name.",
)
PROTECTED = _code(
    "PROTECTED",
    "The plan would delete a protected resource, or stop managing the resource.",
    "Apply the resource with `protect: false` first.",
)
PROXY_REFUSED = _code(
    "PROXY_REFUSED",
    "The proxy requires a password (HTTP 407).",
    "Add the user and the password to the URL in the proxy's environment variable.",
)
PROXY_UNUSABLE = _code(
    "PROXY_UNUSABLE",
    "A proxy setting in the environment is not an `http://` or `https://` URL.",
    "Correct the variable, or unset it.",
)
RATE_LIMITED = _code(
    "RATE_LIMITED",
    "The endpoint is rate-limiting requests.",
    "Wait, then try again.",
)
RECENT_LIST = _code(
    "RECENT_LIST",
    "The endpoint was not contacted, because this machine fetched its list within `--max-age`.",
    "To contact the endpoint, use `--max-age 0`.",
)
REMOVED_DONE = _code(
    "REMOVED_DONE",
    "The address of an entry under `removed` is no longer recorded, so the entry has no effect.",
    "Remove the entry when no state contains the address.",
)
RESOLVED_FILE_BROKEN = _code(
    "RESOLVED_FILE_BROKEN",
    "A resolved file is not valid, or has a version that this gwctl cannot read.",
    "Write the file again: `gwctl export resolved`.",
)
ROTATED_KEY_REFUSED = _code(
    "ROTATED_KEY_REFUSED",
    "The endpoint rejected the new key. The keychain still has the previous key.",
    "Check the new key.",
)
ROTATED_KEY_UNTESTED = _code(
    "ROTATED_KEY_UNTESTED",
    "The new key could not be tested. The keychain still has the previous key.",
    "Apply again when the endpoint responds.",
)
SECOND_DOCUMENT = _code(
    "SECOND_DOCUMENT",
    "The YAML file contains a second document.",
    "Keep only one document in the file.",
)
SERVER_ERROR = _code(
    "SERVER_ERROR",
    "The endpoint or its gateway failed with a server error.",
    "Try again later. If the server is yours, check its logs.",
)
SHORT_LIST = _code(
    "SHORT_LIST",
    "The endpoint's list omits many recorded models. These models are held, not deleted.",
    "If the list is right, accept the list with `--accept-catalog`.",
)
STACK_UNDECIDED = _code(
    "STACK_UNDECIDED",
    "This machine has records for this state from a gateway file at another path.",
    "Run `gwctl trust` with `--moved-from` or `--another`, as the message shows.",
)
STATE_BROKEN = _code(
    "STATE_BROKEN",
    "The state is damaged.",
    "Restore the backup that the message names.",
)
STATE_CHANGED = _code(
    "STATE_CHANGED",
    "Somebody else changed the state after the plan was made.",
    "Run the command again.",
)
STATE_LOCKED = _code(
    "STATE_LOCKED",
    "Another process holds the lock of the state.",
    "Wait until the other process has finished. `gwctl state unlock` breaks a stale lock.",
)
STATE_NOT_READ = _code(
    "STATE_NOT_READ",
    "The state was not read, because of `--offline`.",
    "Remove `--offline` to see what would change.",
)
STATE_OF_ANOTHER_LINEAGE = _code(
    "STATE_OF_ANOTHER_LINEAGE",
    "The state to push and the stored state have no common origin.",
    "Push the state into an empty store.",
)
STATE_OF_ANOTHER_NAME = _code(
    "STATE_OF_ANOTHER_NAME",
    "The state belongs to a gateway with another `name`.",
    "Correct `name`, or give the gateway its own `state`.",
)
STATE_OLDER = _code(
    "STATE_OLDER",
    "The state to push is older than the stored state.",
    "Pull the stored state, and compare the two states.",
)
STATE_OLDER_FORMAT = _code(
    "STATE_OLDER_FORMAT",
    "The state has the format of an older version.",
    "No action is needed: the next apply writes the new format.",
)
STATE_TOO_NEW = _code(
    "STATE_TOO_NEW",
    "The state was written by a newer version of gwctl.",
    "Upgrade gwctl.",
)
STATE_UNREADABLE = _code(
    "STATE_UNREADABLE",
    "The state cannot be read.",
    "Follow the hint. Check the path, the network and the permissions.",
)
STATE_UNWRITABLE = _code(
    "STATE_UNWRITABLE",
    "The state cannot be written, or the reply to the write was lost.",
    "Follow the hint, then run the command again.",
)
STILL_IN_FILE = _code(
    "STILL_IN_FILE",
    "An address is under `removed` and still defined in the gateway file.",
    "Remove the entry under `removed`, or the definition.",
)
STORE_NOT_INSTALLED = _code(
    "STORE_NOT_INSTALLED",
    "The library for this kind of store is not installed.",
    "Install the library with the command that the message shows.",
)
STORE_READ_ONLY = _code(
    "STORE_READ_ONLY",
    "The role that reads the state has no permission to write the state.",
    "Apply from the pipeline, or give the role write permission.",
)
STORE_REFUSED = _code(
    "STORE_REFUSED",
    "The store rejected the operation.",
    "Check the credential and its permissions.",
)
TAG = _code(
    "TAG",
    "The YAML file uses a tag (`!name`), which gwctl does not support.",
    "Write the value without the tag.",
)
TOOL_CONFLICT = _code(
    "TOOL_CONFLICT",
    "A setting in the user's own file prevents a tool from starting, or from using another endpoint.",
    "Remove the setting that the message names.",
)
TOOL_FAILED = _code(
    "TOOL_FAILED",
    "A tool did not answer the first message that `gwctl init` or `gwctl join` sent through the tool.",
    "Run `gwctl doctor TOOL`, and test the endpoint: `gwctl test ENDPOINT --chat`.",
)
TOOL_NEEDS_MORE = _code(
    "TOOL_NEEDS_MORE",
    "The environment variables are not enough for the tool: the tool also needs a setting in its own configuration.",
    "Add the setting that the message shows.",
)
TOO_DEEP = _code(
    "TOO_DEEP",
    "The values in the YAML file are nested too deeply.",
    "Check that the path names the right file.",
)
TOO_LARGE_TO_EXPORT = _code(
    "TOO_LARGE_TO_EXPORT",
    "The resolved file is larger than the format that was asked for allows.",
    "Record fewer models: `discover: {include: [PATTERN]}` under the endpoints.",
)
TOO_MANY_ALIASES = _code(
    "TOO_MANY_ALIASES",
    "The YAML file uses too many aliases.",
    "Write the entries out, or use `-f` twice.",
)
TOO_MANY_NODES = _code(
    "TOO_MANY_NODES",
    "The YAML file has too many values.",
    "Check that the path names the right file.",
)
TO_BE_RECORDED = _code(
    "TO_BE_RECORDED",
    "A resource is up to date, but its record in the state or the ledger is not.",
    "No action is needed: the next apply records the resource.",
)
UI_NOT_INSTALLED = _code(
    "UI_NOT_INSTALLED",
    "`gwctl ui` needs libraries that are not installed: the extra `ui`.",
    "Run the command in the hint.",
)
UNKNOWN_CLIENT = _code(
    "UNKNOWN_CLIENT",
    "A name on the command line is not a client of the gateway file.",
    "Use the address of a client, such as `client.claude-code`.",
)
UNKNOWN_CONFIGURATION = _code(
    "UNKNOWN_CONFIGURATION",
    "A file named with `--from` is not one of the configurations that gwctl reads.",
    "Name a LiteLLM config.yaml, an opencode.json, a Codex config.toml or a `.env` file.",
)
UNKNOWN_DIALECT = _code(
    "UNKNOWN_DIALECT",
    "gwctl does not know this dialect.",
    "Use one of the dialects that the message names.",
)
UNKNOWN_ENDPOINT = _code(
    "UNKNOWN_ENDPOINT",
    "The gateway file has no endpoint with this name.",
    "Check the spelling of the endpoint's name.",
)
UNKNOWN_FIELD = _code(
    "UNKNOWN_FIELD",
    "The gateway file has a field that gwctl does not know.",
    "Check the spelling and the position of the field.",
)
UNKNOWN_MODEL = _code(
    "UNKNOWN_MODEL",
    "No endpoint is known to offer the named model.",
    "Run `gwctl models` for the list.",
)
UNKNOWN_PRESET = _code(
    "UNKNOWN_PRESET",
    "There is no preset with this name.",
    "Run `gwctl presets` for the list.",
)
UNKNOWN_PURPOSE = _code(
    "UNKNOWN_PURPOSE",
    "A default is defined for a purpose that gwctl does not know.",
    "Use one of the purposes that the message names.",
)
UNKNOWN_STACK = _code(
    "UNKNOWN_STACK",
    "This machine has no records for a gateway file at the given path.",
    "Use one of the paths that the message names.",
)
UNKNOWN_STORE = _code(
    "UNKNOWN_STORE",
    "gwctl does not support the URL of the state.",
    "Write a URL such as `file:gwctl.state.json` or `postgresql://USER@HOST/DATABASE`.",
)
UNKNOWN_TOOL = _code(
    "UNKNOWN_TOOL",
    "A client names a tool that gwctl cannot configure.",
    "Use the name of a tool that `gwctl clients` lists.",
)
UNKNOWN_VERSION = _code(
    "UNKNOWN_VERSION",
    "This gwctl does not support the `version` of the gateway file.",
    "Write `version: 1`, or upgrade gwctl.",
)
UNREACHABLE = _code(
    "UNREACHABLE",
    "gwctl could not connect to the endpoint, or did not receive a complete response in time.",
    "Check `base_url`, the network, the proxy and the TLS settings. `gwctl doctor` checks each of them.",
)
UNSAFE_ON_TERMINAL = _code(
    "UNSAFE_ON_TERMINAL",
    "A value contains characters that could control the terminal, so the value is not printed to the terminal.",
    "Pass the output to `eval` in a shell, or print JSON with `--format json`.",
)
UNSET_VARIABLE = _code(
    "UNSET_VARIABLE",
    "A variable `${NAME}` of the gateway file is not set.",
    "Set GWCTL_VAR_NAME, pass `--var NAME=…`, or write `${NAME:-default}`.",
)
UNUSABLE_MODEL_ID = _code(
    "UNUSABLE_MODEL_ID",
    "The model's ID has characters that an environment variable cannot hold.",
    "Choose another model with `--model`.",
)
UNUSED_PROXY = _code(
    "UNUSED_PROXY",
    "The field `proxy` has no effect, because the base URL is on this machine.",
    "Remove the field `proxy`.",
)
UNUSED_TLS = _code(
    "UNUSED_TLS",
    "The field `tls` has no effect, because the base URL is not `https://`.",
    "Use `https://`, or remove `tls`.",
)
UNUSED_VARIABLE = _code(
    "UNUSED_VARIABLE",
    "A variable set with `--var` is not used in the gateway file.",
    "Check the variable's name.",
)
UPSTREAM_REFUSED = _code(
    "UPSTREAM_REFUSED",
    "The endpoint accepts the key, but the vendor that serves the model to the endpoint rejected the request.",
    "Correct the credential on the server, or try another model.",
)
USAGE = _code(
    "USAGE",
    "The command line cannot be understood.",
    "Run the command with `--help`.",
)
VARIABLE_IN_KEY = _code(
    "VARIABLE_IN_KEY",
    "A key reference contains `${…}`.",
    "Write the key reference without `${…}`.",
)
WRONG_KIND = _code(
    "WRONG_KIND",
    "A field has a value of the wrong kind, such as text in place of a list.",
    "Write a value of the kind that the message names.",
)
YAML_SYNTAX = _code(
    "YAML_SYNTAX",
    "The file is not valid YAML.",
    "Correct the line that the message names.",
)

NEEDS_ACTION = frozenset((CLIENT_BY_HAND, CLIENT_ENDPOINT_LEFT_OUT, CLIENT_NOT_FOUND))
"""The notes about something that the gateway file asks for and that waits for the user. Their hint is always shown."""
