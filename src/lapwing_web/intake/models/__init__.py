"""What arrived, kept as it arrived; and who may hand it over."""

from lapwing_web.intake.models.account import Account, Contact, Credential
from lapwing_web.intake.models.knock import Knock
from lapwing_web.intake.models.place import PostcodeArea
from lapwing_web.intake.models.receipt import Receipt
from lapwing_web.intake.models.report import Document, Fragment, Provider, Report, ReportVersion
from lapwing_web.intake.models.sealed import Opening, OpeningLog, SealedFile
from lapwing_web.intake.models.seen import SeenHash
from lapwing_web.intake.models.submission import Submission, SubmittedFile

__all__ = [
    "Account",
    "Contact",
    "Credential",
    "Document",
    "Fragment",
    "Knock",
    "Opening",
    "OpeningLog",
    "PostcodeArea",
    "Provider",
    "Receipt",
    "Report",
    "ReportVersion",
    "SealedFile",
    "SeenHash",
    "Submission",
    "SubmittedFile",
]
