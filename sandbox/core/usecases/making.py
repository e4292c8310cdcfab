"""Makes the use cases for a transaction, with the sandbox around it."""

from dataclasses import dataclass

from sandbox.core.changes import Author
from sandbox.core.clock import Clock
from sandbox.core.ids import Ids
from sandbox.core.links import Links
from sandbox.core.ports.faces import Faces
from sandbox.core.ports.services import CallContext, Scenarios
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.usecases.accounts import AccountService
from sandbox.core.usecases.bills import Bills
from sandbox.core.usecases.certificates import CertificateService
from sandbox.core.usecases.combining import Combining
from sandbox.core.usecases.comments import Comments
from sandbox.core.usecases.context import Context, Rules
from sandbox.core.usecases.micropay import MicroPay
from sandbox.core.usecases.openids import Openids
from sandbox.core.usecases.payment_codes import PaymentCodes
from sandbox.core.usecases.payments import Payments
from sandbox.core.usecases.platform_keys import PlatformKeyService
from sandbox.core.usecases.refunds import Refunds
from sandbox.core.usecases.sharing import SharingService
from sandbox.core.usecases.short_urls import ShortUrls
from sandbox.core.usecases.transfers import Transfers


@dataclass(frozen=True, slots=True)
class UseCases:
    """What can be done in WeChat Pay's world: each use case is made for one transaction."""

    clock: Clock
    ids: Ids
    scenarios: Scenarios
    links: Links
    rules: Rules
    faces: Faces

    def accounts(self, tx: UnitOfWork, author: Author) -> AccountService:
        """The use cases on accounts, for one transaction; `author` is through what somebody changes them."""
        return AccountService(self.context(tx), author)

    def certificates(self, tx: UnitOfWork, author: Author) -> CertificateService:
        """The use cases on merchants' certificates."""
        return CertificateService(tx, self.clock, author)

    def platform_keys(self, tx: UnitOfWork, author: Author) -> PlatformKeyService:
        """The use cases on platform certificates."""
        return PlatformKeyService(tx, self.clock, author)

    def context(self, tx: UnitOfWork, call_context: CallContext = CallContext()) -> Context:
        """What the use cases of one transaction work with; `call_context` is the merchant's call that they serve."""
        around = (self.clock, self.ids, self.scenarios, self.links, self.faces, self.rules)
        return Context(tx, *around, call_context)

    def payments(self, tx: UnitOfWork) -> Payments:
        return Payments(self.context(tx))

    def micropay(self, tx: UnitOfWork) -> MicroPay:
        return MicroPay(self.context(tx))

    def payment_codes(self, tx: UnitOfWork) -> PaymentCodes:
        """The payment codes of payers' phones."""
        return PaymentCodes(self.context(tx))

    def openids(self, tx: UnitOfWork) -> Openids:
        """The people behind openids."""
        return Openids(self.context(tx))

    def combining(self, tx: UnitOfWork) -> Combining:
        return Combining(self.context(tx))

    def refunds(self, tx: UnitOfWork) -> Refunds:
        return Refunds(self.context(tx))

    def transfers(self, tx: UnitOfWork) -> Transfers:
        """Transfers from merchants to people."""
        return Transfers(self.context(tx))

    def sharing(self, tx: UnitOfWork) -> SharingService:
        return SharingService(self.context(tx))

    def short_urls(self, tx: UnitOfWork) -> ShortUrls:
        return ShortUrls(self.context(tx))

    def comments(self, tx: UnitOfWork) -> Comments:
        return Comments(self.context(tx))

    def bills(self, tx: UnitOfWork) -> Bills:
        return Bills(self.context(tx))

    def run_due(self, tx: UnitOfWork, mch_id: str) -> int:
        """Do what has its time at a merchant's orders, refunds, sharings and transfers: a batch, answers how many."""
        parts = (self.payments(tx), self.refunds(tx), self.sharing(tx), self.transfers(tx))
        return sum(part.run_due(mch_id) for part in parts)
