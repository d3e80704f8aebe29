"""A list that is fetched again and again, and documents for it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.lapwing.sources.publisher import Answer, Publisher

from lapwing.exchange.hash_sets.ncmec_sharing import NAMESPACE
from lapwing.matching import HashList
from lapwing.policy import load
from lapwing.sources.configured import Source
from lapwing.sources.deciding import accept
from lapwing.sources.fetching import Outcome, fetch
from lapwing.sources.standing import Standing, standing

AT = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
VERSION = load("list_sources").on(AT.date())


def hashes(count: int, first: int = 1) -> bytes:
    """A list of so many MD5s."""
    return b"".join(f"{number:032x}\n".encode() for number in range(first, first + count))


class Fetching:
    """One list, fetched again and again."""

    def __init__(self, lists: Path, publisher: Publisher) -> None:
        self.lists, self.publisher = lists, publisher
        self.waits: list[float] = []
        self.policy = VERSION
        self.settings: dict[str, object] = {"format": "plain", "longest_seconds": 5, "stalled_seconds": 1}

    def __call__(self, answer: Answer | None = None, *, hours: float = 0, **settings: object) -> Outcome:
        if answer is not None:
            self.publisher.at["/list"] = answer
        return fetch(
            self.lists,
            "made",
            self.source(**settings),
            version=self.policy,
            at=AT + timedelta(hours=hours),
            wait=self.waits.append,
        )

    def try_once(self) -> None:
        """Policy's tries take as long as a slow publisher likes, each."""
        once = VERSION.limits["tries"].model_copy(update={"amount": 1})
        self.policy = VERSION.model_copy(update={"limits": VERSION.limits | {"tries": once}})

    def source(self, **settings: object) -> Source:
        given = {"address": f"{self.publisher.base}/list", **self.settings, **settings}
        return Source(**given)  # type: ignore[arg-type]

    def accept(self) -> None:
        """By a person's word."""
        accept(self.lists, "made", self.source(), reason="the publisher said so", by="one", at=AT)

    @property
    def known(self) -> Standing:
        return standing(self.lists / "made")

    def entries(self) -> int:
        return len(HashList.open(self.lists, "made"))


def page(*entries: str, latest: str, following: str = "") -> bytes:
    """A page of NCMEC's hash sharing."""
    after = f"<paging><next>{following}</next></paging>" if following else ""
    images = f'<images count="{len(entries)}" maxTimestamp="{latest}">{"".join(entries)}</images>'
    return f'<queryResult xmlns="{NAMESPACE}">{images}{after}</queryResult>'.encode()


def image(number: int) -> str:
    return (
        f'<image><member id="1">m</member><id>{number}</id><classification>A1</classification>'
        f"<fingerprints><md5>{number:032x}</md5></fingerprints></image>"
    )


def deleted(number: int) -> str:
    return f'<deletedImage><member id="1">m</member><id>{number}</id></deletedImage>'
