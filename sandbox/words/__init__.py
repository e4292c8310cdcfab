"""Every sentence a person reads, in Chinese and English. WeChat's own texts are not translated."""

from importlib import import_module
from types import ModuleType


def __getattr__(name: str) -> ModuleType:
    """A module of sentences by its name: templates say `words.console.SAVE`."""
    try:
        return import_module(f"{__name__}.{name}")
    except ModuleNotFoundError:
        raise AttributeError(name) from None
