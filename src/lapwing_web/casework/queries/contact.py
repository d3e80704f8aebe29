"""Contact with children, for the pages: how each question stands; each child's wait, without who they are."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from lapwing.policy.topics.children import Question, Step
from lapwing.rules.children import Standing, in_contact, steps_owed
from lapwing_web.casework.models import Case, Child, ContactAnswer
from lapwing_web.casework.models.contact import needed, standings, version
from lapwing_web.casework.queries.timeline import timeline_of_child
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import now
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import may


class Line(Struct):
    """One question: how it stands, and the answer behind it (None: nobody has asked)."""

    code: str
    question: Question
    stands: Standing
    row: ContactAnswer | None


class Wait(Struct):
    """One child, as the case's page names them: the time from first knowledge to a step that protects."""

    child: Child
    until: datetime
    steps: list[tuple[Step, str]]  # what is needed, and what it came to ("" while nothing was recorded)
    owed: list[Step]  # those that must be recorded before the case may end


def contact_lines(case: Case) -> list[Line]:
    """How every question stands today, in policy's order."""
    questions = version().questions
    latest = {row.question: row for row in case.contact_answers.select_related("by").order_by("id")}
    return [
        Line(one.question, questions[one.question], one, latest.get(one.question)) for one in standings(case)
    ]


def contact_part(user: User, case: Case) -> dict[str, Any]:
    """What the case's page says of children: the questions, and each child by number."""
    lines = contact_lines(case)
    return {
        "lines": lines,
        "protection": case.protection,
        "contact": in_contact([line.stands for line in lines]),
        "children": [wait_of(child) for child in case.children.order_by("number")],
        "may_see": may(user, "see a child"),
    }


def wait_of(child: Child) -> Wait:
    """How long the child waited, or waits still, and how each step stands."""
    last = {step.kind: step for step in child.steps.order_by("id")}
    here, steps = needed(child), []
    for code, step in here.items():
        row = last.get(code)
        came_to = step.results[row.result].label if row and row.result in step.results else ""
        steps.append((step, came_to or (row.result if row else "")))
    owed = steps_owed({kind: row.result for kind, row in last.items()}, here)
    return Wait(child, child.protected_at or now(), steps, [here[code] for code in owed])


def child_page(user: User, child: Child) -> dict[str, Any]:
    """What a child's own page shows."""
    steps, questions = version().steps, version().questions
    done = [
        (row, steps[row.kind].label, steps[row.kind].results[row.result].label)
        for row in child.steps.select_related("by").order_by("-done_at", "-id")
    ]
    clocks = Clock.objects.filter(about=f"case:{child.case_id}", event__startswith=f"child:{child.pk} ")
    contact = questions[child.contact].label if child.contact in questions else ""
    open_case = child.case.state == Case.State.OPEN
    return {
        "child": child,
        "wait": wait_of(child),
        "done": done,
        "contact": contact,
        "notes": child.notes.select_related("by").order_by("-id"),
        "clocks": clocks.exclude(state="settled").order_by("due_at"),
        "may_protect": open_case and may(user, "protect a child"),
        "events": timeline_of_child(child),
    }
