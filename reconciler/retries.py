"""The door to stamina, which retries failed calls. Retries are not logged, because the arguments may hold headers."""

from __future__ import annotations

import stamina

stamina.instrumentation.set_on_retry_hooks([])  # stamina's default hook logs the arguments to stderr

retry_context = stamina.retry_context
