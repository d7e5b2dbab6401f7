"""A file, in a directory that is not there yet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Self

import pytest

from tests.state.places.place import Place


class FilePlace(Place):
    """Its lock falls with its holder; nobody is asked for a password."""

    def fresh(self) -> Self:
        return replace(self, url=self.url + "-other")

    def contents(self) -> list[str]:
        folder = Path(self.url).parent
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.fixture
def file_place(tmp_path: Path) -> FilePlace:
    """A path in an empty directory."""
    return FilePlace(str(tmp_path / "deep" / "state.json"))
