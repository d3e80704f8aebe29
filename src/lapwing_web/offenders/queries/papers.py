"""The words of a briefing as a document to hand to a team."""

from lapwing_web.casework.models.paper import Paper, Part, Table, day, instant
from lapwing_web.offenders.models import Briefing


def briefing_paper(briefing: Briefing) -> Paper:
    """The extract as it was issued, until when it holds, and who has read it."""
    lead = (
        f"For {briefing.team} alone, until {day(briefing.last_on)}. Destroy it then. Do not tell the person, "
        "or anybody else, what it says."
    )
    told = [(label, value) for _, label, value in briefing.lines]
    rows = [
        [str(one.by), instant(one.at)]
        for one in briefing.acknowledgements.select_related("by").order_by("at")
    ]
    read = Table(["Who", "When"], rows, "Nobody yet.")
    parts = [Part("What you need to know", told), Part("Who has read it", table=read)]
    force = briefing.team.organisation.name
    return Paper("Briefing", briefing.reference, force, lead, parts)
