"""`wxpay-sandbox pay`: the payer's decision about an order."""

from typing import Any
from urllib.parse import quote

import click

from sandbox.cli.help import Command, command_option, say
from sandbox.cli.options import remote_options
from sandbox.cli.process import run
from sandbox.cli.remote import Place, place_in, reached, request
from sandbox.core.causes import Cause
from sandbox.core.client import Outcome
from sandbox.instance import CannotStart
from sandbox.words import terminal as words


@click.command(cls=Command)
@click.argument("out_trade_no")
@command_option("--mch-id", default="")
@command_option("--outcome", type=click.Choice([one.value for one in Outcome]), default="success", show_default=True)
@command_option("--reason", type=click.Choice([one.value for one in Cause]), metavar="CAUSE")
@command_option("--openid", default="")
@remote_options
def pay(out_trade_no: str, mch_id: str, outcome: str, reason: str | None, openid: str, **where: Any) -> None:
    """Decide for the payer what becomes of an order."""
    act = {"outcome": outcome, "reason": reason, "openid": openid}
    run(_pay(place_in(where), where["lang"], out_trade_no, mch_id, {name: one for name, one in act.items() if one}))


async def _pay(place: Place, lang: str | None, number: str, mch_id: str, act: dict[str, str]) -> None:
    async with reached(place, lang) as session:
        if not mch_id:
            found = (await request(session, "GET", "/_sandbox/orders", out_trade_no=number))["items"]
            mch_ids = sorted({one["mch_id"] for one in found})
            if not mch_ids:
                raise CannotStart(say(words.NO_ORDER, lang, out_trade_no=number))
            if len(mch_ids) > 1:
                raise CannotStart(say(words.WHOSE_ORDER, lang, out_trade_no=number, mch_ids=", ".join(mch_ids)))
            mch_id = mch_ids[0]
        path = f"/_sandbox/orders/{quote(mch_id, safe='')}/{quote(number, safe='')}/pay"
        answer = await request(session, "POST", path, act)
    order, result = answer["order"], answer["client_result"]
    told = " ".join(
        str(result[name]) for name in ("errCode", "errStr", "err_msg") if result.get(name) not in (None, "")
    )
    click.echo(say(words.PAID, lang, out_trade_no=number, state=order["trade_state"], result=told))
