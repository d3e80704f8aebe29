"""What arrived, kept as it arrived."""

from lapwing_web.intake.models.receipt import Receipt
from lapwing_web.intake.models.report import Document, Provider, Report, ReportVersion

__all__ = ["Document", "Provider", "Receipt", "Report", "ReportVersion"]
