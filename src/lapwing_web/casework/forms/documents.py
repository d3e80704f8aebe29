"""Making a document: who receives it, what it is for, and whether for Word or as PDF."""

from django import forms
from django.urls import reverse

from lapwing_web.casework.actions.documents import Told, hand_out
from lapwing_web.casework.actions.drawing import KINDS
from lapwing_web.casework.forms.cases import CaseDecision
from lapwing_web.casework.forms.children import ChildDecision
from lapwing_web.casework.forms.referral import why_field
from lapwing_web.casework.queries.bail_record import bail_record
from lapwing_web.casework.queries.certificate import certificate
from lapwing_web.casework.queries.documents import case_summary, safeguarding_referral
from lapwing_web.casework.queries.exhibit_list import exhibit_list


class DocumentForm(CaseDecision):
    """A document about `subject`. It is made as it stands when it is asked for, and kept by whoever asked."""

    permission, submit, answered_by_file = "make a document", "Make it and download it", True
    lead = (
        "To hand a document out is to disclose what is in it. To whom, why, and a fingerprint of the file "
        "are kept in the audit; the file is not."
    )
    name = ""  # as the audit and a force's own template call it
    told: Told

    to = forms.CharField(
        label="Who receives it?", max_length=200, help_text="An organisation, and the person or team there.",
        error_messages={"required": "Enter who receives it"},
    )  # fmt: skip
    why = why_field("What is it for?")
    ending = forms.ChoiceField(
        label="As what?", widget=forms.RadioSelect, error_messages={"required": "Choose Word or PDF"},
        choices=[("docx", "A Word document, to go on writing in"), ("pdf", "A PDF, to read")],
    )  # fmt: skip

    def made(self) -> bytes:
        """Make it, and record that it was handed out."""
        told = type(self).told
        return hand_out(self.name, self.subject, told, by=self.by, **self.given)

    @property
    def given(self) -> dict[str, str]:
        """What was filled in."""
        return {name: self.cleaned_data[name] for name in ("to", "why", "ending")}

    @property
    def kind(self) -> str:
        """The file's media type."""
        return KINDS[self.cleaned_data["ending"]]

    @property
    def filename(self) -> str:
        """What the file is called: the record's reference and the document, and nothing about anybody."""
        reference = self.subject.reference.replace(", ", "-").replace(" ", "-")
        return f"{reference}-{self.name}.{self.cleaned_data['ending']}"


class CaseSummaryForm(DocumentForm):
    """The case as it stands."""

    name, title, told = "case-summary", "Make the summary of {}", staticmethod(case_summary)


class SafeguardingReferralForm(DocumentForm, ChildDecision):
    """What a children's service has to know of one child."""

    permission = "make a document"
    name, title = "safeguarding-referral", "Make the safeguarding referral: {}"
    told = staticmethod(safeguarding_referral)


class BailRecordForm(DocumentForm):
    """An arrest, its release, bail and its conditions."""

    name, title, told = "bail-record", "Make the bail record: {}", staticmethod(bail_record)


class CertificateForm(DocumentForm):
    """That a record was disposed of. The subject is the disposal."""

    name, title, told = "disposal-certificate", "Make the certificate of {}", staticmethod(certificate)
    lead = "What was disposed of, by whom and by what authority. It says nothing of anybody."
    shows = None

    @property
    def back(self) -> str:
        """The page of the disposal."""
        return reverse("disposal", args=[self.subject.pk])


class ExhibitListForm(DocumentForm):
    """What was seized, and the continuity of each thing."""

    name, title, told = "exhibit-list", "Make the exhibit list of {}", staticmethod(exhibit_list)
