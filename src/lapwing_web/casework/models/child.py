"""Children: whether the suspect is in contact with any, and what was done for each that is known.

What is written about a child is kept apart from the suspect's case: it has a page of its own, opened with a
reason of its own. The case's pages say only how many there are, and what is still to be done.
"""

from django.db import models

from lapwing_web.casework.models.case import Case
from lapwing_web.staff.models import User


class ContactAnswer(models.Model):
    """An answer to a question on contact with children. Rows are only added: the last one stands."""

    class Answer(models.TextChoices):
        YES = "yes", "Yes"
        NO = "no", "No"
        UNKNOWN = "unknown", "Not known"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="contact_answers")
    question = models.CharField(max_length=30)  # as policy names it
    answer = models.CharField(max_length=10, choices=Answer.choices)
    source = models.CharField(max_length=200)
    on = models.DateField()  # the day for which the source speaks
    expires_on = models.DateField()  # the last day on which the answer holds
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["case", "question", "id"], name="contact_answer_latest")]

    def __str__(self) -> str:
        return f"An answer on contact with children in {self.case}"


class Child(models.Model):
    """A child that a case says may be at risk, or was harmed."""

    KEPT_APART = ("name", "born_on", "lives_at")  # never on a page of the case, in a list or in a search

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="children")
    number = models.PositiveSmallIntegerField()  # within its case: how the case's pages name the child
    contact = models.CharField(max_length=30)  # which question's answer led to the child; "" for a victim
    name = models.CharField(max_length=200, blank=True)
    born_on = models.DateField(null=True, blank=True)
    lives_at = models.TextField(blank=True)
    known_at = models.DateTimeField()  # first knowledge, from which the time to a protective step is counted
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    protected_at = models.DateTimeField(null=True, blank=True)  # the first step that protects

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="one_child_of_a_number")]
        indexes = [
            models.Index(
                fields=["known_at"], condition=models.Q(protected_at=None), name="child_not_protected"
            )
        ]
        verbose_name_plural = "children"

    def __str__(self) -> str:
        return f"Child {self.number} of {self.case}"

    @property
    def reference(self) -> str:
        """How the case's pages name the child, without saying who it is."""
        return f"{self.case.reference}, child {self.number}"


class ChildNote(models.Model):
    """What somebody wrote about a child. Rows are only added."""

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="notes")
    text = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"A note on {self.child}"


class ProtectiveStep(models.Model):
    """What was decided or done to protect a child: a strategy discussion, a section 47 decision."""

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=40)  # as policy names it
    result = models.CharField(max_length=40)  # one of the results that policy lists for the kind
    done_at = models.DateTimeField()
    text = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["child", "kind", "id"], name="protective_step_latest")]

    def __str__(self) -> str:
        return f"A step for {self.child}"
