"""The shape of each topic's versions: one model a topic, so that a mistyped key never becomes a silent
default.
"""

from lapwing.policy.cited import Version
from lapwing.policy.topics.allocation import AllocationVersion
from lapwing.policy.topics.arrests import ArrestsVersion
from lapwing.policy.topics.bail import BailVersion
from lapwing.policy.topics.briefing import BriefingVersion
from lapwing.policy.topics.children import ChildrenVersion
from lapwing.policy.topics.clocks import ClocksVersion
from lapwing.policy.topics.codes import (
    ForcesVersion,
    JustificationsVersion,
    OutcomesVersion,
    ReasonsVersion,
)
from lapwing.policy.topics.completeness import CompletenessVersion
from lapwing.policy.topics.crime_counting import CrimeCountingVersion
from lapwing.policy.topics.examination import ExaminationVersion
from lapwing.policy.topics.exposure import ExposureVersion
from lapwing.policy.topics.jobs import JobsVersion
from lapwing.policy.topics.joining import JoiningVersion
from lapwing.policy.topics.known_lists import KnownListsVersion
from lapwing.policy.topics.list_sources import ListSourcesVersion
from lapwing.policy.topics.notification import NotificationVersion
from lapwing.policy.topics.primacy import PrimacyVersion
from lapwing.policy.topics.ranking import RankingVersion
from lapwing.policy.topics.reporting import ReportingVersion
from lapwing.policy.topics.resolvability import ResolvabilityVersion
from lapwing.policy.topics.restrictions import RestrictionsVersion
from lapwing.policy.topics.retention import RetentionVersion
from lapwing.policy.topics.risk import RiskVersion
from lapwing.policy.topics.routing import RoutingVersion
from lapwing.policy.topics.scorecards import ScorecardsVersion
from lapwing.policy.topics.second_look import SecondLookVersion
from lapwing.policy.topics.sign_in import SignInVersion
from lapwing.policy.topics.system_notifications import SystemNotificationsVersion
from lapwing.policy.topics.telling import TellingVersion
from lapwing.policy.topics.triage import TriageVersion
from lapwing.policy.topics.visits import VisitsVersion

__all__ = [
    "TOPICS",
    "AllocationVersion",
    "ArrestsVersion",
    "BailVersion",
    "BriefingVersion",
    "ChildrenVersion",
    "ClocksVersion",
    "CompletenessVersion",
    "CrimeCountingVersion",
    "ExaminationVersion",
    "ExposureVersion",
    "ForcesVersion",
    "JobsVersion",
    "JoiningVersion",
    "JustificationsVersion",
    "KnownListsVersion",
    "ListSourcesVersion",
    "NotificationVersion",
    "OutcomesVersion",
    "PrimacyVersion",
    "RankingVersion",
    "ReasonsVersion",
    "ReportingVersion",
    "ResolvabilityVersion",
    "RestrictionsVersion",
    "RetentionVersion",
    "RiskVersion",
    "RoutingVersion",
    "ScorecardsVersion",
    "SecondLookVersion",
    "SignInVersion",
    "SystemNotificationsVersion",
    "TellingVersion",
    "TriageVersion",
    "VisitsVersion",
]

TOPICS: dict[str, type[Version]] = {
    "triage": TriageVersion,
    "risk": RiskVersion,
    "resolvability": ResolvabilityVersion,
    "completeness": CompletenessVersion,
    "scorecards": ScorecardsVersion,
    "list_sources": ListSourcesVersion,
    "primacy": PrimacyVersion,
    "routing": RoutingVersion,
    "clocks": ClocksVersion,
    "joining": JoiningVersion,
    "second_look": SecondLookVersion,
    "sign_in": SignInVersion,
    "reasons": ReasonsVersion,
    "outcomes": OutcomesVersion,
    "forces": ForcesVersion,
    "ranking": RankingVersion,
    "justifications": JustificationsVersion,
    "reporting": ReportingVersion,
    "jobs": JobsVersion,
    "telling": TellingVersion,
    "known_lists": KnownListsVersion,
    "children": ChildrenVersion,
    "crime_counting": CrimeCountingVersion,
    "allocation": AllocationVersion,
    "examination": ExaminationVersion,
    "exposure": ExposureVersion,
    "bail": BailVersion,
    "arrests": ArrestsVersion,
    "restrictions": RestrictionsVersion,
    "retention": RetentionVersion,
    "visits": VisitsVersion,
    "notification": NotificationVersion,
    "briefing": BriefingVersion,
    "system_notifications": SystemNotificationsVersion,
}
