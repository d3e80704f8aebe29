"""Taking files in when nobody waits for the summary."""

import os
import subprocess
from pathlib import Path

from tests.mixture import document, report
from tests.own_site import Site


def test_a_reader_that_has_gone_is_no_fault_of_ingest(own_site: Site, tmp_path: Path) -> None:
    file = tmp_path / "good.json"
    file.write_bytes(document(report(1)))
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "wb") as unheard:
        done = subprocess.run(
            own_site.command("ingest", file),
            env=own_site.environment,
            stdout=unheard,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, b"")
    assert '"new": 1' in own_site.run("reconcile").stdout
