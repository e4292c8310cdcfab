"""One call to V3: who signed it, what it says, what it is answered."""

from collections.abc import Mapping
from typing import ClassVar

from aiohttp import web

from sandbox.api.call import Call, Refused
from sandbox.api.services import Services
from sandbox.core.certificates import MerchantCertificate
from sandbox.core.credentials import Credentials
from sandbox.v3.authorization import Authorization
from sandbox.v3.endpoint import Document, Endpoint
from sandbox.v3.errors import Failure, Json
from sandbox.v3.nonces import SeenNonces
from sandbox.v3.origin import CALLED
from sandbox.v3.request import Said, V3Request

WECHATPAY_SERIAL = "Wechatpay-Serial"


class CallFailed(Refused):
    """A call that ends before its use case, and how the merchant is told."""

    def __init__(self, failure: Failure, fault: str, **facts: str | int) -> None:
        super().__init__(fault, **facts)
        self.failure = failure


class V3Call(Call):
    """A call to an endpoint of ours.

    Its answer is made of `told` (None: 204, no body), or is a `document`; a `failure` takes its place. `credentials`
    are the caller's with those of WeChat Pay, as they were when the call came.
    """

    headers: ClassVar[Mapping[str, str]] = {
        "Server": "nginx",
        "Cache-Control": "no-cache, must-revalidate",
        "X-Content-Type-Options": "nosniff",
        "Content-Language": "zh-CN",
    }
    foreign_type: ClassVar[str] = "text/html"

    endpoint: Endpoint
    request: V3Request
    authorization: Authorization
    credentials: Credentials
    certificate: MerchantCertificate
    said: Said
    answered: bytes
    signed: Mapping[str, str]

    def __init__(self, http: web.Request, services: Services, endpoint: Endpoint, nonces: SeenNonces) -> None:
        super().__init__(http, services, CALLED)
        self.nonces = nonces
        self.endpoint = endpoint
        self.exchange.endpoint = endpoint.path
        self.failure: Failure | None = None
        self.told: Mapping[str, Json] | None = None
        self.document: Document | None = None
        self.signed = {}

    @property
    def wechatpay_serial(self) -> str:
        """By which of WeChat Pay's keys the caller wants to be answered, or has encrypted; "" where it does not say."""
        return self.http.headers.get(WECHATPAY_SERIAL, "").strip()

    def usual_headers(self) -> dict[str, str]:
        """Not every failure has a Request-ID (V3 notes, 3.3)."""
        identified = self.failure is None or self.failure.identified
        return super().usual_headers() if identified else dict(self.headers)

    def broken(self, body: bytes) -> bytes:
        """JSON that ends too early."""
        return body[:-1]
