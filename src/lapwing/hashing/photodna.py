"""PhotoDNA: 144 bytes that are carried and compared exactly. What they mean is its owner's, and not here.

Whoever has a licence names a module that works values out, in LAPWING_PHOTODNA (docs/hashing.md):

- `package.module:function`, which is given the path, bytes, and returns 144 bytes;
- or a command with its arguments, which is given the path as one more and prints the value in base64.
"""

import base64
import binascii
import os
import shlex
import subprocess
from importlib import import_module

from lapwing.hashing.failures import CannotHash

SIZE = 144  # bytes
VARIABLE = "LAPWING_PHOTODNA"


def parse(value: str) -> bytes:
    """The value of the text that VICS has: base64, or hexadecimal. Raises ValueError."""
    if len(value) == 2 * SIZE:
        return bytes.fromhex(value)
    try:
        raw = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("it is not a PhotoDNA value: neither base64 nor hexadecimal") from None
    if len(raw) != SIZE:
        raise ValueError(f"a PhotoDNA value has {SIZE} bytes, and this has {len(raw)}")
    return raw


def text(value: bytes) -> str:
    """The value in base64."""
    return base64.b64encode(value).decode("ascii")


def configured() -> bool:
    """Whether a licensed module is named."""
    return bool(os.environ.get(VARIABLE))


def photodna_of(path: bytes, seconds: float) -> bytes:
    """What the licensed module gives for a picture file. Raises CannotHash when it gives no value."""
    named = os.environ[VARIABLE]
    try:
        if ":" in named and not set(named) & set(" /\\"):
            module, _, function = named.partition(":")
            value = getattr(import_module(module), function)(path)
        else:
            value = _by_command(shlex.split(named), path, seconds)
    except Exception as error:  # a licensed module is code of others, and one picture must not end the scan
        raise CannotHash("photodna_failed", type(error).__name__) from error
    if not isinstance(value, bytes) or len(value) != SIZE:
        raise CannotHash("photodna_failed", f"it gave no {SIZE} bytes")
    return value


def _by_command(command: list[str], path: bytes, seconds: float) -> bytes:
    done = subprocess.run(  # noqa: S603 (the command is the site's own setting)
        [*command, os.path.abspath(path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=seconds,
        check=True,
    )
    return parse(done.stdout.decode("ascii").strip())
