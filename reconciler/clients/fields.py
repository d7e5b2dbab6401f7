"""The allowed values of `file` and `key_from`, two fields of a client in the gateway file."""

from __future__ import annotations

from typing import Literal

FileUse = Literal["own", "shared", "none"]
KeyWay = Literal["helper", "env", "none"]
