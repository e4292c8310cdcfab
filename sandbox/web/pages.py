"""Pages for people: templates, languages, headers that keep hostile text harmless."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, cast

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from jinja2.ext import Extension

from sandbox import __version__, words
from sandbox.config import shipped
from sandbox.core import currency, ids
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


class FormTokens(Extension):
    """Puts the page's token into every form of a template that posts, as it is read: no form can be without."""

    _FORM = re.compile(r"<form\b(?:\{\{.*?\}\}|\{%.*?%\}|[^>])*>", re.DOTALL)
    _POSTS = re.compile(r"method\s*=\s*[\"']?post", re.IGNORECASE)
    _FIELD = f'<input type="hidden" name="{FIELD}" value="{{{{ {FIELD} }}}}">'

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return self._FORM.sub(lambda form: form[0] + (self._FIELD if self._POSTS.search(form[0]) else ""), source)


@cache
def environment() -> Environment:
    """One for all sandboxes of the process: compiling a page's templates takes ten times what showing it does."""
    made = Environment(
        loader=FileSystemLoader(shipped("templates")),
        extensions=[FormTokens],
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["yuan"] = yuan
    made.filters["beijing"] = beijing
    made.filters |= {"price": currency.written, "number_in": currency.number, "in_cny": currency.in_cny}
    made.globals |= {"version": __version__, "words": words}
    return made


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
