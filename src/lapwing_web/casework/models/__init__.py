"""The nouns of casework."""

from lapwing_web.casework.models.case import Allocation, Case, Crime, Transfer
from lapwing_web.casework.models.case_join import CaseJoin
from lapwing_web.casework.models.child import Child, ChildNote, ContactAnswer, ProtectiveStep
from lapwing_web.casework.models.exhibit import Continuity, Examination, Exhibit, Laboratory
from lapwing_web.casework.models.hit import Checking, Hit, Unasked
from lapwing_web.casework.models.hunt import Hunt, KnownList
from lapwing_web.casework.models.legal_hold import LegalHold
from lapwing_web.casework.models.link import IpEvent, Joining, Selector, Sighting
from lapwing_web.casework.models.measure import Measure
from lapwing_web.casework.models.opening_leave import OpeningLeave
from lapwing_web.casework.models.package import Approval, Package, PackageSelector
from lapwing_web.casework.models.prosecution import Charge, Condition, CourtDate, Disposal, Sentence
from lapwing_web.casework.models.record_disposal import RecordDisposal
from lapwing_web.casework.models.referral import Enquiry, Fact, Referral, SecondLook
from lapwing_web.casework.models.retention import RetentionFact, RetentionReview
from lapwing_web.casework.models.scan_result import Grading, ScanFile, ScanResult
from lapwing_web.casework.models.suspect import (
    Arrest,
    BailApplication,
    BailStop,
    Duty,
    Gap,
    Restriction,
    SafetyPlan,
    Suspect,
    Warrant,
)

__all__ = [
    "Allocation",
    "Approval",
    "Arrest",
    "BailApplication",
    "BailStop",
    "Case",
    "CaseJoin",
    "Charge",
    "Checking",
    "Child",
    "ChildNote",
    "Condition",
    "ContactAnswer",
    "Continuity",
    "CourtDate",
    "Crime",
    "Disposal",
    "Duty",
    "Enquiry",
    "Examination",
    "Exhibit",
    "Fact",
    "Gap",
    "Grading",
    "Hit",
    "Hunt",
    "IpEvent",
    "Joining",
    "KnownList",
    "Laboratory",
    "LegalHold",
    "Measure",
    "OpeningLeave",
    "Package",
    "PackageSelector",
    "ProtectiveStep",
    "RecordDisposal",
    "Referral",
    "Restriction",
    "RetentionFact",
    "RetentionReview",
    "SafetyPlan",
    "ScanFile",
    "ScanResult",
    "SecondLook",
    "Selector",
    "Sentence",
    "Sighting",
    "Suspect",
    "Transfer",
    "Unasked",
    "Warrant",
]
