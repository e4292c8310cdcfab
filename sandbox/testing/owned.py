"""A test's merchant: what needs RSA keys is made when it is first read, for keys take time and most tests need none."""

from collections.abc import Callable
from functools import cached_property

from sandbox.testing.shapes import Merchant


class Owned:
    """A merchant by the names of `Merchant`. Its keys and certificates are those of the first look.

    `credentials()` has those of today, after a certificate was renewed or a platform key rotated.
    """

    def __init__(self, made: Merchant, credentials: Callable[[], Merchant]) -> None:
        self._made = made
        self._credentials = credentials
        self.mch_id = made.mch_id
        self.appids = made.appids
        self.appid = made.appid
        self.api_key = made.api_key
        self.api_v3_key = made.api_v3_key
        self.name = made.name
        self.openid = made.openid
        self.products = made.products
        self.notify_url = made.notify_url
        self.platform_identity = made.platform_identity
        self.separate_platform_keys = made.separate_platform_keys

    def __repr__(self) -> str:
        """No key is shown."""
        return repr(self._made)

    @property
    def serial_no(self) -> str:
        """The serial number of its API certificate."""
        return self._keyed.serial_no

    @property
    def certificate(self) -> str:
        """Its API certificate, PEM: apiclient_cert.pem."""
        return self._keyed.certificate

    @property
    def private_key(self) -> str:
        """The key that it signs with, PEM: apiclient_key.pem."""
        return self._keyed.private_key

    @property
    def platform_serial_no(self) -> str:
        """The serial number of WeChat Pay's certificate; empty where it is known by its public key alone."""
        return self._keyed.platform_serial_no

    @property
    def platform_certificate(self) -> str:
        """WeChat Pay's certificate, PEM; empty where it is known by its public key alone."""
        return self._keyed.platform_certificate

    @property
    def platform_public_key(self) -> str:
        """WeChat Pay's public key, PEM: pub_key.pem."""
        return self._keyed.platform_public_key

    @property
    def platform_public_key_id(self) -> str:
        """`PUB_KEY_ID_...`: what names the public key in Wechatpay-Serial."""
        return self._keyed.platform_public_key_id

    @cached_property
    def _keyed(self) -> Merchant:
        return self._made if self._made.private_key else self._credentials()
