"""Signing in: which roles need a second factor at a live site."""

from typing import Annotated, Literal

from pydantic import Field

from lapwing.policy.cited import Version

Role = Literal[
    "intake_officer", "intelligence_officer", "force_officer", "supervisor", "auditor", "administrator"
]


class SignInVersion(Version):
    """`second_factor_roles` may do nothing at a live site before they have one; `recovery_codes` is how many
    codes, each good once, stand in for a lost phone.
    """

    second_factor_roles: list[Role]
    recovery_codes: Annotated[int, Field(ge=1, le=50)]
