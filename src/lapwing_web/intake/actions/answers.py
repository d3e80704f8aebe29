"""What a provider is told when its request cannot be done: the protocol's codes, each a refusal of its own.

The codes are those of the CyberTipline Reporting API; the HTTP statuses are Lapwing's. A repetition of what
is done already is told so with status 200, because nothing is lost by it and the code says the rest.
"""

from lapwing_web.refusal import Refused


class Answer(Refused):
    """A refusal in a provider's terms. `code` is the protocol's, `retry_after` seconds to wait, if any."""

    code = 4000
    status = 400
    retry_after: int | None = None


class Unwell(Answer):
    """Nothing is wrong with the request: the site cannot take it now. Try again after `retry_after`."""

    code, status, retry_after = 1000, 503, 30


class NotKnown(Answer):
    """The account's name or password is not right."""

    code, status = 2000, 401


class Locked(Answer):
    """Too many wrong passwords from one address."""

    code, status, retry_after = 2000, 429, 900


class TooMany(Answer):
    """More requests in a minute than the account may make."""

    code, status, retry_after = 1000, 429, 5


class NotAllowed(Answer):
    """The account is known and may not do that."""

    code, status = 3000, 403


class BadRequest(Answer):
    """What was sent is not what the protocol has there."""

    code, status = 4000, 400


class Unsupported(BadRequest):
    """The body is of a kind that is not read at this address."""

    status = 415


class NoMethod(Answer):
    """The address is asked by another method."""

    code, status = 4000, 405


class TooLarge(Answer):
    """A document or a part is larger than any needs to be."""

    code, status = 4000, 413


class Invalid(Answer):
    """The document was read and says something that cannot be."""

    code, status = 4100, 400


class KeyReused(Invalid):
    """An idempotency key came again with another body."""


class NotXml(Answer):
    """The document is not well formed."""

    code, status = 4110, 400


class BadFile(Answer):
    """The upload broke off or is not as its parts should be."""

    code, status = 4200, 400


class NoReport(Answer):
    """There is no such report of this account, or it has lapsed."""

    code, status = 5001, 404


class NoFile(Answer):
    """The report has no such file."""

    code, status = 5002, 404


class Retracted(Answer):
    """The report was retracted already."""

    code, status = 5101, 200


class Finished(Answer):
    """The report was finished already, and can no longer be changed."""

    code, status = 5102, 200
