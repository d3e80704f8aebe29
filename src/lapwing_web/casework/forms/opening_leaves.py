"""Who is to open a referral's sealed files, and a superior's answer where their budget does not allow it."""

from django import forms
from django.urls import reverse

from lapwing_web.casework.actions.opening_leaves import give_leave
from lapwing_web.casework.forms.decision import Decision
from lapwing_web.casework.forms.referral import why_field
from lapwing_web.casework.queries.scan_results import viewers_of
from lapwing_web.casework.queries.sealed import sealed_objects
from lapwing_web.staff.permissions import may


class OpenFilesForm(Decision):
    """The list of a referral's sealed files, for whoever opens them with the private key."""

    permission, title, submit = "view material", "List the sealed files of {}", "Give the list"
    lead = (
        "For whoever opens them on the machine with the private key. Each file opened counts against that "
        "person’s budget of views, but for one that is on a known list."
    )
    opener = forms.ChoiceField(label="Who opens them?", error_messages={"required": "Choose who opens them"})
    override = forms.BooleanField(
        label="Give it although the budget, or the own word, of whoever opens them does not allow the views",
        required=False,
    )
    why = why_field(
        "Reason", "Needed with that: it stands beside your name where supervisors look.", required=False
    )

    def prepare(self) -> None:
        """Everybody here who may view, oneself first chosen."""
        self.people = {str(one.pk): one for one in viewers_of(self.by)}
        field = self.fields["opener"]
        field.choices = [(key, str(one)) for key, one in self.people.items()]  # type: ignore[attr-defined]
        field.initial = str(self.by.pk)
        if not may(self.by, "override a budget"):
            del self.fields["override"], self.fields["why"]

    def act(self) -> str:
        """Give it."""
        given = {name: self.cleaned_data[name] for name in ("override", "why") if name in self.cleaned_data}
        opener, names = self.people[self.cleaned_data["opener"]], sealed_objects(self.by, self.subject)
        made = give_leave(self.subject, names=names, opener=opener, by=self.by, **given)
        return f"The list of {len(made.objects_named)} sealed files is ready for {opener}."

    def after(self) -> str:
        """Back to the files, where the list can be taken now."""
        return f"{reverse('referral', args=[self.subject.pk])}#files"
