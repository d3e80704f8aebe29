"""The house's own rules, read from the source: sizes, names, who may write, which way foreign keys point."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignKey, ManyToManyField

ROOT = Path(__file__).resolve().parents[2]
SOURCE = sorted(p for p in (ROOT / "src").rglob("*.py") if "migrations" not in p.parts)
OTHERS = sorted([*(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")])
OTHERS = [p for p in OTHERS if "node_modules" not in p.parts]
VIEWS = [p for p in SOURCE if p.name == "views.py" or p.parent.name == "views"]
BANNED = {"utils", "helpers", "common", "core", "base", "service", "manager", "misc"}
WRITES = {
    "save",
    "create",
    "update",
    "delete",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
}
APPS_FROM_RIGHT = ["audit", "staff", "jobs", "notifications", "clocks", "intake", "casework"]
APPS_FROM_RIGHT += ["offenders", "prevention", "insight", "front"]


def place(path: Path, node: ast.AST | None = None) -> str:
    return f"{path.relative_to(ROOT)}" + (f":{node.lineno}" if node is not None else "")  # type: ignore[attr-defined]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_file_is_past_400_lines() -> None:
    long = [f"{place(p)}: {n}" for p in SOURCE + OTHERS if (n := len(p.read_text().splitlines())) > 400]
    assert not long, "\n".join(long)


def test_no_function_is_past_40_lines() -> None:
    long = [f"{place(p, f)} {f.name}: {n}" for p in SOURCE for f in functions(p) if (n := lines_of(f)) > 40]
    assert not long, "\n".join(long)


def test_no_view_is_past_15_lines() -> None:
    long = [f"{place(p, f)} {f.name}: {n}" for p in VIEWS for f in functions(p) if (n := lines_of(f)) > 15]
    assert not long, "\n".join(long)


def test_no_module_is_a_drawer() -> None:
    assert not [place(p) for p in SOURCE if p.stem in BANNED or p.parent.name in BANNED]


def test_every_module_says_what_it_is_for() -> None:
    assert not [place(p) for p in SOURCE if not ast.get_docstring(ast.parse(p.read_text()))]


def test_a_view_never_writes() -> None:
    found = []
    for path in VIEWS:
        calls = [node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
        methods = [func for func in calls if isinstance(func, ast.Attribute) and func.attr in WRITES]
        found += [f"{place(path, method)} .{method.attr}()" for method in methods]
    assert not found, "\n".join(found)


def test_foreign_keys_point_the_way_imports_do() -> None:
    wrong = []
    for model in apps.get_models():
        if not model.__module__.startswith("lapwing_web."):
            continue
        here = APPS_FROM_RIGHT.index(model._meta.app_label)
        for field in model._meta.get_fields():
            if not isinstance(field, ForeignKey | ManyToManyField):
                continue
            there = field.related_model._meta.app_label
            if there in APPS_FROM_RIGHT and APPS_FROM_RIGHT.index(there) > here:
                wrong.append(f"{model.__name__}.{field.name}")
    assert not wrong


@pytest.mark.parametrize("word", ["get_signal", "post_save", "pre_save", "post_delete", "m2m_changed"])
def test_no_signal_is_used(word: str) -> None:
    assert not [place(p) for p in SOURCE if word in p.read_text()]


def test_no_address_of_a_download_is_in_a_lock_file() -> None:
    locks = [*(ROOT / "requirements").glob("*.txt"), *ROOT.glob("tests/**/package-lock.json")]
    locks = [p for p in locks if "node_modules" not in p.parts]
    assert locks
    named = [
        place(p)
        for p in locks
        for line in p.read_text().splitlines()
        if "resolved" in line or "index-url" in line
    ]
    assert not named
