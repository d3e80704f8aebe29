"""Names below which anybody may register one: co.uk, github.io. A rule for all of that is for everybody.

The list is Mozilla's (https://publicsuffix.org/), the snapshot that comes with `publicsuffixlist`: nothing is
fetched, and a newer one comes with a newer package.
"""

from functools import cache

from publicsuffixlist import PublicSuffixList


def is_public_suffix(name: str) -> bool:
    """Whether a host's name, in canonical form, is a public suffix: one of a registry or of a company."""
    return _suffixes().is_public(name)


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()  # a fifth of a second: only when a rule needs it
