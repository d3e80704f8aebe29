"""A refusal: a sentence fit to show the person who asked. Turned into a page once, in middleware."""


class Refused(Exception):
    """What was asked cannot be done, and nothing was changed. The message says why, in plain English."""

    status = 409


class Forbidden(Refused):
    """This person may not do that, or may not know whether it exists."""

    status = 403
