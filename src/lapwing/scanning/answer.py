"""What a scan answers, in words: is there known material, and how sure that is."""

from collections.abc import Iterable

from lapwing.scanning.items import Matched
from lapwing.scanning.verdict import EXACT, Listed, Verdict


def known_material(verdict: Verdict) -> str:
    """Whether there is any. What was compared with nothing is never "none found"."""
    if not verdict.compared:
        return "Known material: not known, nothing was compared with a list"
    alike = files(verdict.matched - verdict.matched_exactly, "looks", "look")
    if verdict.matched_exactly:
        found = (
            f"Known material: yes. {files(verdict.matched_exactly, 'is', 'are')} on the lists compared with"
        )
        return found + (
            f", and {alike} like what is on them" if verdict.matched > verdict.matched_exactly else ""
        )
    if verdict.matched:
        return f"Known material: probably. {alike} like what is on the lists: a person decides"
    return "Known material: none found" + ("" if verdict.done else " so far")


def sentence(verdict: Verdict) -> str:
    """The answer, and what of the source it rests on."""
    found = known_material(verdict)
    if not verdict.done:
        finished = verdict.seen - sum(waits.files for waits in verdict.phases.values())
        names = "" if verdict.listed_whole else ", and not everything is listed yet"
        return (
            f"{found}; the scan is not done: {finished:,} of {verdict.seen:,} files are finished with{names}."
        )
    accounted = verdict.hashed + verdict.excluded + verdict.failed
    share = f"{accounted:,} of {files(verdict.seen, 'accounted', 'accounted')} for"
    unread = f", {verdict.failures:,} of them with a failure" if verdict.failures else ""
    return f"{found}; the scan is done: {share}{unread}."


def on_list(one: Listed) -> str:
    """How many files are on a list in a category, and how many only look like what is on it."""
    mark = "".join(sign if sign.isprintable() else "?" for sign in f"{one.dialect} category {one.category}")
    category = f", {mark}" if one.category else ""
    exactly = one.files if one.exactly is None else one.exactly
    alike = one.files - exactly
    said = [f"{exactly:,} on {one.list}"] if exactly or not alike else []
    said += [f"{alike:,} like what is on {one.list}"] if alike else []
    return " and ".join(said) + category


def matched(matches: Iterable[Matched]) -> str:
    """By which lists a file is known; and what it looks like, where none there is the same."""
    exact: dict[tuple[str, int, str], set[str]] = {}
    alike: dict[tuple[str, int, str], set[str]] = {}
    for one in matches:
        bits = f"{one.type}, {one.distance} bits apart"
        found, by = (exact, one.type) if one.type in EXACT else (alike, bits)
        found.setdefault((one.list, one.version, one.category), set()).add(by)
    looks = {mark: by for mark, by in alike.items() if mark not in exact}
    said = [f"on {_marked(mark, by)}" for mark, by in sorted(exact.items())]
    return "; ".join(
        said + [f"looks like what is on {_marked(mark, by)}" for mark, by in sorted(looks.items())]
    )


def _marked(mark: tuple[str, int, str], by: set[str]) -> str:
    name, version, category = mark
    return f"{name} {version} by {' and '.join(sorted(by))}{f', category {category}' if category else ''}"


def files(number: int, one: str, many: str) -> str:
    """So many files, with a verb."""
    return f"1 file {one}" if number == 1 else f"{number:,} files {many}"
