"""Files sealed on arrival to a public key: only the holder of the private key, elsewhere, can open one.

What is held here is age (age-encryption.org/v1) and can be opened by any age client.
"""

from lapwing.vault.age_format import BadKey, Identities, Recipients
from lapwing.vault.names import BadName, ObjectName, object_name
from lapwing.vault.staging import Staged, TooLarge, stage, sweep_staging
from lapwing.vault.stores import DiskStore, Missing, Store
from lapwing.vault.verifying import Fault, check, verify

__all__ = [
    "BadKey",
    "BadName",
    "DiskStore",
    "Fault",
    "Identities",
    "Missing",
    "ObjectName",
    "Recipients",
    "Staged",
    "Store",
    "TooLarge",
    "check",
    "object_name",
    "stage",
    "sweep_staging",
    "verify",
]
