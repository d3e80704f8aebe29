"""Organisations and the people who sign in, what they have passed, and what they carry."""

from lapwing_web.staff.models.people import Organisation, Team, User, standing_teams
from lapwing_web.staff.models.training import OptOut, Training
from lapwing_web.staff.models.welfare import AllowedViewing, CheckIn, Exposure

__all__ = [
    "AllowedViewing",
    "CheckIn",
    "Exposure",
    "OptOut",
    "Organisation",
    "Team",
    "Training",
    "User",
    "standing_teams",
]
