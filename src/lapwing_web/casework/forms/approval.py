"""Taking back one's own request for a second person's agreement."""

from django.urls import reverse

from lapwing_web.casework.actions import agree
from lapwing_web.casework.actions.second_person import NEEDED
from lapwing_web.casework.forms.decision import Decision


class WithdrawForm(Decision):
    """Take back what one asked for, before anybody has answered. The subject is the approval."""

    submit = "Take it back"
    lead = "Nobody is asked to agree any longer, and nothing changes. You can decide again at once."

    @property
    def permission(self) -> str:  # type: ignore[override]
        """The permission of the decision itself."""
        return NEEDED[self.subject.decision]

    def heading(self) -> str:
        """What was asked for."""
        about = self.subject.package or self.subject.referral
        return f"Take back your decision about {about.reference}"

    @property
    def back(self) -> str:
        """The force goes back to its package, the agency to its referral."""
        about = self.subject.package or self.subject.referral
        return reverse(about._meta.model_name, args=[about.pk])

    def act(self) -> str:
        """Take it back."""
        agree.withdraw(self.subject, by=self.by)
        return "Your decision is taken back. Nobody is asked to agree any longer."
