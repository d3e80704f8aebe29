"""Playing two years: every step is the real action, by the person whose step it is, at its own moment."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from random import Random

from lapwing_web.casework.actions import decide, outcome, package, second_look
from lapwing_web.casework.models import Case, Enquiry, Package, Referral, SecondLook
from lapwing_web.clocks.actions import fire_due, warn_near
from lapwing_web.demo import arrests, devices, force, offenders
from lapwing_web.demo.files import DAYS
from lapwing_web.demo.front_door import look_after_unfinished
from lapwing_web.demo.people import DEMO, Cast
from lapwing_web.demo.plans import Step, plan
from lapwing_web.intake.actions.receipts import clear
from lapwing_web.intake.models import Receipt
from lapwing_web.moment import at as at_moment
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import Organisation, User

State, Kind = Referral.State, Package.Kind
OWN = (State.RECEIVED, State.DEVELOPING)  # what an officer can decide without waiting for anybody
LATELY = timedelta(days=6)
FOUND = {"yes": True, "no": False, "unknown": None}


class History:
    """The people, what is still ahead of each referral, and what was done."""

    def __init__(self, cast: Cast, seed: int, ending: datetime) -> None:
        self.cast, self.ending = cast, ending
        self.random = Random(f"lapwing history {seed}")  # noqa: S311  not for secrets
        self.ahead: list[tuple[datetime, int, Step]] = []
        self.order = count()
        self.left: Counter[int] = Counter()  # steps ahead of each referral
        self.done: Counter[str] = Counter()
        self.cases: Counter[str] = Counter()  # accepted by a force with a supervisor; by the others ("")
        self.daily = ending - timedelta(days=DAYS + 35)

    def person(self, *names: str) -> User:
        """One of the agency's people, by chance."""
        return self.cast.people[self.random.choice(names)]

    def foresee(self, referral: Referral, course: str, since: datetime, backlog: float = 1.0) -> None:
        """Plan what is to happen to a referral that waits for triage, and has nothing ahead of it yet."""
        if self.left[referral.pk] or referral.state != State.RECEIVED:
            return
        if since > self.ending - LATELY and referral.risk_band in ("very_high", "high"):
            backlog *= self.random.choice(
                [1, 30]
            )  # some of what is urgent is left for whoever opens the site
        for step in plan(referral.pk, course, referral.risk_band, since, self.random, backlog):
            self.left[step.referral] += 1
            heappush(self.ahead, (step.at, next(self.order), step))

    def play(self, until: datetime) -> None:
        """Do everything due before `until`, in order, and what is done every day in between."""
        while self.ahead and self.ahead[0][0] <= until:
            self._days(self.ahead[0][0])
            _, _, step = heappop(self.ahead)
            self.left[step.referral] -= 1
            self._do(step)
        self._days(until)

    def _do(self, step: Step) -> None:
        what: Callable[[Referral, Step], None] = getattr(self, step.what)
        with at_moment(step.at):
            try:
                what(Referral.objects.select_related("organisation").get(pk=step.referral), step)
            except Refused:
                self.done["refused"] += (
                    1  # it was merged, reopened or sent on meanwhile, as happens to people
                )
            else:
                self.done[step.what] += 1

    def _days(self, until: datetime) -> None:
        """Every morning up to `until` the clocks; every third, what was left alone, and second looks."""
        while self.daily + timedelta(days=1) <= until:
            self.daily += timedelta(days=1)
            with at_moment(self.daily):
                warn_near()
                fire_due(DEMO)
                if self.daily.day == 1:
                    offenders.month_of_visits(self.cast, self.random)
                if self.daily.toordinal() % 3 == 0:
                    look_after_unfinished()
                    self._clear_receipts()
                    self._look_again()

    def _clear_receipts(self) -> None:
        left = self.daily - timedelta(days=1)
        for receipt in Receipt.objects.filter(state=Receipt.State.REJECTED, received_at__lt=left).order_by(
            "id"
        ):
            if self.random.random() < 0.17:
                clear(
                    receipt,
                    why="The company sent it again in good order.",
                    by=self.person("intake", "supervisor"),
                )
                self.done["clear"] += 1

    def _look_again(self) -> None:
        for look in SecondLook.objects.filter(looked_at=None).order_by("id"):
            if self.random.random() < 0.49:
                others = [name for name in ("intake", "intelligence", "supervisor") if name != look.first_by]
                self._look(look, self.person(*others))

    def _look(self, look: SecondLook, by: User) -> None:
        agrees = self.random.random() < 0.93
        verdict = {"discard": ("informational", "actionable"), "low_band": ("low", "medium")}[look.of][
            not agrees
        ]
        try:
            second_look.look_again(
                look, verdict=verdict, why="Read again from the report as received.", by=by
            )
        except Refused:
            self.done["refused"] += 1
        else:
            self.done["second look"] += 1
            course = self.random.choice(["poor", "poor", "good"])
            self.foresee(Referral.objects.get(pk=look.referral_id), course, self.daily)

    def discard(self, referral: Referral, step: Step) -> None:
        if referral.state in OWN:
            by = self.person("intake", "intake", "intelligence", "supervisor")
            decide.discard(referral, reason=step.words["reason"], text=step.words.get("text", ""), by=by)

    def develop(self, referral: Referral, step: Step) -> None:
        if referral.state == State.RECEIVED:
            decide.develop(referral, by=self.person("intake", "intelligence", "intelligence", "supervisor"))

    def ask(self, referral: Referral, step: Step) -> None:
        if referral.state in OWN:
            decide.ask_company(
                referral, missing=["ip_port"], text="Please send what you hold.", by=self._holder(referral)
            )

    def answer(self, referral: Referral, step: Step) -> None:
        enquiry = Enquiry.objects.filter(referral=referral, answered_at=None).order_by("id").first()
        if enquiry:
            decide.record_answer(enquiry, reason=step.words["reason"], by=self._holder(referral))

    def find_out(self, referral: Referral, step: Step) -> None:
        found = FOUND[step.words["contact"]]
        if referral.state in OWN and found is not None:
            answers = {"contact_with_children": found}
            decide.set_facts(
                referral, answers=answers, source="Records of another agency.", by=self._holder(referral)
            )

    def keep(self, referral: Referral, step: Step) -> None:
        if referral.state in OWN and (met := referral.primacy.get("met", [])):
            decide.keep(referral, criteria=met[:1], by=self.person("intelligence", "supervisor"))

    def disseminate(self, referral: Referral, step: Step) -> None:
        if referral.state in OWN:
            to = self._force(referral, another="another" in step.words)
            reason = "suspect_lives_here" if referral.proposed_force_id else "best_evidence"
            package.disseminate(referral, to=to, reason=reason, by=self.person("intelligence", "supervisor"))

    def safeguard(self, referral: Referral, step: Step) -> None:
        if referral.state == State.DISSEMINATED:
            to = self.random.choice(list(self.cast.forces.values()))
            package.send_safeguarding(
                referral, to=to, text="Check on the child named.", by=self.person("supervisor")
            )

    def open(self, referral: Referral, step: Step) -> None:
        for sent in self._sent(referral):
            package.open_package(sent, by=self.cast.officers[sent.to_id])

    def accept(self, referral: Referral, step: Step) -> None:
        for sent in self._sent(referral):
            package.accept(sent, by=self.cast.officers[sent.to_id])
        cases_ = referral.packages.exclude(case=None).select_related("case__organisation")
        for safe in cases_.filter(kind=Kind.SAFEGUARDING):
            force.protect(safe.case, self.random, by=self.cast.officers[safe.to_id])  # type: ignore[arg-type]
        held = cases_.filter(kind=Kind.DISSEMINATION).first()
        if held:
            by = self.cast.officers[held.to_id]
            force.begin(held.case, self.random, by=by)  # type: ignore[arg-type]
            supervisor = self._supervisor(by)
            force.give(held.case, self.random, supervisor=supervisor)  # type: ignore[arg-type]
            devices.take(held.case, self.random, by=by, supervisor=supervisor)  # type: ignore[arg-type]
            self._foresee_arrest(held, step)

    def _supervisor(self, officer: User) -> User:
        return self.cast.people[officer.username.replace("force-", "supervisor-", 1)]

    def _foresee_arrest(self, held: Package, step: Step) -> None:
        """An arrest in some of the cases, two days on, and the release on the day after."""
        scene = arrests.scene_of(self.cases[held.to_id])
        self.cases[held.to_id] += 1
        for what, hours in (("arrest", 50), ("release", 61)):
            if scene:
                later = Step(step.at + timedelta(hours=hours), what, step.referral, {"scene": scene})
                self.left[step.referral] += 1
                heappush(self.ahead, (later.at, next(self.order), later))

    def arrest(self, referral: Referral, step: Step) -> None:
        for case in self._open_cases(referral):
            arrests.take_in(case, step.words["scene"], by=self.cast.officers[case.organisation_id])

    def release(self, referral: Referral, step: Step) -> None:
        for case in self._open_cases(referral):
            by = self.cast.officers[case.organisation_id]
            ending, supervisor = self.ending.date(), self._supervisor(by)
            arrests.let_go(case, step.words["scene"], ending, by=by, supervisor=supervisor)

    def _open_cases(self, referral: Referral) -> list[Case]:
        found = Case.objects.filter(packages__referral=referral, state=Case.State.OPEN, protection=False)
        return list(found.select_related("organisation", "owner").distinct())

    def return_(self, referral: Referral, step: Step) -> None:
        for sent in self._sent(referral):
            if sent.kind == Kind.DISSEMINATION:
                package.return_(sent, **step.words, by=self.cast.officers[sent.to_id])

    def outcome(self, referral: Referral, step: Step) -> None:
        taken = referral.packages.filter(
            kind=Kind.DISSEMINATION, state=Package.State.ACCEPTED, outcome=""
        ).first()
        if taken:
            officer = self.cast.officers[taken.to_id]
            supervisor = self._supervisor(officer)
            code, case = step.words["code"], taken.case
            by, other = force.finish(case, code, by=officer, supervisor=supervisor)  # type: ignore[arg-type]
            devices.settle_devices(case, by=officer)  # type: ignore[arg-type]
            arrests.settle_all(case, by=officer, supervisor=supervisor)  # type: ignore[arg-type]
            words = {**step.words, **other, "on": step.at.date(), "by": by}
            outcome.record_outcome(taken, **words)  # type: ignore[arg-type]

    def close(self, referral: Referral, step: Step) -> None:
        if referral.state == State.KEPT:
            by = self.person("intelligence", "supervisor")
            words = {**step.words, "on": step.at.date(), "by": by}
            decide.close_kept(referral, **words)  # type: ignore[arg-type]

    def _holder(self, referral: Referral) -> User:
        return referral.assigned_to or self.person("intake", "intelligence")

    def _sent(self, referral: Referral) -> list[Package]:
        waiting = referral.packages.filter(state=Package.State.WAITING)
        return list(
            waiting.exclude(kind=Kind.SUPPLEMENT).select_related("to", "sent_by__organisation").order_by("id")
        )

    def _force(self, referral: Referral, *, another: bool) -> Organisation:
        """Where the evidence points, if that is one of the demonstration's forces; any other when asked."""
        pointed = self.cast.forces.get(referral.proposed_force_id or "")
        if pointed and not another:
            return pointed
        return self.random.choice([force for force in self.cast.forces.values() if force != pointed])
