"""Pages for people: templates, languages, headers that keep hostile text harmless."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast

from aiohttp import web

from sandbox.core import ids
from sandbox.core.text import Lang, Text
from sandbox.web.proof import FIELD, PageTokens

LANG_COOKIE = "lang"
THEME_COOKIE = "theme"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
)


def yuan(fen: int) -> str:
    """1234 -> 12.34, with thousands separated."""
    return f"{fen / 100:,.2f}" if abs(fen) < 10**15 else f"{fen // 100:,}.{fen % 100:02}"


def beijing(at: datetime | None, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    """An instant as Beijing's clock shows it."""
    return ids.beijing(at, form) if at else ""


Language = Callable[[web.Request], Lang]
"""In which language somebody reads."""


def language(request: web.Request, default: str = "") -> Lang:
    """The reader's language: chosen (`?lang=`, then cookie), the sandbox's default, the browser's, Chinese."""
    wanted = [request.query.get("lang", ""), request.cookies.get(LANG_COOKIE, ""), default]
    wanted += [part.strip() for part in request.headers.get("Accept-Language", "").split(",")]
    for one in wanted:
        if one[:2].lower() in ("zh", "en"):
            return cast(Lang, one[:2].lower())
    return "zh"


class Pages:
    """Renders templates. In a template `t(text)` says a Text in the reader's language."""

    def __init__(self, tokens: PageTokens, default_lang: str = "") -> None:
        self._tokens = tokens
        self._default_lang = default_lang

    def language(self, request: web.Request) -> Lang:
        return language(request, self._default_lang)

    def render(
        self,
        request: web.Request,
        template: str,
        context: Mapping[str, Any],
        *,
        status: int = 200,
        ancestors: str = "'self'",
    ) -> web.Response:
        """A whole page or a part of one. `ancestors` says who may show it in a frame (CSP frame-ancestors)."""
        lang = self.language(request)

        def t(text: Text, **facts: object) -> str:
            return text.say(lang, **facts)

        theme = request.cookies.get(THEME_COOKIE, "")
        known = {
            "t": t,
            "lang": lang,
            "theme": theme if theme in ("light", "dark") else "",
            "request": request,
            FIELD: self._tokens.of(request.path),
        }
        from sandbox.web.templates import environment  # noqa: PLC0415 - a start needs no page

        text = environment().get_template(template).render({**known, **context})
        response = web.Response(text=text, status=status, content_type="text/html")
        response.headers.update(page_headers(ancestors))
        response.enable_compression()
        return response


def page_headers(ancestors: str = "'self'") -> dict[str, str]:
    return {
        "Content-Security-Policy": _POLICY.format(ancestors=ancestors),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
