"""Static files that come from npm packages (the list is `web.assets.FILES`) and the icon sprite."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.storage import FileSystemStorage, Storage

from web import assets


class PackageFinder(BaseFinder):
    """Finds the listed files only. They are built on first use, so a command that needs none of them works bare."""

    @cached_property
    def storage(self) -> FileSystemStorage:
        return FileSystemStorage(location=str(assets.build()))

    def check(self, **kwargs: Any) -> list[Any]:
        """Nothing to configure; missing packages are told by the command that needs them."""
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """The file's place on disk, as Django's finders answer."""
        if path not in assets.NAMES:
            return []
        found = self.storage.path(path)
        return [found] if find_all or kwargs.get("all") else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """Every served file with the storage that opens it."""
        for name in assets.NAMES:
            if not matches_patterns(name, list(ignore_patterns or [])):
                yield name, self.storage
