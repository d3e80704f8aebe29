"""A registered offender, and what is recorded of managing one."""

from lapwing_web.offenders.models.briefing import Acknowledgement, Briefing
from lapwing_web.offenders.models.linked import OffenderLink, OffenderSelector
from lapwing_web.offenders.models.notification import Absence, Notifiable, Notification, Requirement
from lapwing_web.offenders.models.offender import Offender
from lapwing_web.offenders.models.visiting import Assessment, LevelSet, Plan, Visit

__all__ = [
    "Absence",
    "Acknowledgement",
    "Assessment",
    "Briefing",
    "LevelSet",
    "Notifiable",
    "Notification",
    "Offender",
    "OffenderLink",
    "OffenderSelector",
    "Plan",
    "Requirement",
    "Visit",
]
