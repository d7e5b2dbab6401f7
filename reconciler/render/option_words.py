"""The descriptions of options. The command line and the local page show the same sentence."""

from __future__ import annotations

from collections.abc import Mapping

OPTION_WORDS: Mapping[str, str] = {
    "--accept-catalog": "Accept this endpoint's shorter model list, and delete the models that are no longer in it.",
    "--allow-delete": "Allow this endpoint to be deleted even if the plan deletes most endpoints.",
    "--adopt": "Take over key.ENDPOINT or client.NAME: a keychain entry or a part of a file that gwctl did not create.",
    "--allow-path": "Allow this client's `path:` to be a file outside of the usual places, now and later.",
    "--local": "Add the tool to gateway.local.yaml, for this machine only.",
    "--when-absent": "write: write the file of the tool even if the tool is not found. skip: write no file then.",
    "--use": "own: a separate file that gwctl writes. shared: entries in your own file. none: only show what to do.",
}
CONSENTS = ("--accept-catalog", "--allow-delete", "--adopt", "--allow-path")
