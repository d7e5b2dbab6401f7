"""The SHA-256 of bytes, for the values that most commands compute.

`hashlib` loads OpenSSL, which takes longer than all hashes of a plan. The interpreter has the same function in a module
of its own, which `hashlib` uses where OpenSSL is missing.
"""

from __future__ import annotations

try:
    from _sha2 import sha256  # type: ignore[import-not-found,unused-ignore] # Python 3.12 and later
except ImportError:
    try:
        from _sha256 import sha256  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        from hashlib import sha256

_LARGE = 1 << 20  # bytes, from which OpenSSL is faster by more than it takes to load


def sha256_of(data: bytes) -> str:
    """Return the SHA-256 in hexadecimal digits."""
    if len(data) < _LARGE:
        digest: str = sha256(data).hexdigest()
        return digest
    import hashlib

    return hashlib.sha256(data).hexdigest()
