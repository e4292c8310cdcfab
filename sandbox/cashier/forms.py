"""What the cashier's forms say."""

from aiohttp import web

from sandbox.core.causes import Cause
from sandbox.core.client import Outcome
from sandbox.core.text import Text
from sandbox.core.usecases.payments import Act
from sandbox.words import cashier as words

FORM_LIMIT = 16 * 1024
PASSWORD_DIGITS = 6


class NotUnderstood(Exception):
    """A form that the page itself would not send; the sentence says what is wrong with it."""

    def __init__(self, sentence: Text) -> None:
        super().__init__(sentence.en)
        self.sentence = sentence


async def read_form(request: web.Request) -> dict[str, str]:
    """The form's fields, first of each; raises NotUnderstood for anything that is not a small form."""
    if request.content_type != "application/x-www-form-urlencoded" or (request.content_length or 0) > FORM_LIMIT:
        raise NotUnderstood(words.BAD_FORM)
    try:
        sent = await request.post()
    except (LookupError, UnicodeDecodeError):
        raise NotUnderstood(words.BAD_FORM) from None
    return {name: value for name, value in sent.items() if isinstance(value, str)}


def act_of(form: dict[str, str]) -> Act:
    """What the payer did; raises NotUnderstood. Whether the payer has such a card is for the payer to say."""
    act = form.get("act", "")
    if act == "cancel":
        return Act(outcome=Outcome.CANCEL)
    if act == "fail":
        if form.get("cause", "") not in set(Cause):
            raise NotUnderstood(words.BAD_FORM)
        return Act(outcome=Outcome.ERROR, cause=Cause(form["cause"]))
    if act != "pay":
        raise NotUnderstood(words.BAD_FORM)
    password = form.get("password", "")
    if not (len(password) == PASSWORD_DIGITS and password.isascii() and password.isdigit()):
        raise NotUnderstood(words.PASSWORD_WRONG)
    return Act(outcome=Outcome.SUCCESS, bank_type=form.get("bank_type", ""))
