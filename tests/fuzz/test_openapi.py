"""Schemathesis against the OpenAPI document: the live site on loopback, a real database, every check on.

A failure prints the requests and the seed.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
from tests.cast import Cast
from tests.fuzz.budget import CASES, SECONDS, TIMES

from lapwing.vault import Identities
from lapwing_web.audit.actions import Rule
from lapwing_web.intake.actions.accounts import add_account, add_key

BY = Rule("test:openapi")
ROOT = Path(__file__).resolve().parents[2]
CONFIG = Path(__file__).with_name("schemathesis.toml")


def test_the_site_does_what_its_document_says(
    live_server: Any, cast: Cast, vault: Identities, settings: Any, tmp_path: Path
) -> None:
    settings.AXES_FAILURE_LIMIT = 10**6  # wrong keys by the hundred, each to be told 401
    key = add_key(add_account("Example Social", environment="test", by=BY)[0], by=BY)
    command = [
        sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG),
        "run", f"{live_server.url}/api/v1/openapi.json",
        "--max-examples", str(CASES), "--max-time", str(SECONDS), "--warnings", "off", "--no-color",
    ]  # fmt: skip
    if TIMES == 1:  # the same cases for everybody: what lands is not turned away by another's luck
        command += ["--seed", "1"]
    hooks = {"SCHEMATHESIS_HOOKS": "tests.fuzz.hooks", "PYTHONPATH": str(ROOT), "LAPWING_KEY": key}
    run = subprocess.run(command, cwd=tmp_path, env=os.environ | hooks, capture_output=True, text=True)
    said = "\n".join(line[:3000] for line in (run.stdout + run.stderr).splitlines())
    assert run.returncode == 0, said
    assert "8 selected / 8 total" in run.stdout


def test_the_examples_of_the_document_are_valid_by_it(client: Any, db: None) -> None:
    made = client.get("/api/v1/openapi.json").json()
    checked = 0
    for operations in made["paths"].values():
        for operation in operations.values():
            bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
            for media in (one for body in bodies for one in body.get("content", {}).values()):
                if "example" in media:
                    schema = {**media["schema"], "components": made["components"]}
                    jsonschema.validate(media["example"], schema)
                    checked += 1
    assert checked > 40
