"""Which database it is: the setting as it may be written, and as people are told of it.

A PostgreSQL goes by a URL as its own programs take one, https://www.postgresql.org/docs/current/libpq-connect.html.
"""

import re
from urllib.parse import parse_qs, urlsplit

POSTGRESQL = ("postgresql://", "postgres://")
FORM = "postgresql://USER:PASSWORD@HOST:PORT/NAME"

_HOST = re.compile(r"(?P<host>\[.+\]|[^\[\]:]*)(?::(?P<port>[0-9]{0,9}))?")
_PASSWORD = re.compile(r"(?<=://)([^:@/]*):.*@", re.DOTALL)


def is_postgresql(database: str) -> bool:
    return database.startswith(POSTGRESQL)


def shown(database: str) -> str:
    """A database as people know it: postgresql://HOST:PORT/NAME, or what else was written; never a password."""
    if not is_postgresql(database):
        return _PASSWORD.sub(r"\1:***@", database)
    if wrong_in(database):
        return FORM
    parts = urlsplit(database)
    return f"postgresql://{parts.netloc.rpartition('@')[2]}{parts.path}"


def wrong_in(url: str) -> str:
    """What is wrong with the URL of a PostgreSQL, "" if nothing is: words that follow on "it", and quote nothing."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "has a host in brackets that is no IPv6 address"
    user, _, hosts = parts.netloc.rpartition("@")
    if "@" in user or parts.fragment or ("@" in parts.path + parts.query and not user):
        return "has a user or password in which /, ?, # or @ is not percent-encoded"
    for one in hosts.split(",") if hosts else ():
        found = _HOST.fullmatch(one)
        if found is None or not 0 < int(found["port"] or 1) <= 65535:
            return "has a port that is no number from 1 to 65535"
        if not found["host"]:
            return "has a port without a host"
    try:
        options = parse_qs(parts.query, strict_parsing=True) if parts.query else {}
    except ValueError:
        return "has options that are not NAME=VALUE&NAME=VALUE"
    return "" if parts.path.strip("/") or options.keys() & {"dbname", "database"} else "names no database"
