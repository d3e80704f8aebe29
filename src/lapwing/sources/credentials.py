"""Secrets, taken from where a source says they are, at the moment they are sent. No message has one."""

import base64
import os
import stat
from pathlib import Path

from lapwing.sources.configured import BadSources, Source

LONGEST = 4096  # bytes of a secret
OTHERS = stat.S_IROTH | stat.S_IWOTH


def headers(source: Source) -> dict[str, str]:
    """What says who asks; nothing where nobody need. Raises BadSources where a secret is not to be had."""
    if source.token_variable or source.token_file:
        token = _secret(source.token_variable, source.token_file)
        if not token.isascii():
            raise BadSources("a token is ASCII: no header can hold this one")
        return {"authorization": f"Bearer {token}"}
    if source.user_variable:
        password = _secret(source.password_variable, source.password_file)
        said = f"{_secret(source.user_variable, '')}:{password}"
        return {"authorization": f"Basic {base64.b64encode(said.encode()).decode()}"}
    return {}


def _secret(variable: str, file: str) -> str:
    secret = _from_file(Path(file)) if file else os.environ.get(variable, "")
    if not secret:
        raise BadSources(f"{file} is empty" if file else f"{variable} is not set")
    if not secret.isprintable():
        raise BadSources(f"{file or variable} is not one line of text")
    return secret


def _from_file(path: Path) -> str:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # a pipe would wait for somebody to write
    except OSError as error:
        raise BadSources(f"{path}: {error.strerror}") from None
    try:
        mode = os.fstat(handle).st_mode
        if not stat.S_ISREG(mode):
            raise BadSources(f"{path} is not a file")
        if mode & OTHERS:
            raise BadSources(f"{path} is open to everybody on this machine: chmod 640 or less")
        return os.read(handle, LONGEST).decode(errors="replace").strip("\r\n")
    finally:
        os.close(handle)
