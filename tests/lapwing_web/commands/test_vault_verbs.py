"""The vault through real processes: set up, filled, damaged, verified, opened elsewhere, and taken in."""

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.own_site import ROOT, Site

KEEP = """
from lapwing_web.audit.actions import recorded
from lapwing_web.intake.actions.sealing import keep_sealed, seal
staged = seal([b"a dull file"])
with recorded():
    print(keep_sealed(staged, matches=[]).object_name)
"""
LAPWING = "import sys; from lapwing.cli import main; sys.exit(main(sys.argv[1:]))"


def lapwing(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", LAPWING, *map(str, words)]
    where = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    return subprocess.run(command, capture_output=True, text=True, env=where)


def fresh(site: Site, tmp_path: Path) -> Site:
    """The site with a home where no key has been made."""
    site.home = tmp_path / "elsewhere" / "state"
    site.home.mkdir(parents=True)
    site.environment |= {"LAPWING_HOME": str(site.home), "LAPWING_VAULT_ROOM": "0"}
    return site


def test_a_test_site_is_given_a_key_whose_private_half_is_outside(own_site: Site, tmp_path: Path) -> None:
    site = fresh(own_site, tmp_path)
    said = site.run("setup").stdout
    private = site.home.with_name("state-vault-private-key.txt")
    assert f"its private half is in {private}" in said
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    secret = private.read_text().splitlines()[-1]
    assert secret.startswith("AGE-SECRET-KEY-")
    for path in site.home.rglob("*"):
        assert not path.is_file() or secret.encode() not in path.read_bytes()
    assert "private half" not in site.run("setup").stdout
    (site.home / "vault-recipients.txt").unlink()
    site.run("setup")
    assert private.read_text().splitlines()[-1] == secret


def test_a_live_site_refuses_until_it_has_a_key(own_site: Site, tmp_path: Path) -> None:
    site = fresh(own_site, tmp_path)
    site.environment["LAPWING_ENVIRONMENT"] = "live"
    assert "Uploads are refused" in site.run("setup").stdout
    assert not list(site.home.parent.glob("*private*"))
    with pytest.raises(AssertionError, match="VaultClosed"):
        site.python(KEEP)
    site.environment["LAPWING_ENVIRONMENT"] = "test"
    site.run("setup")
    assert site.python(KEEP).strip().endswith(".age")
    site.environment["LAPWING_ENVIRONMENT"] = "live"
    with pytest.raises(AssertionError, match="its key is a test key"):
        site.python(KEEP)
    site.environment["LAPWING_ENVIRONMENT"] = "production"
    assert "it can be test or live" in site.run("setup", check=False).stderr


def test_the_whole_path_of_a_sealed_file(own_site: Site, tmp_path: Path) -> None:
    site = fresh(own_site, tmp_path)
    site.run("setup")
    name = site.python(KEEP).strip()
    key, store = site.home.with_name("state-vault-private-key.txt"), site.home / "vault"
    assert "1 sealed files were read; 0 are at fault" in site.run("verify-vault").stdout
    (tmp_path / "list").write_text(name[3:67])
    log, to = tmp_path / "log", tmp_path / "to"
    words = ["--key", key, "--store", store, "--to", to, "--purpose", "To grade it", "--by", "Officer A"]
    done = lapwing("vault", "open", tmp_path / "list", *words, "--log", log)
    assert done.returncode == 0, done.stderr
    assert (to / name[3:67]).read_bytes() == b"a dull file"
    public = next(line for line in key.read_text().splitlines() if "log key" in line).split()[-1]
    assert lapwing("vault", "check-log", log, "--public", public).returncode == 0
    assert "1 lines were taken in; 0 had been" in site.run("take-openings", log, "--public", public).stdout
    assert "0 lines were taken in; 1 had been" in site.run("take-openings", log, "--public", public).stdout
    log.write_bytes(log.read_bytes() + b"{}\n")
    assert site.run("take-openings", log, "--public", public, check=False).returncode == 1
    assert site.run("take-openings", tmp_path / "no", "--public", public, check=False).returncode == 2
    (store / name).write_bytes((store / name).read_bytes()[:-1])
    damaged = site.run("verify-vault", "--sweep", check=False)
    assert damaged.returncode == 1
    assert f"changed: {name}" in damaged.stdout


KEEP_ON = """
import os
from lapwing_web.audit.actions import recorded
from lapwing_web.intake.actions.sealing import keep_sealed, seal
for n in range(10_000):
    staged = seal([os.urandom(50_000 * (n % 8))])
    with recorded():
        file = keep_sealed(staged, matches=[])
    print(file.object_name, flush=True)
"""


NAMES = """
from lapwing_web.intake.models import SealedFile
print(*SealedFile.objects.values_list("object_name", flat=True))
"""


@pytest.mark.durability
def test_killed_at_any_moment_what_was_said_to_be_kept_is_kept(own_site: Site, tmp_path: Path) -> None:
    site = fresh(own_site, tmp_path)
    site.run("setup")
    said: list[str] = []
    for n in range(5):
        command = [sys.executable, "-c", "import django; django.setup()\n" + KEEP_ON]
        with subprocess.Popen(command, env=site.environment, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            said.append(process.stdout.readline().strip())
            time.sleep(0.07 * n)
            process.kill()
            said += [line.strip() for line in process.stdout if line.endswith("\n")]
    names = set(site.python(NAMES).split())
    assert set(said) <= names
    assert f"{len(names)} sealed files were read; 0 are at fault" in site.run("verify-vault").stdout


@pytest.mark.durability
def test_the_clocks_verify_the_vault_beside_them(own_site: Site, tmp_path: Path) -> None:
    site = fresh(own_site, tmp_path)
    site.run("setup")
    name = site.python(KEEP).strip()
    (site.home / "vault" / name).unlink()
    runner = site.start("clocks", "--every", "0.05", "--vault-every", "0.05")
    assert runner.stdout is not None
    assert "every 0.05 seconds" in runner.stdout.readline()
    assert runner.stdout.readline().strip().endswith(f"is missing: {name}")
    runner.terminate()
    assert runner.wait(10) == 0
