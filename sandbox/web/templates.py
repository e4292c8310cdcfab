"""The templates of the pages, as jinja2 reads them: imported with the first page."""

import re
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from jinja2.ext import Extension

from sandbox import __version__, words
from sandbox.config import shipped
from sandbox.core import currency
from sandbox.web.pages import beijing, yuan
from sandbox.web.proof import FIELD


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
