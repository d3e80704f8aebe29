"""The choice of a path for the heavy loops."""

import pytest

from lapwing import native


def test_numpy_is_always_there_and_first() -> None:
    assert native.PATHS[0] == native.NUMPY


def test_the_fastest_is_taken_unless_another_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(native.VARIABLE, raising=False)
    assert native.path_in_use() == native.PATHS[-1]
    monkeypatch.setenv(native.VARIABLE, native.NUMPY)
    assert native.path_in_use() == native.NUMPY
    assert native.path_in_use(native.PATHS[-1]) == native.PATHS[-1]


def test_a_path_that_is_not_here_is_refused_with_those_that_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(native.VARIABLE, "abacus")
    with pytest.raises(ValueError, match=r"'abacus' here: there are numpy"):
        native.path_in_use()
