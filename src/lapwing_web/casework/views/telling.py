"""The public form: a page a question, without signing in. No answer is ever in an address or a title."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.csrf import csrf_failure
from django.views.decorators.http import require_http_methods, require_safe

from lapwing.rules.telling import QUESTIONS, fitting
from lapwing_web.casework.actions import telling as actions
from lapwing_web.casework.actions.telling import Desk, Lapsed, TooMany, policy
from lapwing_web.casework.forms.telling import QuestionForm, ReferenceForm, answered
from lapwing_web.casework.forms.telling_words import voice_of
from lapwing_web.casework.queries.told import standing_of
from lapwing_web.staff.views.door import address_of

COOKIE = "page"  # a name that tells nobody what the page was
PLACE = "/tell"
LARGEST = 128 * 2**10  # bytes of one page's answers, written as a form writes them
PLAIN = "application/x-www-form-urlencoded"
READ_AND_SEND = require_http_methods(["GET", "HEAD", "POST"])
READ_ONLY = {f"{PLACE}{page}" for page in ("", "/now", "/sent", "/leave")}
View = Callable[[HttpRequest], HttpResponse]


def desk_of(request: HttpRequest) -> Desk:
    """The answers so far of whoever asks."""
    return Desk(request.COOKIES.get(COOKIE))


def shown(request: HttpRequest, page: str, desk: Desk | None = None, **more: Any) -> HttpResponse:
    """A page of the form, with who can help around it; `status` is 200 unless given."""
    status = more.pop("status", 200)
    voice = voice_of(desk.given.who) if desk and desk.given.who else ""
    words = policy()
    helpers = [one for one in words.help.values() if not voice or voice in one.voices]
    around = {"emergency": words.emergency, "helpers": helpers, "duty": words.duty, "voice": voice}
    idle = words.limits["idle_minutes"].most
    return render(request, f"casework/telling/{page}.html", {**around, "idle": idle, **more}, status=status)


def on(desk: Desk, page: str) -> HttpResponse:
    """To the next page, with the key to the answers, which the browser forgets when it is closed."""
    reply = redirect(page)
    secure = settings.SESSION_COOKIE_SECURE
    reply.set_cookie(COOKIE, desk.key, path=PLACE, httponly=True, samesite="Lax", secure=secure)
    return reply


def kindly(view: View) -> View:
    """Open to everybody; what is forgotten or too much becomes a page that says what to do instead."""

    def asked(request: HttpRequest) -> HttpResponse:
        try:
            return view(request)
        except Lapsed:
            return shown(request, "lapsed")
        except TooMany:
            reply = shown(request, "too_many", desk_of(request), status=429)
            reply["Retry-After"] = "3600"
            return reply

    asked.__name__, asked.__doc__ = view.__name__, view.__doc__
    return login_not_required(asked)


@kindly
@require_safe
def tell(request: HttpRequest) -> HttpResponse:
    """The first page: danger first, who can help, what happens after."""
    return shown(request, "start")


def question(name: str) -> View:
    """The page of one question."""

    @kindly
    @READ_AND_SEND
    def page(request: HttpRequest) -> HttpResponse:
        desk = desk_of(request)
        if desk.draft is None and name != "who":
            raise Lapsed
        if desk.draft is not None and (desk.draft.sent or name not in fitting(desk.draft.answers)):
            return redirect("tell-sent" if desk.draft.sent else "tell-check")
        return ask(request, desk, name)

    return page


def ask(request: HttpRequest, desk: Desk, name: str) -> HttpResponse:
    """Ask it, or keep the answer and go on."""
    posted = request.method == "POST"
    form = QuestionForm(name, desk.given, request.POST if posted else None)
    if posted and form.is_valid():
        if desk.draft is None:
            desk.begin(address_of(request))
        desk.answer(name, form.answers)
        return on(desk, after(desk, name, checking="check" in request.GET))
    number = fitting(desk.given).index(name) + 1
    back = "tell-check" if "check" in request.GET else before(desk, number)
    return shown(request, "question", desk, form=form, number=number, back=back)


def before(desk: Desk, number: int) -> str:
    """The name of the page before the question of that number."""
    return f"tell-{fitting(desk.given)[number - 2]}" if number > 1 else "tell"


def after(desk: Desk, name: str, *, checking: bool) -> str:
    """The name of the page that comes after a question."""
    assert desk.draft is not None
    if name == "danger" and desk.draft.answers.danger == "yes":
        return "tell-now"
    asked = fitting(desk.draft.answers)
    later = desk.draft.waiting if checking else asked[asked.index(name) + 1 :]
    return f"tell-{later[0]}" if later else "tell-check"


@kindly
@require_safe
def now(request: HttpRequest) -> HttpResponse:
    """Danger now: what to do before anything else."""
    desk = desk_of(request)
    if desk.draft is None:
        raise Lapsed
    waiting = desk.draft.waiting
    return shown(request, "now", desk, onward=f"tell-{waiting[0]}" if waiting else "tell-check")


@kindly
@READ_AND_SEND
def check(request: HttpRequest) -> HttpResponse:
    """All the answers, and the button that sends them."""
    desk = desk_of(request)
    if desk.draft is None:
        raise Lapsed
    if not desk.draft.sent and desk.draft.waiting:
        return redirect(f"tell-{desk.draft.waiting[0]}")
    if request.method == "POST" or desk.draft.sent:
        desk.send(address_of(request))
        return on(desk, "tell-sent")
    back = f"tell-{fitting(desk.draft.answers)[-1]}"
    return shown(request, "check", desk, rows=answered(desk.draft.answers), back=back)


@kindly
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """The reference to keep, and what happens now."""
    desk = desk_of(request)
    if desk.draft is None or not desk.draft.sent:
        raise Lapsed
    return shown(request, "sent", desk, reference=desk.draft.reference)


@kindly
@READ_AND_SEND
def reference(request: HttpRequest) -> HttpResponse:
    """How far it has come, to whoever has the reference, in one of three words."""
    form = ReferenceForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        actions.ask(address_of(request))
        found = standing_of(form.cleaned_data["reference"])
        if found:
            actions.record_told(found.report, found.state)
        return shown(request, "standing", state=found.state if found else "")
    return shown(request, "reference", form=form)


@kindly
@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """Exit this page: forget everything, and go to a page that says nothing."""
    desk_of(request).leave()
    reply = redirect(policy().leave_to)
    reply.delete_cookie(COOKIE, path=PLACE)
    if not request.user.is_authenticated:
        reply.delete_cookie(settings.CSRF_COOKIE_NAME)
    return reply


def refused_by_csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form sent without its token: on these pages, kindly."""
    if request.path.startswith(PLACE):
        return shown(request, "lapsed", status=403, kept=desk_of(request).draft is not None)
    return csrf_failure(request, reason)


class words_only:
    """Middleware: the form takes words, and not many. A file is turned away before a byte of it is read."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and request.path.startswith(PLACE):
            stated = request.META.get("CONTENT_LENGTH") or "0"
            length = int(stated) if stated.isascii() and stated.isdigit() else LARGEST + 1
            if length > LARGEST or (length and request.content_type != PLAIN):
                return shown(request, "too_long", status=405 if request.path in READ_ONLY else 400)
        return self.get_response(request)


PAGES: list[tuple[str, View, str]] = [
    ("tell", tell, "tell"),
    *((f"tell/{number}", question(name), f"tell-{name}") for number, name in enumerate(QUESTIONS, 1)),
    ("tell/now", now, "tell-now"),
    ("tell/check", check, "tell-check"),
    ("tell/sent", sent, "tell-sent"),
    ("tell/reference", reference, "tell-reference"),
    ("tell/leave", leave, "tell-leave"),
]
