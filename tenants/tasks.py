"""Background work of the tenants' floor."""

from celery import shared_task

from .services import files


@shared_task(name="tenants.sweep_files")
def sweep_files() -> int:
    """Remove uploads nobody bound; safe to run twice at once."""
    return files.sweep_orphans()
