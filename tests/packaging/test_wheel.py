"""What is shipped: every file that the program reads must be found, in a checkout and in an installed wheel alike."""

from pathlib import Path

import pytest

import sandbox
from sandbox.config import shipped
from sandbox.store import migrations


@pytest.mark.parametrize(
    "path",
    [
        "templates/console/orders.html",
        "templates/cashier/pay.html",
        "static/vendor/htmx.min.js",
        "static/weui/weui.css",
        "static/licenses",
        "scenarios",
        "examples/shop/shop.py",
    ],
)
def test_shipped_files_are_found(path: str) -> None:
    folder, _, rest = path.partition("/")
    assert (shipped(folder) / rest).exists()


def test_the_package_is_typed() -> None:
    assert (Path(sandbox.__file__).parent / "py.typed").exists()


def test_migrations_are_there() -> None:
    assert list((Path(migrations.__file__).parent / "versions").glob("0001_*.py"))
