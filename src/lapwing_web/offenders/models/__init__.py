"""A registered offender, and what is recorded of managing one."""

from lapwing_web.offenders.models.offender import Offender
from lapwing_web.offenders.models.visiting import Assessment, LevelSet, Plan, Visit

__all__ = ["Assessment", "LevelSet", "Offender", "Plan", "Visit"]
