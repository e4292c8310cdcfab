"""What the payer may pay with. Codes: protocol notes, section 8.4."""

from dataclasses import dataclass

from sandbox.core.catalogue import Text
from sandbox.core.catalogue import cashier as words
from sandbox.core.orders import Terms


@dataclass(frozen=True, slots=True)
class Method:
    """A way to pay: its bank_type, and the sign on its badge."""

    bank_type: str
    name: Text
    badge: str

    @property
    def credit(self) -> bool:
        return self.bank_type.endswith("_CREDIT")


METHODS = (
    Method("CFT", words.WALLET, "零"),
    Method("CMB_DEBIT", words.CMB_DEBIT, "招"),
    Method("ICBC_CREDIT", words.ICBC_CREDIT, "工"),
)


def methods_for(terms: Terms) -> list[Method]:
    """The methods that this order allows; the first is chosen beforehand."""
    return [method for method in METHODS if not (method.credit and terms.limit_pay == "no_credit")]
