"""What arrived, kept as it arrived."""

from lapwing_web.intake.models.place import PostcodeArea
from lapwing_web.intake.models.receipt import Receipt
from lapwing_web.intake.models.report import Document, Fragment, Provider, Report, ReportVersion

__all__ = ["Document", "Fragment", "PostcodeArea", "Provider", "Receipt", "Report", "ReportVersion"]
