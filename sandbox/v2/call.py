"""One call to V2: the site where it is made, the words that it is answered in, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from aiohttp import web

from sandbox.api.call import Call, Refused
from sandbox.api.services import Services
from sandbox.core.merchants import Wording
from sandbox.core.order_keys import OrderKey
from sandbox.v2.errors import Failure
from sandbox.v2.notification_faults import broken
from sandbox.v2.origin import called_at
from sandbox.v2.site import Site


class CallFailed(Refused):
    """A call that ends before its use case, and how the merchant is told."""

    def __init__(self, failure: Failure, fault: str, **facts: str | int) -> None:
        super().__init__(fault, **facts)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class ShownCertificate:
    """What a client has shown: a certificate of `mch_id`, valid or not, none, a foreign one; "waived": nobody asked.

    `facts` tell more of one that is not right.
    """

    what: Literal["right", "missing", "foreign", "revoked", "expired", "waived"]
    mch_id: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


class V2Call(Call):
    """`certificate` tells that the path needs a client's own."""

    headers: ClassVar[Mapping[str, str]] = {"Server": "nginx", "Content-Type": "text/plain"}
    foreign_type: ClassVar[str] = "application/json"

    shown: ShownCertificate

    def __init__(self, http: web.Request, services: Services, site: Site, *, certificate: bool = False) -> None:
        super().__init__(http, services, called_at(official=site.official))
        self.site = site
        self.certificate = certificate and not site.official
        self.wording = Wording.OF_2016 if site.official else services.rules.wording

    def broken(self, body: bytes) -> bytes:
        return broken(body)

    def recognise(self, message: Mapping[str, str]) -> None:
        """Note whose call it is, and in which words it is answered."""
        known = message.get
        merchant = self.belongs_to(OrderKey(known("mch_id", ""), known("out_trade_no", ""), known("sub_mch_id", "")))
        if merchant is not None and merchant.wording and not self.site.official:
            self.wording = merchant.wording
