"""The words of each document that a force hands out, from the record it is about."""

from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.models import Case, Child
from lapwing_web.casework.models.contact import contact_of, owed
from lapwing_web.casework.models.paper import Paper, Part, Table, day, instant
from lapwing_web.casework.queries.bail_record import restrained_part, suspects_parts
from lapwing_web.casework.queries.contact import contact_lines, wait_of
from lapwing_web.casework.queries.packages import outcome_label
from lapwing_web.casework.queries.timeline import Event, handed_out, timeline_of_case
from lapwing_web.clocks.queries import open_for
from lapwing_web.staff.models import User

NOT_KNOWN = "Not known"
CONTACT = {"yes": "Yes", "no": "No", "unknown": "Not known, which is never counted as no"}


def case_summary(case: Case) -> Paper:
    """The case as it stands: what it is worked from, children in contact, crimes, clocks, what was done.

    It names no child: what is known of each is kept apart, and goes out by the safeguarding referral alone.
    """
    parts = [
        _case(case),
        contact_part_of(case),
        _children(case),
        *suspects_parts(list(case.suspects.order_by("number"))),
        _packages(case),
        _crimes(case),
        _clocks(case),
        _history(case),
    ]
    lead = "How the case stood when this was made. Times are UK time."
    return Paper("Case summary", case.reference, case.organisation.name, lead, parts)


def _case(case: Case) -> Part:
    facts = [
        ("Case", case.reference),
        ("About", case.title),
        ("Worked by", str(case.owner) if case.owner else "Nobody yet"),
        ("Risk", case.get_band_display()),
        ("State", case.get_state_display()),
        ("Opened", instant(case.opened_at)),
        ("Ended", instant(case.closed_at)),
    ]
    return Part("The case", [(name, value) for name, value in facts if value])


def contact_part_of(case: Case) -> Part:
    """Whether the suspect is in contact with children, and each question with its source and expiry."""
    rows = []
    for line in contact_lines(case):
        row = line.row
        answer = row.get_answer_display() if row else "Not asked"
        if line.stands.expired:
            answer = f"Expired. It was: {answer.lower()}"
        holds = day(row.expires_on) if row and row.answer != "unknown" else ""
        rows.append([line.question.label, answer, row.source if row else "", holds])
    table = Table(["Question", "Answer", "Source", "Holds until"], rows)
    return Part("Children in contact", [("In contact with children", CONTACT[contact_of(case)])], table=table)


def _children(case: Case) -> Part:
    rows = []
    for child in case.children.order_by("number"):
        missing = [step.label for step in owed(child).values()]
        protected = instant(child.protected_at) or "Not yet"
        rows.append([f"Child {child.number}", instant(child.known_at), protected, "; ".join(missing)])
    table = Table(["Child", "First known", "Protected", "Steps not recorded yet"], rows, "No child is known.")
    return Part("Children known", text=["Who they are is kept apart."] if rows else [], table=table)


def _packages(case: Case) -> Part:
    rows = [
        [one.reference, one.get_kind_display(), instant(one.sent_at), outcome_label(one.outcome)]
        for one in case.packages.defer("content").order_by("pk")
    ]
    return Part("What it is worked from", table=Table(["Package", "Kind", "Sent", "Outcome"], rows))


def _crimes(case: Case) -> Part:
    rows = [[one.number, day(one.recorded_on)] for one in case.crimes.order_by("recorded_on", "number")]
    return Part("Crimes recorded", table=Table(["Number", "Recorded"], rows, "None yet."))


def _clocks(case: Case) -> Part:
    rows = [[one.title, instant(one.due_at)] for one in open_for(f"case:{case.pk}")]
    return Part("Clocks that run", table=Table(["What", "Due"], rows))


def _history(case: Case) -> Part:
    rows = [[instant(one.at), one.what, one.by, one.why] for one in reversed(timeline_of_case(case))]
    return Part("What was done", table=Table(["When", "What", "By", "Why"], rows))


def safeguarding_referral(child: Child) -> Paper:
    """What a children's service has to know of one child, and whom to ask. Of the suspect it says nothing
    but the risk band, what restricts them today, and how contact with children stands.
    """
    lead = (
        "A child may be at risk from a person under investigation. That there is an investigation must not "
        "reach that person: speak to the officer named here before anybody speaks to the family."
    )
    parts = [
        _child(child),
        _steps(child),
        restrained_part(child.case),
        _officer(child.case),
        contact_part_of(child.case),
    ]
    force = child.case.organisation.name
    return Paper("Safeguarding referral", child.reference, force, lead, parts)


def _child(child: Child) -> Part:
    lines = {line.code: line.question.short for line in contact_lines(child.case)}
    facts = [
        ("Name", child.name or NOT_KNOWN),
        ("Born", day(child.born_on) or NOT_KNOWN),
        ("Lives at", child.lives_at or NOT_KNOWN),
        ("How the suspect has contact", lines.get(child.contact, "A victim, or not known")),
        ("First known to police", instant(child.known_at)),
        ("Protected", instant(child.protected_at) or "Not yet"),
    ]
    return Part("The child", facts)


def _steps(child: Child) -> Part:
    wait = wait_of(child)
    rows = [
        [step.label, came_to or ("Not recorded yet" if step in wait.owed else "Not needed so far")]
        for step, came_to in wait.steps
    ]
    return Part("What has been done for the child", table=Table(["Step", "What it came to"], rows))


def _officer(case: Case) -> Part:
    facts = [
        ("Case", case.reference),
        ("Force", case.organisation.name),
        ("Officer", str(case.owner) if case.owner else "Not allocated yet: ask for the supervisor"),
        ("Risk", case.get_band_display()),
    ]
    return Part("Whom to ask", facts)


def documents_part(user: User, case: Case) -> dict[str, list[Event]]:
    """What the case's page says of documents: those handed out of the case itself."""
    return {"handed_out": handed_out(AuditEntry.objects.filter(about=f"case:{case.pk}"))}
