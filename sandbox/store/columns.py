"""How values stand in columns: moments, small things as JSON, origins, and the terms of an order or a refund."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import BigInteger, Row, String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from sandbox.core.origin import Origin

T = TypeVar("T")

_encode = msgspec.json.Encoder().encode
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Bytewise(TypeDecorator[str]):
    """A string as PostgreSQL keeps it: compared byte by byte, as in SQLite; and U+FFFD for NUL, which it refuses."""

    impl = String
    cache_ok = True

    def __init__(self) -> None:
        super().__init__(collation="C")

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return value.replace("\0", "\ufffd") if value and "\0" in value else value


class Converting(TypeDecorator[T]):
    """A column whose values go to the driver as `converted` makes them, and come back as `restored` has them."""

    @staticmethod
    def converted(value: Any) -> Any:
        """What the driver is given for a value that is not None."""
        raise NotImplementedError

    @staticmethod
    def restored(kept: Any) -> Any:
        """What the driver gave, as the value that it was; neither is None."""
        raise NotImplementedError

    def process_bind_param(self, value: T | None, dialect: Dialect) -> Any:
        return None if value is None else self.converted(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> T | None:
        return None if value is None else self.restored(value)


class Instant(Converting[datetime]):
    """An aware datetime, kept as an integer of microseconds: exact, sortable, the same in every database."""

    impl = BigInteger
    cache_ok = True

    @staticmethod
    def converted(value: datetime) -> int:
        return (value - _EPOCH) // _MICROSECOND

    @staticmethod
    def restored(kept: int) -> datetime:
        return _EPOCH + timedelta(microseconds=kept)


class Packed(Converting[Any]):
    """A small value kept as JSON text."""

    impl = Text
    cache_ok = True

    @staticmethod
    def converted(value: Any) -> str:
        return _encode(value).decode()

    @staticmethod
    def restored(kept: str) -> Any:
        return msgspec.json.decode(kept) if kept else None


class Belonging(Converting[Origin]):
    """An origin kept as JSON text. There are few of them, so each is written and read once."""

    impl = Text
    cache_ok = True

    @staticmethod
    def converted(value: Origin) -> str:
        return _written(value)

    @staticmethod
    def restored(kept: str) -> Origin | None:
        return _read(kept) if kept else None


@lru_cache(256)
def _written(origin: Origin) -> str:
    return msgspec.json.encode({"face": origin.face, "facts": dict(origin.facts)}).decode()


@lru_cache(256)
def _read(text: str) -> Origin:
    kept = msgspec.json.decode(text)
    return Origin(kept["face"], MappingProxyType(kept["facts"]))


class PackedTerms(Generic[T]):
    """How the terms of a class are kept: `columns` hold what is searched, one JSON object whatever else was asked for.

    A field that has its default is left out; so a new field needs no migration, and what was never sent takes no room.
    """

    def __init__(self, of: type[T], *columns: str) -> None:
        rest = [field for field in fields(of) if field.name not in columns]  # type: ignore[arg-type]
        # A struct in between, since msgspec leaves defaults out of structs alone, and faster than we could.
        shape = [(one.name, one.type) if one.default is MISSING else (one.name, one.type, one.default) for one in rest]
        self._kept = msgspec.defstruct(f"Kept{of.__name__}", shape, omit_defaults=True)
        self._values = attrgetter(*[field.name for field in rest])
        self._of, self._columns = of, columns

    def pack(self, terms: T) -> msgspec.Struct:
        """What the column `terms` takes."""
        return self._kept(*self._values(terms))

    def unpack(self, row: Row[Any]) -> T:
        """The terms that a row holds."""
        kept: Mapping[str, Any] = row.terms
        return msgspec.convert({**kept, **{name: getattr(row, name) for name in self._columns}}, self._of)
