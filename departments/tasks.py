"""Background work of the desks' floor."""

from celery import shared_task

from .services import imports


@shared_task(name="departments.import_customers")
def import_customers(tenant: int, job: int) -> bool:
    """Run one started import; safe to run twice at once."""
    return imports.run(tenant=tenant, job=job)


@shared_task(name="departments.resume_imports")
def resume_imports() -> int:
    """Begin again what a killed worker or a lost ring left lying."""
    return imports.resume()
