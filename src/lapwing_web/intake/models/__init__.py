"""What arrived, kept as it arrived."""

from lapwing_web.intake.models.place import PostcodeArea
from lapwing_web.intake.models.receipt import Receipt
from lapwing_web.intake.models.report import Document, Fragment, Provider, Report, ReportVersion
from lapwing_web.intake.models.sealed import Opening, OpeningLog, SealedFile

__all__ = [
    "Document",
    "Fragment",
    "Opening",
    "OpeningLog",
    "PostcodeArea",
    "Provider",
    "Receipt",
    "Report",
    "ReportVersion",
    "SealedFile",
]
