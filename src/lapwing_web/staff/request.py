"""What a view is given once somebody has signed in, which every address but the door requires."""

from django.http import HttpRequest

from lapwing_web.staff.models import User


class Request(HttpRequest):
    """A request whose `user` is a person: LoginRequiredMiddleware lets no other through."""

    user: User
