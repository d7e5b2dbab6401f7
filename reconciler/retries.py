"""The door to stamina: trying again; nothing is logged, for arguments may hold headers."""

from __future__ import annotations

import stamina

stamina.instrumentation.set_on_retry_hooks([])  # its default one logs arguments to stderr

retry_context = stamina.retry_context
