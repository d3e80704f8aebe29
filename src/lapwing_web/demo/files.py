"""Two years of documents, as companies would send them: what comes in one delivery, in the order it comes.

The same number of reports, seed and last day give the same bytes.
"""

import io
import zipfile
from bisect import bisect
from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from msgspec import Struct

from lapwing.exchange import FORMATS
from lapwing.exchange.ncmec.documents import documents
from lapwing.report import Report
from lapwing_web.demo.companies import BURST, COMPANIES, Company
from lapwing_web.demo.courses import COURSES, INFORMATIONAL
from lapwing_web.demo.front_door import LEFT, RETRACTED, Handed, Tellers, Told
from lapwing_web.demo.reports import Made, Maker

DAYS = 730
FEW = 5_000  # reports that are collected every sixth day; more, four times a day
GROWTH = 0.7  # the last day brings this much more than the first
BROKEN = 0.03  # malformed documents for each report
AGAIN, CHANGED, SAME_ACCOUNT, BATCHES = 0.04, 0.03, 0.07, 0.006  # of reports
HANDED, MOST_HANDED = 0.06, 600  # of reports of a company with an account; each is several transactions
TOLD, MOST_TOLD = 0.012, 100  # of reports, evenly
UNFINISHED = 0.05  # begun and not finished, for each report handed over
BURST_SHARE, BURST_DAYS_AGO, BURST_BACKLOG = 0.04, 9, 2.5


class Document(Struct):
    """One file as it comes. `course` and `reference` are for the history; "" when it cannot be read."""

    name: str
    content: bytes
    reference: str = ""
    course: str = ""


class Delivery(Struct):
    """What is collected from the companies at one moment."""

    at: datetime
    documents: list[Document] = []
    handed: list[Handed] = []
    told: list[Told] = []
    backlog: float = 1.0  # how many times longer than usual what it brings waits for a decision


def deliveries(total: int, seed: int, ending: datetime) -> Iterator[Delivery]:
    """`total` reports over two years, until `ending`, with repeats, new versions and broken files."""
    maker, random = Maker(seed, total), Random(f"lapwing deliveries {seed}")  # noqa: S311  not for secrets
    sent: dict[str, deque[Made]] = {company.slug: deque(maxlen=40) for company in COMPANIES}
    weights = [company.weight for company in COMPANIES]
    tellers, number = Tellers(seed), 0
    handing, telling = min(HANDED, MOST_HANDED / total), round(1 / min(TOLD, MOST_TOLD / total))
    for delivery, count, only in _calendar(total, random, ending):
        for _ in range(count):
            number += 1
            company = only or random.choices(COMPANIES, weights)[0]
            if number % telling == telling // 2:
                delivery.told.append(tellers.tell())
                continue
            made = _next(maker, random, number, company, delivery.at, sent[company.slug])
            if company.by_account and made.report.batch is None and random.random() < handing:
                delivery.handed.append(Handed(made.report, made.course))
                if random.random() < UNFINISHED:
                    unfinished = _next(maker, random, number, company, delivery.at, deque())
                    how = random.choice([RETRACTED, LEFT])
                    delivery.handed.append(Handed(unfinished.report, unfinished.course, how))
                continue
            sent[company.slug].append(made)
            delivery.documents.append(document(made))
        if only is None:
            delivery.documents.extend(_besides(maker, random, delivery.at, sent, count))
        if delivery.documents or delivery.handed or delivery.told:
            yield delivery


def _calendar(total: int, random: Random, ending: datetime) -> list[tuple[Delivery, int, Company | None]]:
    """Every delivery of the two years with how many new reports it brings, in order of time.

    One is a burst: a company's backlog, sent within an hour, between two of the ordinary ones.
    """
    days, hours = (6, (7,)) if total <= FEW else (1, (6, 10, 14, 18))
    slots = [
        Delivery(ending - timedelta(days=ago) + timedelta(hours=hour, minutes=random.randrange(200)))
        for ago in range(DAYS, 0, -days)
        for hour in hours
    ]
    weights = [
        (1 + GROWTH * place / len(slots)) * (0.5 if slot.at.weekday() > 4 else 1)
        for place, slot in enumerate(slots)
    ]
    in_burst = round(total * BURST_SHARE)
    counts = _spread(total - in_burst, weights, random)
    calendar: list[tuple[Delivery, int, Company | None]] = [
        (slot, count, None) for slot, count in zip(slots, counts, strict=True)
    ]
    burst = Delivery(ending - timedelta(days=BURST_DAYS_AGO) + timedelta(hours=3), backlog=BURST_BACKLOG)
    calendar.append((burst, in_burst, BURST))
    return sorted(calendar, key=lambda entry: entry[0].at)


def _spread(total: int, weights: list[float], random: Random) -> list[int]:
    """`total` things over places in proportion to their weights, by chance."""
    edges, running = [], 0.0
    for weight in weights:
        running += weight
        edges.append(running)
    counts = [0] * len(weights)
    for _ in range(total):
        counts[bisect(edges, random.random() * running)] += 1
    return counts


def _next(
    maker: Maker, random: Random, number: int, company: Company, at: datetime, recent: deque[Made]
) -> Made:
    if company.format == "ncmec-report" and random.random() < BATCHES * 2:
        return maker.batch(number, company, at)
    if recent and random.random() < SAME_ACCOUNT:
        earlier = random.choice(recent)
        if earlier.course != "insufficient" and earlier.report.batch is None:
            return maker.make(number, company, earlier.course, at, again=earlier)
    course = random.choices(list(COURSES), list(COURSES.values()))[0]
    return maker.make(number, company, course, at)


def _besides(
    maker: Maker, random: Random, at: datetime, sent: dict[str, deque[Made]], count: int
) -> Iterator[Document]:
    """The same report again, a changed one, and what cannot be read."""
    some = [company for company in COMPANIES if sent[company.slug]]
    for _ in range(_some(random, count * AGAIN)):
        yield document(random.choice(sent[random.choice(some).slug]))
    for _ in range(_some(random, count * CHANGED)):
        company = random.choice(some)
        recent = sent[company.slug]
        place = random.randrange(len(recent))
        if recent[place].report.batch is None and recent[place].course not in INFORMATIONAL:
            recent[place] = maker.changed(recent[place], at)
            yield document(recent[place])
    for _ in range(_some(random, count * BROKEN)):
        yield _broken(random, document(random.choice(sent[random.choice(some).slug])))


def _some(random: Random, expected: float) -> int:
    """A whole number whose average is `expected`."""
    return int(expected) + (random.random() < expected % 1)


def document(made: Made) -> Document:
    """The bytes of a report in its company's format. NCMEC's has no number: its files' details bring it."""
    report = made.report
    stem = report.reference.lower()
    if report.format == "ncmec-report":
        return Document(f"{stem}.zip", _zipped(stem, report), report.reference, made.course)
    stream = io.BytesIO()
    FORMATS[report.format].write([report], stream)
    return Document(f"{stem}.json", stream.getvalue(), report.reference, made.course)


def _zipped(folder: str, report: Report) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (_, content) in enumerate(documents(report)):
            name = f"{folder}/file-{number}.xml" if number else f"{folder}/report.xml"
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _broken(random: Random, good: Document) -> Document:
    """A document as they really arrive broken: cut short, empty, a web page, noise, or with an entity."""
    stem = good.name.rpartition(".")[0]
    number = random.randrange(10**6)
    kinds = [
        (f"{stem}-cut-{number:06d}.json", good.content[: len(good.content) // 2]),
        (f"{stem}-empty-{number:06d}.xml", b""),
        (
            f"gateway-{number:06d}.xml",
            f"<html><body><h1>502 Bad Gateway</h1><p>{number}</p></body></html>".encode(),
        ),
        (f"{stem}-noise-{number:06d}.json", random.randbytes(300)),
        (
            f"entity-{number:06d}.xml",
            f'<?xml version="1.0"?><!DOCTYPE report [<!ENTITY a "{number}">]><report>&a;</report>'.encode(),
        ),
        (
            f"{stem}-half-{number:06d}.json",
            b'{"reportId": "' + str(number).encode() + b'", "reportedInformation": {',
        ),
    ]
    name, content = random.choice(kinds)
    return Document(name, content)
