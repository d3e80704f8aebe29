"""What arrived, kept as it arrived."""

from lapwing_web.intake.models.knock import Knock
from lapwing_web.intake.models.place import PostcodeArea
from lapwing_web.intake.models.receipt import Receipt
from lapwing_web.intake.models.report import Document, Fragment, Provider, Report, ReportVersion

__all__ = ["Document", "Fragment", "Knock", "PostcodeArea", "Provider", "Receipt", "Report", "ReportVersion"]
