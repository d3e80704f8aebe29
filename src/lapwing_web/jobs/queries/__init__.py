"""What waits, how long, and what has failed."""

from lapwing_web.jobs.queries.backlog import Backlog, backlog
from lapwing_web.jobs.queries.page import clearable_for, failed_for, page

__all__ = ["Backlog", "backlog", "clearable_for", "failed_for", "page"]
