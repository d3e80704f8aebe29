"""The law and policy that govern what hangs on a case: read alike by the pages and by what people do."""

from datetime import date

from django.conf import settings

from lapwing.policy import load
from lapwing.policy.topics.examination import ExaminationVersion
from lapwing.policy.topics.known_lists import KnownListsVersion
from lapwing.rules.bail import StageEnd, WithProsecutor, stages
from lapwing_web.casework.models.suspect import Arrest
from lapwing_web.moment import UK, today


def stages_of(arrest: Arrest) -> list[StageEnd]:
    """The stages of bail by the regime of the arrest's day, with where each ends as things stand."""
    on = arrest.at.astimezone(UK).date()
    stops = [WithProsecutor(stop.sent_on, stop.back_on) for stop in arrest.stops.order_by("sent_on", "id")]
    law = load("bail", settings.JURISDICTION).on(on)
    return stages(on, stops, law, designated=arrest.designated_on is not None)


def examination_policy(on: date | None = None) -> ExaminationVersion:
    """The policy on examination in force on a day (default: today)."""
    return load("examination", settings.JURISDICTION).on(on or today())


def known_lists_policy() -> KnownListsVersion:
    """The policy on known lists in force today."""
    return load("known_lists", settings.JURISDICTION).on(today())
