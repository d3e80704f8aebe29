"""What the walk looks for: records of the agency's own and of two forces, each marked."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.db import models
from tests.cast import Cast

from lapwing_web.audit.actions import about, disclose, record, recorded
from lapwing_web.casework.models import Package, PackageSelector, Referral, SecondLook
from lapwing_web.clocks.actions import start
from lapwing_web.intake.models import Document, Provider, Receipt, Report
from lapwing_web.staff.models import Organisation, User

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
MARK_AGENCY, MARK_A, MARK_B = "marker-kept-at-agency", "marker-sent-to-a", "marker-sent-to-b"


@dataclass(frozen=True)
class Thing:
    """A record in an address, and whose it is: `agency`, `a` or `b`."""

    record: models.Model
    of: str


def make_records(cast: Cast) -> dict[str, list[Thing]]:
    """Records by the `about` of a route: some of the agency's, some of each force."""
    provider = Provider.objects.create(key="example", name="Example Networks")
    made: dict[str, list[Thing]] = {"provider": [Thing(provider, "agency")]}
    for of, force, mark, officer in (
        ("agency", None, MARK_AGENCY, cast.supervisor),
        ("a", cast.force_a, MARK_A, cast.officer_a),
        ("b", cast.force_b, MARK_B, cast.officer_b),
    ):
        for kind, thing in _of_one(cast, provider, force, mark, officer).items():
            # A referral and a report stay with the agency, whatever force had a package of it.
            owner = "agency" if kind in {"referral", "report", "receipt", "second_look", "document"} else of
            made.setdefault(kind, []).append(Thing(thing, owner))
    return made


def _of_one(
    cast: Cast, provider: Provider, force: Organisation | None, mark: str, officer: User
) -> dict[str, models.Model]:
    made = _received(provider, mark)
    referral = made["referral"] = _referral(cast, provider, force, mark)
    made["person"] = officer
    whose = force or cast.agency
    if force is not None:
        package = made["package"] = _package(cast, referral, force, mark)
        made["clock"] = start("silence", about(package), event="sent", organisation=whose, by=cast.supervisor,
                              band="high", title=f"Silence on {mark}")  # fmt: skip
    else:
        made["clock"] = start("triage", about(referral), event="received", organisation=whose,
                              by=cast.supervisor, band="low", title=f"Triage of {mark}")  # fmt: skip
        made["second_look"] = SecondLook.objects.create(
            referral=referral,
            sampled_at=AT,
            of="discard",
            first_by="intake",
            first_decision={"reason": "viral"},
        )
    return made


def _received(provider: Provider, mark: str) -> dict[str, models.Model]:
    content = mark.encode()
    document = Document.objects.create(
        sha256=sha256(content).hexdigest(), size=len(content), content=content, received_at=AT
    )
    report = Report.objects.create(provider=provider, reference=mark, received_at=AT, format="schedule-1")
    receipt = Receipt.objects.create(
        state=Receipt.State.REJECTED, received_at=AT, name=f"{mark}.xml", channel="upload", document=document,
        sha256=document.sha256, reason="line 1: not XML",
    )  # fmt: skip
    return {"document": document, "report": report, "receipt": receipt}


def _referral(cast: Cast, provider: Provider, force: Organisation | None, mark: str) -> Referral:
    state = Referral.State.RECEIVED if force is None else Referral.State.DISSEMINATED
    return Referral.objects.create(
        state=state, received_at=AT, last_report_at=AT, provider=provider, title=f"Referral {mark}",
        proposed_class="actionable", proposed_rule="none", risk_band="high", why_here=f"High: {mark}",
        organisation=force or cast.agency, contact_with_children=True,
    )  # fmt: skip


def _package(cast: Cast, referral: Referral, force: Organisation, mark: str) -> Package:
    content = json.dumps({"title": mark, "why": mark})
    package = Package.objects.create(
        referral=referral, kind=Package.Kind.DISSEMINATION, to=force, sent_at=AT, sent_by=cast.intelligence,
        why=f"Lives there: {mark}", risk_band="high", title=f"Package {mark}", content=content,
        sha256=sha256(content.encode()).hexdigest(),
    )  # fmt: skip
    PackageSelector.objects.create(package=package, kind="email", value=f"{mark}@example.org")
    with recorded():
        disclose(package, by=cast.intelligence, to=force, why=f"Lives there: {mark}")
        record("note", package, by=cast.intelligence, new={"kept": MARK_AGENCY})
    return package


def arguments_of(pattern: Any, thing: Thing | None, spare: dict[str, Thing]) -> dict[str, Any]:
    """Values for the parameters of an address: the record's key, or that of the kind the parameter names."""
    given: dict[str, Any] = {}
    for name, converter in pattern.converters.items():
        chosen = spare.get(name.removesuffix("_id"), thing) if name not in {"pk", "id"} else thing
        assert chosen is not None, f"the route needs `about` for its parameter {name}"
        given[name] = (
            chosen.record.pk if type(converter).__name__ == "IntConverter" else str(chosen.record.pk)
        )
    return given
