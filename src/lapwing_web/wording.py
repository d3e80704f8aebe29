"""What a form says of an answer that is too long, too great or not offered, in the words that pages use."""

from django import forms

PLAIN = {
    "max_length": "Use %(limit_value)d characters or fewer: this has %(show_value)d",
    "invalid_choice": "Choose one of the answers on this page",
    "min_value": "Enter %(limit_value)s or more",
    "max_value": "Enter %(limit_value)s or less",
}
NUMBER = "Enter a whole number, such as 12"


def say_plainly(form: forms.BaseForm) -> None:
    """Give every field of `form` these words, except where it has its own."""
    for field in form.fields.values():
        plain = {code: said for code, said in PLAIN.items() if _usual(field, code)}
        field.error_messages = {**field.error_messages, **plain}
        if isinstance(field, forms.IntegerField) and _usual(field, "invalid"):
            field.error_messages["invalid"] = NUMBER


def _usual(field: forms.Field, code: str) -> bool:
    """Whether what the field says is what Django says, and nobody's choice."""
    for kind in type(field).__mro__:
        if code in getattr(kind, "default_error_messages", {}):
            usual: dict[str, object] = kind.default_error_messages  # type: ignore[attr-defined]
            return field.error_messages.get(code) == usual[code]
    return code not in field.error_messages
