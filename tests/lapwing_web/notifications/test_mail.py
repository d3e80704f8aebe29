"""E-mail to a real mail server on this machine: to whom it is for, once, and with nobody named in it."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import environ
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from tests.cast import Cast
from tests.mail_server import MailServer, mail_server
from tests.own_site import Site

from lapwing_web.audit.models import AuditEntry
from lapwing_web.commands.work import KINDS, Worker
from lapwing_web.jobs.actions import retry
from lapwing_web.jobs.models import LANES, Job
from lapwing_web.mailing import mail_settings
from lapwing_web.moment import UK, at, now
from lapwing_web.notifications.actions import choose_mail, mailing, over, tell
from lapwing_web.notifications.models import Mail, Notification, policy
from lapwing_web.notifications.queries import mail_in_words
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User

SignedIn = Callable[[User], Client]
EARLY = datetime(2026, 3, 3, 5, tzinfo=UK)
ON = {
    "LAPWING_SITE": "https://lapwing.example",
    "LAPWING_MAIL_FROM": "lapwing@example.org",
    "LAPWING_MAIL_DOMAINS": "example.org",
}


@pytest.fixture
def port(settings: Any, free_tcp_port: int) -> int:
    """Where the settings lead to, and nothing listens yet."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_tcp_port
    settings.MAIL_ON, settings.MAIL_DOMAINS, settings.SITE = True, ["example.org"], ON["LAPWING_SITE"]
    settings.DEFAULT_FROM_EMAIL = ON["LAPWING_MAIL_FROM"]
    return free_tcp_port


@pytest.fixture
def server(port: int) -> Iterator[MailServer]:
    """The mail server, and the settings that lead to it."""
    with mail_server(port) as made:
        yield made


def work(moment: datetime) -> None:
    """All that is due at that moment."""
    with at(moment):
        worker = Worker(KINDS, list(LANES))
        worker.look_after()
        while worker.batch():
            pass


def told(who: User, number: int, kind: str = "ended", moment: datetime = EARLY) -> None:
    with at(moment):
        tell(kind, f"case:{number}", event="now", to=[who.pk])


@pytest.mark.django_db
def test_what_is_told_within_a_minute_is_one_mail_that_names_nobody_and_goes_once(
    cast: Cast, server: MailServer
) -> None:
    choose_mail(when="at_once", address="someone@example.org", by=cast.officer_a)
    told(cast.officer_a, 1)
    told(cast.officer_a, 2, moment=EARLY + timedelta(seconds=30))
    told(cast.officer_b, 3)  # who gave no address
    work(EARLY + timedelta(seconds=59))
    assert server.given == []
    for _ in range(2):
        work(EARLY + timedelta(minutes=1))
        Job.objects.filter(kind="notifications.send").update(state="waiting")  # somebody does it again
    [sent] = server.given
    first, second = Notification.objects.filter(user=cast.officer_a).order_by("pk")
    assert sent.get_content().replace("\r\n", "\n").split("\n\n")[1:3] == [
        f"Something you worked on has ended: Case CS-000000{n}\n"
        f"https://lapwing.example/notifications/{one.pk}"
        for n, one in ((1, first), (2, second))
    ]
    assert sent["List-Unsubscribe"] == "<https://lapwing.example/notifications/e-mail>"
    assert (sent["To"], sent["Auto-Submitted"]) == ("someone@example.org", "auto-generated")
    whole = sent.as_string().casefold()
    assert not [name for name in cast.people() if name.replace("_", "-") in whole]
    assert "lancashire" not in whole
    told(cast.officer_a, 4, moment=EARLY + timedelta(minutes=5))
    work(EARLY + timedelta(minutes=6))
    assert len(server.given) == 2


@pytest.mark.django_db
def test_a_server_that_says_no_is_asked_again_and_given_it_once(cast: Cast, server: MailServer) -> None:
    choose_mail(when="at_once", address="someone@example.org", by=cast.officer_a)
    server.answers = ["451 not now"]
    told(cast.officer_a, 1)
    work(EARLY + timedelta(minutes=1))
    assert (server.given, Mail.objects.get().begun_at) == ([], None)
    work(EARLY + timedelta(minutes=2))
    assert len(server.given) == 1
    assert Mail.objects.get().sent_at is not None


NOES = [
    # what the server says and to what, whether it is asked again, why
    ("data", "451 not now", True, "a server that asks for patience"),
    ("data", "554 no such thing here", False, "it will not have what is sent"),
    ("address", "550 nobody of that name", False, "nobody has the address"),
    ("address", "450 full", True, "a full box is emptied"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("to", "no", "again", "why"), NOES, ids=[why for *_, why in NOES])
def test_a_refusal_is_seen_by_whoever_runs_the_site_and_lost_to_nobody(
    to: str, no: str, again: bool, why: str, cast: Cast, server: MailServer, signed_in: SignedIn
) -> None:
    choose_mail(when="at_once", address="someone@example.org", by=cast.officer_a)
    choose_mail(when="at_once", address="other@example.org", by=cast.supervisor_a)
    if to == "data":
        server.answers = [no]
    else:
        server.strangers = {"someone@example.org": no}
    told(cast.officer_a, 1)
    told(cast.supervisor_a, 2)
    work(EARLY + timedelta(minutes=1))
    assert [one["To"] for one in server.given] == ["other@example.org"]
    job = Job.objects.exclude(state="done").get(kind="notifications.send")
    assert job.state == ("waiting" if again else "failed")
    with at(EARLY + timedelta(minutes=1)):
        shown = signed_in(cast.supervisor).get("/jobs").content.decode()
    assert no.split(maxsplit=1)[1] in shown
    assert ("1 failed and will be tried again" in shown) == again
    server.strangers = {}
    if not again:
        retry(job, by=cast.supervisor)
    work(EARLY + timedelta(minutes=2) if again else now())
    assert [one["To"] for one in server.given[1:]] == ["someone@example.org"]


@pytest.mark.django_db
def test_a_server_that_is_away_over_night_is_given_everything_in_the_morning(cast: Cast, port: int) -> None:
    choose_mail(when="at_once", address="someone@example.org", by=cast.officer_a)
    told(cast.officer_a, 1, "clock_escalated")
    moment = EARLY
    while moment < EARLY + timedelta(hours=12):
        moment += timedelta(minutes=20)
        work(moment)
    assert Job.objects.get(kind="notifications.send").state == "waiting"
    with mail_server(port) as server:
        for hours in (1, 2):
            work(moment + timedelta(hours=hours))
        assert len(server.given) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["silent", "hangs up"])
def test_what_nobody_knows_of_is_not_sent_again_and_waits_where_jobs_are_cleared(
    how: str, cast: Cast, server: MailServer, settings: Any, signed_in: SignedIn
) -> None:
    settings.EMAIL_TIMEOUT = 0.5
    server.silent, server.hangs_up = (1.0, False) if how == "silent" else (0.0, True)
    choose_mail(when="at_once", address="someone@example.org", by=cast.officer_a)
    told(cast.officer_a, 1)
    work(EARLY + timedelta(minutes=1))
    server.silent, server.hangs_up = 0.0, False
    for hours in (1, 2):
        work(EARLY + timedelta(hours=hours))
    assert len(server.given) == 1
    assert Notification.objects.get().read_at is None
    job = Job.objects.get(kind="notifications.send")
    assert (job.state, job.last_error) == ("failed", mailing.UNSURE)
    assert "not known whether this e-mail went" in signed_in(cast.supervisor).get("/jobs").content.decode()
    assert "it is not known whether they went" in mail_in_words(cast.officer_a)
    retry(job, by=cast.supervisor)
    work(now())
    assert len(server.given) == 1


@pytest.mark.django_db
def test_a_sender_that_cannot_be_written_to_the_server_loses_nothing(
    cast: Cast, server: MailServer, settings: Any
) -> None:
    settings.DEFAULT_FROM_EMAIL = ""
    choose_mail(when="at_once", address="someone@example.org", by=cast.officer_a)
    told(cast.officer_a, 1)
    work(EARLY + timedelta(minutes=1))
    settings.DEFAULT_FROM_EMAIL = ON["LAPWING_MAIL_FROM"]
    work(EARLY + timedelta(minutes=2))
    assert len(server.given) == 1


@pytest.mark.django_db
def test_an_address_that_is_no_longer_in_the_sites_domains_is_sent_nothing(
    cast: Cast, server: MailServer, settings: Any
) -> None:
    choose_mail(when="at_once", address="someone@example.org", by=cast.officer_a)
    told(cast.officer_a, 1)
    settings.MAIL_DOMAINS = ["elsewhere.example"]
    work(EARLY + timedelta(minutes=1))
    assert server.given == []
    assert Mail.objects.get().dropped_at is not None


@pytest.mark.django_db
def test_an_e_mail_of_every_kind_says_what_and_of_nobody(cast: Cast, server: MailServer) -> None:
    choose_mail(when="at_once", address="someone@example.org", by=cast.officer_a)
    for number, kind in enumerate(policy().kinds):
        told(cast.officer_a, number, kind)
    work(EARLY + timedelta(minutes=1))
    [sent] = server.given
    body = sent.get_content()
    assert all(f"{kind.label}: Case CS-" in body for kind in policy().kinds.values())
    assert body.count("https://lapwing.example/notifications/") == len(policy().kinds) + 1
    whole = sent.as_string().casefold()
    assert not [name for name in cast.people() if name.replace("_", "-") in whole]
    assert sent["Subject"] == "Something waits for you in Lapwing"


@pytest.mark.django_db
def test_what_is_settled_before_the_mail_goes_is_not_in_it(cast: Cast, server: MailServer) -> None:
    choose_mail(when="at_once", address="someone@example.org", by=cast.officer_a)
    told(cast.officer_a, 1)
    over(["case:1"])
    work(EARLY + timedelta(minutes=1))
    assert server.given == []
    assert Mail.objects.get().dropped_at is not None


@pytest.mark.django_db
def test_a_daily_mail_goes_once_a_day_and_what_policy_always_sends_goes_at_once(
    cast: Cast, server: MailServer
) -> None:
    choose_mail(when="daily", address="daily@example.org", by=cast.officer_a)
    choose_mail(when="never", address="never@example.org", by=cast.supervisor_a)
    for number, kind in enumerate(["ended", "clock_escalated"]):
        told(cast.officer_a, number, kind)
        told(cast.supervisor_a, number, kind)
    work(EARLY + timedelta(minutes=1))
    assert sorted(str(one["To"]) for one in server.given) == ["daily@example.org", "never@example.org"]
    assert all("is for your role to acknowledge" in one.get_content() for one in server.given)
    assert not [one for one in server.given if "has ended" in one.get_content()]
    for minutes in (121, 140, 600):
        work(EARLY + timedelta(minutes=minutes))
    assert [one["To"] for one in server.given[2:]] == ["daily@example.org"]
    assert "has ended" in server.given[2].get_content()
    told(cast.officer_a, 9, moment=EARLY + timedelta(days=1))
    work(EARLY + timedelta(days=1, hours=3))
    assert len(server.given) == 4


@pytest.mark.django_db
def test_a_person_chooses_and_goes_nowhere_but_to_the_sites_own_domains(
    cast: Cast, server: MailServer, signed_in: SignedIn
) -> None:
    client, page = signed_in(cast.supervisor_a), "/notifications/e-mail"
    said = client.post(page, {"address": "me@elsewhere.example", "when": "daily"})
    assert b"ends with example.org" in said.content
    assert b"Enter the address to send it to" in client.post(page, {"when": "daily"}).content
    assert client.post(page, {"address": "me@example.org", "when": "daily"}).status_code == 302
    assert b"You are sent e-mail: once a day" in client.get("/notifications").content
    with pytest.raises(Refused, match="only to"):
        choose_mail(when="daily", address="me@example.org.elsewhere.example", by=cast.supervisor_a)
    person = User.objects.get(pk=cast.supervisor_a.pk)
    with pytest.raises(Refused, match="keep an address"):  # deadlines are escalated to a supervisor
        choose_mail(when="never", address="", by=person)
    row = AuditEntry.objects.get(action="choose e-mail")
    assert "example.org" not in row.new + row.old


@pytest.mark.django_db
def test_a_site_without_mail_says_so(cast: Cast, signed_in: SignedIn) -> None:
    told(cast.officer_a, 1)
    assert not Job.objects.exists()
    client = signed_in(cast.officer_a)
    assert b"This site sends no e-mail" in client.get("/notifications").content
    assert b"This site sends no e-mail" in client.get("/notifications/e-mail").content
    assert client.post("/notifications/e-mail", {"when": "never"}).status_code == 409


def test_half_of_the_settings_or_mail_in_clear_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert mail_settings(environ.Env())["MAIL_ON"] is False
    monkeypatch.setenv("EMAIL_URL", "smtp+tls://name:word@mail.example.org:587")
    with pytest.raises(ImproperlyConfigured, match="LAPWING_MAIL_DOMAINS"):
        mail_settings(environ.Env())
    for name, value in ON.items():
        monkeypatch.setenv(name, value)
    assert mail_settings(environ.Env())["EMAIL_USE_TLS"] is True
    monkeypatch.setenv("LAPWING_MAIL_FROM", "Lapwing")
    with pytest.raises(ImproperlyConfigured, match="not an e-mail address"):
        mail_settings(environ.Env())
    monkeypatch.setenv("LAPWING_MAIL_FROM", "Lapwing <lapwing@example.org>")
    assert mail_settings(environ.Env())["DEFAULT_FROM_EMAIL"] == "Lapwing <lapwing@example.org>"
    monkeypatch.setenv("EMAIL_URL", "smtp://mail.example.org:25")
    with pytest.raises(ImproperlyConfigured, match="tls"):
        mail_settings(environ.Env())


ASK = """
from lapwing_web.audit.actions import recorded
from lapwing_web.notifications.actions import choose_mail, tell
from lapwing_web.staff.models import Organisation, User
who = User.objects.create(username="w", role="supervisor", organisation=Organisation.objects.get(pk="NCA"))
choose_mail(when="at_once", address="w@example.org", by=who)
from datetime import timedelta
from lapwing_web.moment import at, now
with at(now() - timedelta(hours=1)), recorded():
    tell("ended", "case:1", event="now", to=[who.pk])
"""
STANDS = """
from lapwing_web.jobs.models import Job
from lapwing_web.notifications.models import Mail, Notification
mail = Mail.objects.get()
print(mail.begun_at is not None, mail.sent_at is not None, Job.objects.get(kind="notifications.send").state)
print(Notification.objects.get().read_at)
"""
LATER = """
from datetime import timedelta
from lapwing_web.jobs.models import Job
from lapwing_web.moment import now
Job.objects.filter(state="leased").update(leased_until=now() - timedelta(seconds=1))
"""


@pytest.mark.durability
def test_a_worker_killed_while_the_server_has_the_mail_never_sends_it_again(
    own_site: Site, free_tcp_port: int
) -> None:
    own_site.environment |= {**ON, "EMAIL_URL": f"smtp://127.0.0.1:{free_tcp_port}"}
    own_site.python(ASK)
    with mail_server(free_tcp_port) as server:
        worker = own_site.start("work")
        server.kill = worker.kill  # before it hears that the mail was taken
        assert server.got.wait(60)
        worker.wait(10)
        assert own_site.python(STANDS).split() == ["True", "False", "leased", "None"]
        own_site.python(LATER)  # its lease is over
        own_site.run("work", "--once")
        assert len(server.given) == 1
    assert own_site.python(STANDS).split() == ["True", "False", "failed", "None"]
