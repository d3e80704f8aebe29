"""The values that law and policy can change, as dated TOML, and the loader that refuses what it does not
know.
"""

from lapwing.policy.cited import Cited, Entry, Version
from lapwing.policy.loading import PolicyError, PolicyGap, Topic, load

__all__ = ["Cited", "Entry", "PolicyError", "PolicyGap", "Topic", "Version", "load"]
