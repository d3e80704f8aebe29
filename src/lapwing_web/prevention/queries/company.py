"""One company's page: everything on it, for one person and one period."""

from django.urls import reverse
from django.utils.http import urlencode
from msgspec import Struct

from lapwing.rules.scorecards import Rate, rates
from lapwing_web.intake.models import Account, Provider
from lapwing_web.prevention.queries.counting import Whole, counted
from lapwing_web.prevention.queries.missing import Lack, lacking
from lapwing_web.prevention.queries.period import Period, limits
from lapwing_web.prevention.queries.requests import Requests, requests
from lapwing_web.prevention.queries.unfinished import Some, lapsed, still_open
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check, may


class Page(Struct):
    """Everything the page shows. Addresses are "" for a person whom they would refuse."""

    provider: Provider
    period: Period
    whole: Whole
    rates: list[Rate]
    lacking: list[Lack]
    requests: Requests
    open: Some
    lapsed: Some
    accounts: int  # open ones
    closed: int
    contacts: int
    few: int
    referrals_url: str
    receipts_url: str

    @property
    def lacked(self) -> list[Lack]:
        """Items that some report lacks."""
        return [one for one in self.lacking if one.count]

    @property
    def never_lacked(self) -> list[str]:
        """Items that every report holds that should."""
        return [one.label for one in self.lacking if one.of and not one.count]

    @property
    def never_asked(self) -> list[str]:
        """Items that no report had to hold."""
        return [one.label for one in self.lacking if not one.of]

    @property
    def measured(self) -> bool:
        """Whether anything is known of what its new reports hold."""
        return self.whole.held.reports > 0


def company(user: User, provider: Provider, period: Period) -> Page:
    """The page. What is asked of the database does not grow with the number of reports."""
    check(user, "see providers")
    few = limits().amount("share_needs")
    whole = counted(provider, period, few)
    asked = requests(user, provider, period, few)
    accounts = dict.fromkeys(Account.State.values, 0)
    for state in provider.accounts.values_list("state", flat=True):
        accounts[state] += 1
    return Page(
        provider=provider,
        period=period,
        whole=whole,
        rates=rates(whole.arrivals, whole.begun, whole.held, asked.asked, period=period.words, few=few),
        lacking=lacking(provider, period, few),
        requests=asked,
        open=still_open(provider),
        lapsed=lapsed(provider, period),
        accounts=accounts[Account.State.OPEN],
        closed=accounts[Account.State.CLOSED],
        contacts=provider.contacts.filter(ended_at=None).count(),
        few=few,
        referrals_url=_listed(user, "queue", "see referrals", list="all", provider=provider.pk),
        receipts_url=_listed(user, "receipts", "see receipts", provider=provider.pk),
    )


def whole(user: User, provider: Provider, period: Period) -> Whole:
    """Only what the picture draws."""
    check(user, "see providers")
    return counted(provider, period, limits().amount("share_needs"))


def _listed(user: User, page: str, permission: str, **asked: str | int) -> str:
    return f"{reverse(page)}?{urlencode(asked)}" if may(user, permission) else ""
