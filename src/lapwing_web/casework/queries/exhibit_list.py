"""The exhibit list: what was seized in a case, where each thing is, and its whole continuity."""

from lapwing.rules.continuity import LABELS, faults
from lapwing_web.casework.models import Case, Exhibit
from lapwing_web.casework.models.governing import examination_policy
from lapwing_web.casework.models.paper import Paper, Part, Table, instant
from lapwing_web.casework.queries.exhibits import chain_of

HEAD = ["", "Step", "When", "By", "Where", "Seal", "Words"]


def exhibit_list(case: Case) -> Paper:
    """Every exhibit of a case, in the order of their numbers, with the chain of each and whether it holds."""
    exhibits = list(case.exhibits.select_related("case", "suspect").order_by("number"))
    kinds = examination_policy().kinds
    rows = [
        [
            one.number,
            kinds[one.kind].label if one.kind in kinds else one.kind,
            one.description,
            f"Suspect {one.suspect.number}" if one.suspect else "Not known",
            one.get_state_display(),
        ]
        for one in exhibits
    ]
    listed = Table(["Number", "What", "Described as", "Whose", "Stands"], rows, "No exhibit is recorded.")
    lead = "Every exhibit and each step of its continuity when this was made. Times are UK time."
    parts = [Part("Exhibits", table=listed), *(_continuity(one) for one in exhibits)]
    return Paper("Exhibit list", case.reference, case.organisation.name, lead, parts)


def _continuity(exhibit: Exhibit) -> Part:
    steps = chain_of(exhibit)
    found = list(faults(exhibit.chained_as, steps))
    rows = [
        [
            str(one.position),
            LABELS.get(one.step, one.step),
            instant(one.at),
            one.by,
            one.place,
            one.seal,
            one.text,
        ]
        for one in steps
    ]
    told = [f"Not whole: {fault}" for fault in found] or ["Whole: each step is chained to the one before."]
    if steps:
        told.append(f"Its last hash is {steps[-1].hash}.")
    return Part(f"Continuity of {exhibit.number}", text=told, table=Table(HEAD, rows, "No step is recorded."))
