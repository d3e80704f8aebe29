"""A job, and what a kind of job is."""

from lapwing_web.jobs.models.job import LANES, Job, standing
from lapwing_web.jobs.models.kind import EVERY, Kind, Leased

__all__ = ["EVERY", "LANES", "Job", "Kind", "Leased", "standing"]
