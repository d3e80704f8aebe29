"""What the service takes and gives, as JSON. The OpenAPI document is made from these."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from lapwing.matching import Match

MOST_HASHES = 100_000  # in one request, and as many URLs

Bits = Annotated[float, Meta(ge=0, le=63)]  # to JSON, 31.0 is a whole number too


class Hash(Struct, frozen=True, forbid_unknown_fields=True):
    """A hash to look for."""

    type: Annotated[str, Meta(description="md5, sha1, sha256, pdq, photodna or vpdq")]
    value: Annotated[str, Meta(description="as text: hexadecimal in either case, for most kinds")]


class Question(Struct, frozen=True, forbid_unknown_fields=True):
    """Hashes to look for, all at once."""

    hashes: Annotated[list[Hash], Meta(max_length=MOST_HASHES)]
    distance: Annotated[Bits, Meta(description="bits that a perceptual hash may differ in")] = 31
    lists: Annotated[list[str], Meta(description="the lists to ask; every list when it is empty")] = []


class FoundHash(Struct, frozen=True, omit_defaults=True):
    """One hash is on one list, or near an entry of it."""

    query: Annotated[int, Meta(description="the place of the hash in the question, from 0")]
    type: str
    list: str
    version: int
    distance: int
    entry: Annotated[str, Meta(description="its publisher's name for the entry, else its hash")]
    category: Annotated[str, Meta(description="as its publisher marks it, in the dialect beside it")] = ""
    dialect: str = ""
    shared: Annotated[float | None, Meta(description="percent of a video's frames that the entry has")] = None

    @classmethod
    def of(cls, query: int, match: Match) -> "FoundHash":
        """A match, as it is told."""
        return cls(
            query,
            match.hash_type,
            match.list_name,
            match.version,
            match.distance,
            match.identity or match.listed or match.value,
            match.category,
            match.dialect,
            match.shared,
        )


class UrlQuestion(Struct, frozen=True, forbid_unknown_fields=True):
    """URLs to look for, all at once."""

    urls: Annotated[
        list[Annotated[str, Meta(description="with its scheme, http:// or https://")]],
        Meta(max_length=MOST_HASHES),
    ]
    lists: Annotated[list[str], Meta(description="the lists to ask; every list when it is empty")] = []


class FoundUrl(Struct, frozen=True, omit_defaults=True):
    """One rule of one list matches one URL."""

    query: Annotated[int, Meta(description="the place of the URL in the question, from 0")]
    url: Annotated[str, Meta(description="the URL in its canonical form")]
    kind: Annotated[str, Meta(description="url, for that URL alone, or url-prefix, for what is below it")]
    rule: str
    list: str
    version: int
    entry: Annotated[str, Meta(description="its publisher's name for the rule, else the rule")]
    distance: int
    category: Annotated[str, Meta(description="as its publisher marks it, in the dialect beside it")] = ""
    dialect: str = ""

    @classmethod
    def of(cls, query: int, match: Match) -> "FoundUrl":
        """A match, as it is told."""
        return cls(
            query,
            match.value,
            match.hash_type,
            match.listed,
            match.list_name,
            match.version,
            match.identity or match.listed,
            match.distance,
            match.category,
            match.dialect,
        )


class AskedList(Struct, frozen=True):
    """A list that was asked, so that "no match" says no match where."""

    name: str
    version: int
    entries: int


class Answer(Struct, frozen=True):
    """Everything that was found."""

    matches: list[FoundHash]
    lists: list[AskedList]


class UrlAnswer(Struct, frozen=True):
    """Every rule that matches. `lists` are those that were asked and have rules about URLs."""

    matches: list[FoundUrl]
    lists: list[AskedList]


class FileHash(Struct, frozen=True, omit_defaults=True):
    """A hash that was worked out of the file."""

    type: str
    value: str
    quality: int | None = None


class FileAnswer(Struct, frozen=True):
    """What a file's hashes are, and where they were found. `query` is the place in `hashes`."""

    hashes: list[FileHash]
    matches: list[FoundHash]
    lists: list[AskedList]
    failure: Annotated[str | None, Meta(description="what could not be worked out, and why")] = None


class Lists(Struct, frozen=True):
    """The lists there are, and those that cannot be used."""

    lists: list[AskedList]
    faults: list[str]


class Wrong(Struct, frozen=True, omit_defaults=True):
    """What is wrong, and where. A question with anything wrong in it has no answer at all."""

    error: str
    where: str = ""


FORMS: tuple[Any, ...] = (Question, UrlQuestion, Answer, UrlAnswer, FileAnswer, Lists, Wrong)
