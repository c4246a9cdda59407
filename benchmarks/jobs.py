"""Every job, in the order in which it is measured and shown."""

from importlib import import_module

from frame import Job

__all__ = ["MODULES", "list_jobs"]

#: The modules that hold jobs.
MODULES = (
    *("tables", "tables_read", "reason", "validate", "whole", "queries", "write", "startup", "everyday", "references", "serve"),
    "static_site",
)


def list_jobs(*, modules: tuple[str, ...] = MODULES) -> dict[str, Job]:
    """Name → job."""
    return {job.name: job for module in modules for job in import_module(module).JOBS}
