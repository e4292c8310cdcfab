"""Proof that a person's browser sent it: a token that our own pages carry, and that nobody else can read.

Another site's page cannot read ours; a notification, or whatever else posts blindly to this machine, never saw one.
"""

import hmac

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler
from multidict import MultiDictProxy

from sandbox.core.merchants import Secret
from sandbox.web.access import is_guarded
from sandbox.web.errors import Refused

FIELD = "page_token"
"""The field in every form that posts; `pages` writes it there."""
HEADER = "Page-Token"
"""What a script sends beside a form, or instead."""
KEY_NAME = "pages"
"""Under which the store keeps the key that the tokens derive from, and logins."""

_STREAMED: set[object] = set()
_UNREADABLE = (LookupError, ValueError, RuntimeError, AssertionError, HttpProcessingError, web.RequestPayloadError)
"""All that aiohttp raises over a broken form: charset, percent-encoding, boundary, parts, compression."""


def streamed(handler: Handler) -> Handler:
    """Marks a handler that reads its large form part by part: the form has its token in the address it leads to."""
    _STREAMED.add(handler)
    return handler


class PageTokens:
    """Derives the tokens from one key, so that a page that stays open outlives a restart of the sandbox."""

    def __init__(self, key: Secret) -> None:
        self._key = key.encode()

    def of(self, path: str) -> str:
        """The token of the page at `path` and of the forms that lead there: 64 hex digits.

        Pages that are open to all have one of their own: who reads it learns nothing of the console's.
        """
        area = b"guarded" if is_guarded(path) else b"open"
        return hmac.new(self._key, area, "sha256").hexdigest()

    async def check(self, request: web.Request) -> None:
        """Raise Refused unless the request carries the token of the page that it comes from."""
        given = await _given(request)
        expected = self.of(request.path).encode()
        if not (isinstance(given, str) and hmac.compare_digest(given.encode("utf-8", "replace"), expected)):
            raise Refused(403, "stale_page", "No page of this sandbox sent this; reload the page and try again.")


async def _given(request: web.Request) -> object:
    if request.match_info.handler in _STREAMED and request.content_type.startswith("multipart/"):
        return request.query.get(FIELD, "")
    return (await _form(request)).get(FIELD) or request.headers.get(HEADER, "")


async def _form(request: web.Request) -> MultiDictProxy[str | bytes | bytearray | web.FileField]:
    """The form, which the handlers then find read; raises Refused where it is broken or holds a file."""
    try:
        form = await request.post()
    except web.HTTPRequestEntityTooLarge:
        raise Refused(413, "form_too_large", "The form that was sent is too large.") from None
    except _UNREADABLE:
        raise _unreadable() from None
    if not all(isinstance(value, str) for value in form.values()):
        raise _unreadable()
    return form


def _unreadable() -> Refused:
    return Refused(400, "form_unreadable", "The form that was sent cannot be read.")
