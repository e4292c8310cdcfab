"""What a call of V3 says, whatever it is: whose it is, and which order it is about."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from sandbox.core.errors import PaymentError
from sandbox.core.merchants import Accounts, Merchant
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Terms
from sandbox.core.ports.storage import UnitOfWork
from sandbox.v3.errors import Failure, Json


class RequestInvalid(PaymentError):
    """The request has not the shape of its endpoint: how that is told, and what its developer is told besides."""

    def __init__(self, failure: Failure, fault: str, **facts: str | int) -> None:
        super().__init__(failure.message)
        self.failure, self.fault, self.facts = failure, fault, facts


@dataclass(frozen=True, slots=True)
class Said:
    """All that a call says: in its path, its query, its body; `body` is None where there was none."""

    path: Mapping[str, str]
    query: Mapping[str, Json]
    body: Json = None


class V3Request:
    """What is read of a call. `mch_id` is the caller: mchid, sp_mchid or combine_mchid; "" where it names none."""

    mch_id: str = ""
    sub_mch_id: str = ""
    out_trade_no: str = ""
    names_key: bool = False
    """Whether it must say by Wechatpay-Serial which of WeChat Pay's keys it means, though nothing be encrypted."""

    @classmethod
    def read(cls, said: Said) -> Self:
        """Raises RequestInvalid."""
        raise NotImplementedError

    @property
    def attached(self) -> str:
        """The attach, by which an order may name a scenario."""
        return ""

    @property
    def key(self) -> OrderKey:
        return OrderKey(self.mch_id, self.out_trade_no, self.sub_mch_id)

    def named_order(self, tx: UnitOfWork) -> OrderKey:
        """The order that the call is about, by whichever number it names it."""
        return self.key

    def terms(self) -> Terms | None:
        """The terms of the order that it would place; None where it places none."""
        return None

    def signed_by(self, mch_id: str) -> None:
        """Have it be the call of the merchant who signed it; raises RequestInvalid where it names another."""
        raise NotImplementedError

    def require_accounts(self, merchant: Merchant, accounts: Accounts) -> None:
        """Whether the accounts that it names belong together; raises an error of core/errors.py where they do not."""
