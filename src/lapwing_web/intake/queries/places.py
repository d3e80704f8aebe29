"""Which force polices a postcode, from the directory that the site has loaded."""

from lapwing_web.intake.models import PostcodeArea


class Directory:
    """Answers the force's code for a postcode (`AB1 2CD`) or an outward code (`AB1`); None where nothing is
    loaded.

    Remembers what it was asked: make one for a batch, not one for ever.
    """

    def __init__(self) -> None:
        self.loaded = PostcodeArea.objects.exists()
        self.answers: dict[str, str | None] = {}

    def __call__(self, code: str) -> str | None:
        if not self.loaded:
            return None
        if code not in self.answers:
            self.answers[code] = self._ask(code)
        return self.answers[code]

    def _ask(self, code: str) -> str | None:
        """The postcode's own row, which only one that differs from its area has; else the area's."""
        areas = {
            area.code: area.force for area in PostcodeArea.objects.filter(code__in=[code, code.split()[0]])
        }
        return areas.get(code) or areas.get(code.split()[0])
