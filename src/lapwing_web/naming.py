"""A record by its name in the audit, `case:12`: how people say it, where its page is. Never who it is about.

Nothing here is read from a record, so what is said holds no personal detail.
"""

from django.urls import NoReverseMatch, reverse

# noun -> how people name it, and its page; a page that takes no number lists records of the kind
RECORDS = {
    "referral": ("Referral LW-{:07d}", "referral"),
    "package": ("Package PK-{:07d}", "package"),
    "report": ("Report {}", "report"),
    "receipt": ("Receipt {}", "receipts"),
    "sealedfile": ("Sealed file {}", "vault"),
    "user": ("Person {}", ""),
    "checkin": ("Check-in {}", ""),
    "training": ("Training {}", "own-training"),
    "secondlook": ("Second look {}", "second-looks"),
    "approval": ("Decision {}", "approval"),
    "case": ("Case CS-{:07d}", "case"),
    "recorddisposal": ("Disposal {}", "disposal"),
    "child": ("Child’s record {}", "child"),
    "transfer": ("Offer {}", "offer"),
    "exhibit": ("Exhibit record {}", "exhibit"),
    "duty": ("Duty after an arrest {}", "duty"),
    "gap": ("Gap {}", "gaps"),
    "restriction": ("Restriction {}", ""),
    "warrant": ("Warrant {}", ""),
    "condition": ("Condition {}", "condition"),
    "offender": ("Offender RO-{:07d}", "offender"),
    "briefing": ("Briefing BR-{:07d}", "briefing"),
    "courtdate": ("Day in court {}", "court-record"),
}


def words_for(name: str) -> str:
    """How people say the record of this name: `Referral LW-0000012`."""
    noun, _, number = name.partition(":")
    if noun in RECORDS and number.isascii() and number.isdecimal():
        return RECORDS[noun][0].format(int(number))
    return f"{noun.capitalize()} {number}".strip()


def page_of(name: str, *, its_own: bool = False) -> str:
    """The address of its page; of the one that lists its kind unless it must be `its_own`; "" for none."""
    noun, _, number = name.partition(":")
    for arguments in ([number],) if its_own else ([number], []):
        try:
            return reverse(RECORDS[noun][1], args=arguments)
        except (KeyError, NoReverseMatch):
            continue
    return ""
