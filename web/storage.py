"""Where static files are served from: hashed, compressed, and each address worked out once a process."""

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """A page names some seventy icons and files; what each is called by its content never changes while we run."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._addresses: dict[tuple[str, bool], str] = {}

    def url(self, name: str, force: bool = False) -> str:
        """The address of a static file."""
        known = self._addresses.get((name, force))
        if known is None:
            known = self._addresses[name, force] = super().url(name, force)
        return known
