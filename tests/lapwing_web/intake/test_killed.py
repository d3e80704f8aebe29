"""Processes of the site are killed while companies report; what was acknowledged is there, once, whole.

The long run is `python -m tests.killing --times 200`.
"""

from tests.killing import run
from tests.own_site import Site

TIMES = 4


def test_what_was_acknowledged_survives_any_death(own_site: Site) -> None:
    told, wrong, killed = run(own_site, TIMES)
    assert not wrong, "\n".join(wrong[:5])
    assert sum(killed.values()) == TIMES
    assert told.finished
