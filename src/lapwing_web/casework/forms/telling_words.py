"""The words of the public form: each question as a child, another adult and a professional is asked it.

Plain enough for a child of nine. A child is never asked to describe a picture, or to prove anything.
"""

from msgspec import Struct

Words = str | dict[str, str]  # the same for everybody, or by voice; "adult" stands in for one not given
Choices = list[tuple[str, Words]]


class Ask(Struct, frozen=True):
    """One field: its words, and its kind: line, text, day or one of `choices`."""

    label: Words
    hint: Words = ""
    kind: str = "line"
    choices: Choices = []
    missing: str = ""  # said when it is left empty; "" when it may be
    most: int = 200  # characters


YES_NO: Choices = [("yes", "Yes"), ("no", "No"), ("not_sure", "I’m not sure")]
NO_PICTURES = "Use words only. Please do not paste pictures, videos or links to them."
OPTIONAL = "You can leave this empty."

TITLES: dict[str, Words] = {
    "who": "Who are you?",
    "danger": {
        "child": "Are you, or is another child, in danger right now?",
        "adult": "Is a child in danger right now?",
    },
    "whose": "Did this happen to you?",
    "child": {"child": "About you, or the child it happened to", "adult": "About the child"},
    "happened": {"child": "What happened?", "adult": "What are you worried about?"},
    "where": "When and where did it happen?",
    "person": {"child": "Do you know who did it?", "adult": "Do you know who is doing this?"},
    "children": "Can they be with children now?",
    "told": {"child": "Have you told anyone else?", "adult": "Who else knows about this?"},
    "duty": "Your work",
    "learnt": "When did you learn of it?",
    "contact": {
        "child": "Is it safe for us to contact you?",
        "adult": "How is it safe for us to contact you?",
    },
    "phone": "Calling you safely",
    "email": "Emailing you safely",
    "adult": "Reaching you through an adult you trust",
}

LEADS: dict[str, Words] = {
    "child": "Tell us only what you want to. You can leave any of these empty.",
    "where": OPTIONAL,
    "person": {
        "child": "It is all right if you don’t know. You can leave any of these empty.",
        "adult": "It is all right if you do not know. You can leave any of these empty.",
    },
    "duty": OPTIONAL,
    "learnt": OPTIONAL,
}

TIMES = Ask(
    {"child": "When is it safe?", "adult": "When is it safe?"}, "For example, after 4pm on school days."
)
AVOID = Ask(
    "Is there anything we must not do or say?",
    "For example, do not leave a message, or do not say who is calling.",
    kind="text",
    most=1000,
)

ASKS: dict[str, Ask] = {
    "who": Ask(
        TITLES["who"],
        kind="choice",
        choices=[
            ("child", "I am under 18"),
            ("parent", "I am a parent or carer"),
            ("adult", "I am another adult who is worried about a child"),
            ("professional", "I work or volunteer with children, for example as a teacher or a doctor"),
        ],
        missing="Choose who you are",
    ),
    "danger": Ask(TITLES["danger"], kind="choice", choices=YES_NO, missing="Choose yes, no or I’m not sure"),
    "whose": Ask(
        TITLES["whose"],
        OPTIONAL,
        kind="choice",
        choices=[("me", "Yes, it happened to me"), ("other", "No, it happened to somebody else")],
    ),
    "child_name": Ask(
        {"child": "What should we call you, or them?", "adult": "Their name"}, "A first name is enough."
    ),
    "child_age": Ask({"child": "Age", "adult": "Their age"}, most=20),
    "child_place": Ask(
        {"child": "The town you, or they, live in", "adult": "Where they live or are"},
        "A town or a postcode is enough.",
    ),
    "child_account": Ask(
        {"child": "Your username, or theirs, where it happened", "adult": "Their username, if it was online"}
    ),
    "happened": Ask(
        TITLES["happened"],
        {
            "child": "A few words are enough. It is not your fault. " + NO_PICTURES,
            "adult": "Say what you have seen or been told. " + NO_PICTURES,
        },
        kind="text",
        missing="Write a few words",
        most=5000,
    ),
    "happened_when": Ask("When was it?", "For example, last night, or since the summer."),
    "happened_where": Ask("Which app, game, website or place?"),
    "person_name": Ask("Their real name, if you know it"),
    "person_account": Ask("Their username"),
    "person_service": Ask("The app, game or website that username is on"),
    "person_reach": Ask("Their phone number or email"),
    "person_knows": Ask(
        {"child": "How do you know them?", "adult": "How does the child know them?"}, kind="text", most=1000
    ),
    "person_children": Ask(TITLES["children"], OPTIONAL, kind="choice", choices=YES_NO),
    "told_others": Ask(
        TITLES["told"],
        {
            "child": "For example, a parent, a teacher or the police. " + OPTIONAL,
            "adult": "For example, the child’s family or school, the police. " + OPTIONAL,
            "professional": "For example, your safeguarding lead, the police, the local authority, with any"
            " reference they gave. " + OPTIONAL,
        },
        kind="text",
        most=2000,
    ),
    "duty_role": Ask("Your role", "For example, teacher, doctor, youth worker."),
    "duty_organisation": Ask("Your organisation"),
    "learnt_on": Ask("The day", "For example, 27 3 2026", kind="day"),
    "learnt_at": Ask("The time, as well as you know", "For example, 10:30am.", most=50),
    "way": Ask(
        TITLES["contact"],
        "If you do not answer, we will not contact you.",
        kind="choice",
        choices=[
            ("none", {"child": "No, do not contact me", "adult": "It is not: do not contact me"}),
            ("phone", {"child": "Yes, by phone", "adult": "By phone"}),
            ("email", {"child": "Yes, by email", "adult": "By email"}),
            ("trusted_adult", {"child": "Yes, through an adult I trust", "adult": "Through somebody else"}),
        ],
    ),
    "phone": Ask("Phone number", missing="Enter a phone number, or go back and choose another way", most=50),
    "email": Ask("Email address", missing="Enter an email address, or go back and choose another way"),
    "adult": Ask("Who is it?", "Their name, and who they are to you.", missing="Say who it is"),
    "adult_reach": Ask(
        "How can we reach them?", "Their phone number or email.", missing="Say how we can reach them"
    ),
    "times": TIMES,
    "avoid": AVOID,
}


def said(words: Words, voice: str) -> str:
    """The words for a voice: child, adult or professional."""
    return words if isinstance(words, str) else words.get(voice, words["adult"])


def voice_of(who: str) -> str:
    """How to speak with whoever said that; before they have said, as to a child."""
    return {"parent": "adult", "": "child"}.get(who, who)
