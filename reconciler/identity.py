"""The values that identify a lock or a written state: the current user and machine, the time, and a new lineage."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime

from reconciler.text import sentence


def who(environ: Mapping[str, str]) -> str:
    """Return the name of the user who runs gwctl, such as `ana@laptop`, or the ID of the run in a pipeline.

    GitHub Actions and GitLab CI set the variables that are read:
    https://docs.github.com/actions/reference/workflows-and-actions/variables,
    https://docs.gitlab.com/ci/variables/predefined_variables/.
    """
    if environ.get("GITHUB_RUN_ID"):
        return sentence(f"run {environ['GITHUB_RUN_ID']} of {environ.get('GITHUB_REPOSITORY', 'GitHub Actions')}")
    if environ.get("CI_JOB_ID"):
        return sentence(f"job {environ['CI_JOB_ID']} of {environ.get('CI_PROJECT_PATH', 'GitLab CI')}")
    import platform

    return sentence(f"{_user(environ)}@{platform.node()}")


def new_lineage() -> str:
    """Return a new, unique lineage for a state."""
    import uuid

    return str(uuid.uuid4())


def now() -> str:
    """Return the current time in UTC, to the second, in ISO 8601 format."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def seconds_since(time: str) -> float | None:
    """Return the number of seconds since a time in ISO 8601 format. Return None if the text is not a time."""
    try:
        return (datetime.now(UTC) - datetime.fromisoformat(time)).total_seconds()
    except (ValueError, TypeError):
        return None


def _user(environ: Mapping[str, str]) -> str:
    named = next((environ[name] for name in ("LOGNAME", "USER", "LNAME", "USERNAME") if environ.get(name)), None)
    return named or _user_of_process()


def _user_of_process() -> str:
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):  # Windows; a container's user has no name
        return "somebody"
