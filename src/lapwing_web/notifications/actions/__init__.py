"""What happens to notifications: told, read, over, sent by e-mail, swept.

One follows from a move that the audit has, and reading one's own is nothing that must be answered for:
neither has a row of its own there. What somebody chooses to be sent by e-mail has.
"""

from lapwing_web.notifications.actions.mailing import DIGEST, SEND, choose_mail
from lapwing_web.notifications.actions.reading import SWEEP, read, read_all, sweep
from lapwing_web.notifications.actions.telling import Notice, over, tell, tell_many

__all__ = [
    "DIGEST",
    "SEND",
    "SWEEP",
    "Notice",
    "choose_mail",
    "over",
    "read",
    "read_all",
    "sweep",
    "tell",
    "tell_many",
]
