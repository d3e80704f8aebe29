"""The words of courts and disposals, by the codes that are kept."""

DISPOSALS = {
    "caution": "Caution, simple or conditional",
    "community_resolution": "Community resolution",
    "diversion": "Diversion, education or intervention",
}
RESULTS = {
    "adjourned": "Adjourned",
    "convicted": "Convicted",
    "acquitted": "Acquitted",
    "discontinued": "Discontinued",
}
SENTENCES = {
    "custody": "Custody",
    "suspended": "Custody, suspended",
    "community": "Community order",
    "life": "Life or indefinite",
    "other": "Another sentence",
}
BANDS = ((12, "Up to 12 months"), (48, "Over 12 months and up to 4 years"), (None, "Over 4 years"))


def length_band(months: int | None) -> str:
    """The band of a sentence's length: "" where it has none."""
    if months is None:
        return ""
    return next(label for most, label in BANDS if most is None or months <= most)
