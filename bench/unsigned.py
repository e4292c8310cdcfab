"""The sandbox without APIv3's signatures, which bench.signing measures it against: python -m bench.unsigned serve ...

Who calls is believed to be the default merchant: no header is read for it, no key is looked for, nothing is verified
and nothing signed. Everything else is the program as it is.
"""

from sandbox.api.pipeline import InTransaction, Pipeline
from sandbox.cli.main import main
from sandbox.core.credentials import Credentials
from sandbox.core.journal import SignatureState
from sandbox.core.order_keys import OrderKey
from sandbox.core.usecases.accounts import DEFAULT_MERCHANT
from sandbox.v3 import answers, pipeline
from sandbox.v3.call import V3Call

LEFT_OUT = (
    *("read_authorization", "require_timely", "find_merchant", "find_certificate"),
    *("verify_sign", "require_sign", "note_nonce"),
)


def believe(call: V3Call) -> None:
    """In the place of the Authorization header and all that follows from it."""
    mch_id = DEFAULT_MERCHANT.mch_id
    call.belongs_to(OrderKey(mch_id, ""))
    call.merchant = call.services.storage.accounts.merchant(mch_id)
    call.credentials = Credentials(call.merchant, call.services.clock.real_now())
    call.exchange.signature = SignatureState.OK


def only_word(call: V3Call) -> bool:
    """In the place of `sign`: the answer's body alone."""
    call.answered = answers.written(call.told or {})
    return False


def unsigned() -> Pipeline[V3Call]:
    """The steps of an endpoint's call, in their order, without those of its signatures."""
    given = {getattr(step, "__name__", ""): step for step, _ in pipeline.ENDPOINT._steps}
    steps = [step for name, step in given.items() if name not in LEFT_OUT and not isinstance(step, InTransaction)]
    first = steps.index(given["require_headers"]) + 1
    last = steps.index(given["await_notification"])
    answering = InTransaction(pipeline.perform, only_word, pipeline.write)
    return Pipeline(steps=(*steps[:first], believe, *steps[first:last], answering, *steps[last:]))


if __name__ == "__main__":
    pipeline.ENDPOINT = unsigned()
    main(prog_name="wxpay-sandbox")
