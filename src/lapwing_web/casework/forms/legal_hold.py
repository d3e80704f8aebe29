"""A legal hold on a case: placed, or lifted by another person."""

from lapwing_web.casework.actions import legal_hold
from lapwing_web.casework.forms.cases import CaseDecision
from lapwing_web.casework.forms.referral import why_field


class HoldForm(CaseDecision):
    """Place a legal hold. The subject is the case."""

    permission, title, submit = "hold a case", "Legal hold on {}", "Place the hold"
    lead = "Nothing of the case is disposed of while a hold stands. Another person lifts it."
    why = why_field("Who asks for the hold, and why?")

    def act(self) -> str:
        """Place."""
        legal_hold.place_hold(self.subject, why=self.cleaned_data["why"], by=self.by)
        return f"{self.subject.reference} is under a legal hold."


class LiftForm(CaseDecision):
    """Lift the legal hold. The subject is the case."""

    permission, title, submit = "hold a case", "Lift the legal hold on {}", "Lift the hold"
    lead = "The person who placed a hold cannot lift it."
    why = why_field("Why does the hold end?")

    def act(self) -> str:
        """Lift."""
        legal_hold.lift_hold(self.subject, why=self.cleaned_data["why"], by=self.by)
        return f"The legal hold on {self.subject.reference} is lifted."
