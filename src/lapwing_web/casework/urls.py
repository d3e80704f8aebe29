"""Addresses."""

from django.urls import include, path

from lapwing_web.casework.api import v1
from lapwing_web.casework.forms import allocation, legal_hold, opening_leaves, reviews, sending
from lapwing_web.casework.forms import bail as of_bail
from lapwing_web.casework.forms import cases as of_case
from lapwing_web.casework.forms import children as of_child
from lapwing_web.casework.forms import exhibits as of_exhibit
from lapwing_web.casework.forms import prosecution as of_court
from lapwing_web.casework.forms import referral as about
from lapwing_web.casework.forms import scan_results as of_scan
from lapwing_web.casework.forms import suspects as of_suspect
from lapwing_web.casework.forms.approval import WithdrawForm
from lapwing_web.casework.forms.decision import Decision
from lapwing_web.casework.forms.documents import (
    BailRecordForm,
    CaseSummaryForm,
    CertificateForm,
    DocumentForm,
    ExhibitListForm,
    SafeguardingReferralForm,
)
from lapwing_web.casework.queries import prosecution, suspects
from lapwing_web.casework.queries.cases import (
    cases_for,
    children_for,
    joins_for,
    offered_to,
    offers_from,
)
from lapwing_web.casework.queries.disposals import disposals_done, disposals_of, disposals_proposed
from lapwing_web.casework.queries.exhibits import exhibits_for, laboratories_for
from lapwing_web.casework.queries.packages import packages_to
from lapwing_web.casework.queries.referrals import approvals_for, joinings_for, referrals_for, requests_of
from lapwing_web.casework.views import cases as of_a_case
from lapwing_web.casework.views import exhibits, retention
from lapwing_web.casework.views.decision import Things, decision
from lapwing_web.casework.views.documents import document
from lapwing_web.casework.views.known_lists import held_list, known_list, list_versions_picture, lists
from lapwing_web.casework.views.package import package, package_json, package_pdf, packages
from lapwing_web.casework.views.queue import queue
from lapwing_web.casework.views.receive import report, upload
from lapwing_web.casework.views.referral import referral, referral_sealed, referral_take
from lapwing_web.casework.views.second_look import second_look, second_looks
from lapwing_web.casework.views.telling import PAGES

DECISIONS: list[tuple[str, str, type[Decision], Things]] = [
    ("referrals/<int:pk>/discard", "referral-discard", about.DiscardForm, referrals_for),
    ("referrals/<int:pk>/reopen", "referral-reopen", about.ReopenForm, referrals_for),
    ("referrals/<int:pk>/develop", "referral-develop", about.DevelopForm, referrals_for),
    ("referrals/<int:pk>/ask", "referral-ask", about.AskForm, referrals_for),
    ("referrals/<int:pk>/answer", "referral-answer", about.AnswerForm, referrals_for),
    ("referrals/<int:pk>/open-files", "referral-open", opening_leaves.OpenFilesForm, referrals_for),
    ("referrals/<int:pk>/hits", "referral-hits", about.HitsForm, referrals_for),
    ("referrals/<int:pk>/facts", "referral-facts", about.FactsForm, referrals_for),
    ("referrals/<int:pk>/kirat", "referral-kirat", about.KiratForm, referrals_for),
    ("referrals/<int:pk>/keep", "referral-keep", about.KeepForm, referrals_for),
    ("referrals/<int:pk>/assign", "referral-assign", about.AssignForm, referrals_for),
    ("referrals/<int:pk>/join", "referral-join", about.JoinForm, referrals_for),
    ("joinings/<int:pk>/undo", "referral-unjoin", about.UnjoinForm, joinings_for),
    ("referrals/<int:pk>/disseminate", "referral-disseminate", sending.DisseminateForm, referrals_for),
    ("referrals/<int:pk>/supplement", "referral-supplement", sending.SupplementForm, referrals_for),
    ("referrals/<int:pk>/safeguard", "referral-safeguard", sending.SafeguardForm, referrals_for),
    ("referrals/<int:pk>/outcome", "referral-outcome", sending.KeptOutcomeForm, referrals_for),
    ("referrals/<int:pk>/outcome/undo", "referral-unclose", sending.UncloseForm, referrals_for),
    ("packages/<int:pk>/accept", "package-accept", sending.AcceptForm, packages_to),
    ("packages/<int:pk>/return", "package-return", sending.ReturnForm, packages_to),
    ("packages/<int:pk>/outcome", "package-outcome", sending.OutcomeForm, packages_to),
    ("packages/<int:pk>/outcome/undo", "package-unclose", sending.ForceUncloseForm, packages_to),
    ("cases/<int:pk>/contact", "case-contact", of_child.ContactForm, cases_for),
    ("cases/<int:pk>/child", "case-child", of_child.ChildForm, cases_for),
    ("cases/<int:pk>/crime", "case-crime", of_case.CrimeForm, cases_for),
    ("cases/<int:pk>/protected", "protection-end", of_child.EndProtectionForm, cases_for),
    ("cases/<int:pk>/protect", "protection-resume", of_child.ResumeProtectionForm, cases_for),
    ("cases/<int:pk>/band", "case-band", of_case.BandForm, cases_for),
    ("cases/<int:pk>/join", "case-join", of_case.JoinCasesForm, cases_for),
    ("joins/<int:pk>/undo", "case-unjoin", of_case.UnjoinCasesForm, joins_for),
    ("cases/<int:pk>/transfer", "case-transfer", of_case.OfferForm, cases_for),
    ("cases/<int:pk>/allocate", "case-allocate", allocation.AllocateForm, cases_for),
    ("cases/<int:pk>/take-back", "case-take-back", allocation.TakeBackForm, cases_for),
    ("cases/<int:pk>/exhibit", "case-exhibit", of_exhibit.SeizeForm, cases_for),
    ("exhibits/<int:pk>/step", "exhibit-step", of_exhibit.ContinuityForm, exhibits_for),
    ("exhibits/<int:pk>/scan", "exhibit-scan", of_scan.AttachForm, exhibits_for),
    ("exhibits/<int:pk>/scan/withdraw", "exhibit-scan-withdraw", of_scan.WithdrawScanForm, exhibits_for),
    ("exhibits/<int:pk>/grades", "exhibit-grades", of_scan.GradesForm, exhibits_for),
    ("exhibits/<int:pk>/queue", "exhibit-queue", of_exhibit.QueueForm, exhibits_for),
    ("exhibits/<int:pk>/unqueue", "exhibit-unqueue", of_exhibit.UnqueueForm, exhibits_for),
    ("exhibits/<int:pk>/begin", "exhibit-begin", of_exhibit.BeginForm, exhibits_for),
    ("exhibits/<int:pk>/finish", "exhibit-finish", of_exhibit.FinishForm, exhibits_for),
    ("laboratories/<int:pk>", "laboratory", of_exhibit.LaboratoryForm, laboratories_for),
    ("cases/<int:pk>/hold", "case-hold", legal_hold.HoldForm, cases_for),
    ("cases/<int:pk>/lift", "case-lift", legal_hold.LiftForm, cases_for),
    ("cases/<int:pk>/review", "case-review", reviews.ReviewForm, cases_for),
    ("disposals/<int:pk>/answer", "disposal-answer", reviews.DisposalAnswerForm, disposals_proposed),
    ("disposals/<int:pk>/withdraw", "disposal-withdraw", reviews.WithdrawDisposalForm, disposals_of),
    ("cases/<int:pk>/find-out", "case-find-out", reviews.FindOutForm, cases_for),
    ("cases/<int:pk>/path", "case-path", of_court.PathForm, cases_for),
    ("suspects/<int:pk>/charge", "suspect-charge", of_court.ChargeForm, suspects.suspects_for),
    ("suspects/<int:pk>/dispose", "suspect-dispose", of_court.DisposalForm, suspects.suspects_for),
    ("charges/<int:pk>/court", "charge-court", of_court.CourtDateForm, prosecution.charges_for),
    ("court-dates/<int:pk>", "court-record", of_court.CourtForm, prosecution.court_dates_for),
    ("conditions/<int:pk>", "condition", of_court.ConditionForm, prosecution.conditions_for),
    ("cases/<int:pk>/suspect", "case-suspect", of_suspect.SuspectForm, cases_for),
    ("suspects/<int:pk>/arrest", "suspect-arrest", of_suspect.ArrestForm, suspects.suspects_for),
    ("suspects/<int:pk>/warrant", "suspect-warrant", of_suspect.WarrantForm, suspects.suspects_for),
    ("suspects/<int:pk>/restrict", "suspect-restrict", of_suspect.RestrictForm, suspects.suspects_for),
    ("warrants/<int:pk>/answer", "warrant-answer", of_suspect.WarrantAnswerForm, suspects.warrants_for),
    ("warrants/<int:pk>/end", "warrant-end", of_suspect.WarrantEndForm, suspects.warrants_for),
    ("arrests/<int:pk>/release", "arrest-release", of_suspect.ReleaseForm, suspects.arrests_for),
    ("arrests/<int:pk>/extend", "arrest-extend", of_bail.ExtendForm, suspects.arrests_for),
    ("arrests/<int:pk>/designate", "arrest-designate", of_bail.DesignateForm, suspects.arrests_for),
    ("arrests/<int:pk>/apply", "arrest-apply", of_bail.ApplyForm, suspects.arrests_for),
    (
        "arrests/<int:pk>/court-answer",
        "arrest-court-answer",
        of_bail.CourtAnswerForm,
        suspects.arrests_for,
    ),
    ("arrests/<int:pk>/prosecutor", "arrest-prosecutor", of_bail.ProsecutorForm, suspects.arrests_for),
    (
        "restrictions/<int:pk>/end",
        "restriction-end",
        of_suspect.EndRestrictionForm,
        suspects.restrictions_for,
    ),
    ("duties/<int:pk>", "duty", of_suspect.DutyForm, suspects.duties_for),
    ("gaps/<int:pk>/sign", "gap-sign", of_suspect.SignGapForm, suspects.gaps_for),
    ("children/<int:pk>/step", "child-step", of_child.StepForm, children_for),
    ("children/<int:pk>/note", "child-note", of_child.ChildNoteForm, children_for),
    ("offers/<int:pk>/accept", "offer-accept", of_case.AcceptOfferForm, offered_to),
    ("offers/<int:pk>/refuse", "offer-refuse", of_case.RefuseOfferForm, offered_to),
    ("offers/<int:pk>/withdraw", "offer-withdraw", of_case.WithdrawOfferForm, offers_from),
    ("approvals/<int:pk>", "approval", sending.AgreeForm, approvals_for),
    ("approvals/<int:pk>/withdraw", "approval-withdraw", WithdrawForm, requests_of),
]

DOCUMENTS: list[tuple[str, str, type[DocumentForm], Things]] = [
    ("cases/<int:pk>/summary", "case-summary", CaseSummaryForm, cases_for),
    ("cases/<int:pk>/exhibit-list", "exhibit-list", ExhibitListForm, cases_for),
    ("disposals/<int:pk>/certificate", "disposal-certificate", CertificateForm, disposals_done),
    ("arrests/<int:pk>/bail-record", "bail-record", BailRecordForm, suspects.arrests_for),
    ("children/<int:pk>/referral", "child-referral", SafeguardingReferralForm, children_for),
]

urlpatterns = [
    path("api/v1/", include(v1.urlpatterns)),
    path("queue", queue, name="queue"),
    path("upload", upload, name="upload"),
    path("reports/<int:pk>", report, name="report"),
    path("referrals/<int:pk>", referral, name="referral"),
    path("referrals/<int:pk>/sealed-files.txt", referral_sealed, name="referral-sealed"),
    path("referrals/<int:pk>/take", referral_take, name="referral-take"),
    path("packages", packages, name="packages"),
    path("packages/<int:pk>", package, name="package"),
    path("packages/<int:pk>/package.json", package_json, name="package-json"),
    path("packages/<int:pk>/package.pdf", package_pdf, name="package-pdf"),
    path("cases", of_a_case.cases, name="cases"),
    path("cases/<int:pk>", of_a_case.case, name="case"),
    path("children/<int:pk>", of_a_case.child, name="child"),
    path("allocation", of_a_case.allocation, name="allocation"),
    path("allocation.svg", of_a_case.allocation_picture, name="allocation-picture"),
    path("reviews", retention.reviews, name="reviews"),
    path("disposals", retention.disposals, name="disposals"),
    path("disposals/<int:pk>", retention.disposal, name="disposal"),
    path("became", of_a_case.became, name="became"),
    path("exhibits/<int:pk>", exhibits.exhibit, name="exhibit"),
    path("exhibits/<int:pk>/chain.json", exhibits.exhibit_chain, name="exhibit-chain"),
    path("examinations", exhibits.examinations, name="examinations"),
    path("examinations/forecast", exhibits.forecast, name="examinations-forecast"),
    path("examinations/forecast.svg", exhibits.forecast_picture, name="examinations-picture"),
    path("laboratories/add", exhibits.laboratory_add, name="laboratory-add"),
    path("gaps", of_a_case.gaps, name="gaps"),
    path("suspects/<int:pk>/restrictions.svg", of_a_case.suspect_picture, name="suspect-picture"),
    path("offers/<int:pk>", of_a_case.offer, name="offer"),
    path("second-looks", second_looks, name="second-looks"),
    path("second-looks/<int:pk>", second_look, name="second-look"),
    path("lists", lists, name="lists"),
    path("lists/<slug:pk>", known_list, name="list"),
    path("lists/<slug:pk>/held", held_list, name="list-held"),
    path("lists/<slug:pk>/versions.svg", list_versions_picture, name="list-versions-picture"),
    *(path(place, view, name=name) for place, view, name in PAGES),
    *(path(place, document(form, things), name=name) for place, name, form, things in DOCUMENTS),
    *(path(place, decision(form, things), name=name) for place, name, form, things in DECISIONS),
]
