"""The use cases of a payer's phone: show a payment code, and what a merchant that scans it may do with it.

An instance lives for one transaction. Sources: V2 notes, 3.8, 3.10; docs/fidelity.md.
"""

from dataclasses import replace
from datetime import datetime

from sandbox.core.codes import CODE_LIFE, REMEMBERED, AuthCode
from sandbox.core.errors import AuthCodeExpired, AuthCodeUnknown, AuthCodeUsed, PhoneCannotPay
from sandbox.core.usecases.accounts import payer_of
from sandbox.core.usecases.context import Context


class PaymentCodes:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._tx = context.tx

    def make(self, openid: str) -> AuthCode:
        """A new code on a payer's phone; those before it live on. Raises PayerUnknown, PhoneCannotPay."""
        at = self.now(openid)
        if self._hindered(openid):
            raise PhoneCannotPay
        code = AuthCode(self._context.ids.auth_code(), openid, at, at + CODE_LIFE)
        self._tx.codes.drop(openid, at - REMEMBERED)
        self._tx.codes.add(code)
        return code

    def shown(self, openid: str) -> AuthCode:
        """The code that a payer's phone shows: the newest, or a new one where that is dead.

        Raises PayerUnknown, PhoneCannotPay.
        """
        return self.living(openid) or self.make(openid)

    def living(self, openid: str) -> AuthCode | None:
        """The newest code of a payer, while it can be charged. Raises PayerUnknown."""
        code = self._tx.codes.newest_of(openid)
        if code is None or code.used_by or self._hindered(openid):
            return None
        return code if self.now(openid) < code.expires_at else None

    def find(self, auth_code: str) -> AuthCode | None:
        return self._tx.codes.find(auth_code)

    def chargeable(self, auth_code: str, mch_id: str) -> AuthCode:
        """The code, if this merchant may charge it now. Raises AuthCodeUnknown, AuthCodeUsed, AuthCodeExpired."""
        code = self._tx.codes.find(auth_code)
        if code is None or code.bound_to not in ("", mch_id) or self._hindered(code.openid):
            raise AuthCodeUnknown
        if code.used_by:
            raise AuthCodeUsed
        if self.now(code.openid) >= code.expires_at:
            raise AuthCodeExpired
        return code

    def bind(self, code: AuthCode, mch_id: str) -> None:
        """From now on only this merchant may charge it."""
        self._tx.codes.save(replace(code, bound_to=mch_id))

    def use(self, code: AuthCode, mch_id: str) -> None:
        self._tx.codes.save(replace(code, used_by=mch_id))

    def _hindered(self, openid: str) -> bool:
        payer = self._tx.payers.find(openid)
        return payer is not None and payer.hindrance is not None

    def now(self, openid: str) -> datetime:
        """A payer's time: that of the first merchant which the payer's appid is paired with. Raises PayerUnknown."""
        payer = payer_of(self._tx, openid)
        return self._context.now(next(iter(self._tx.accounts.merchants_of(payer.appid)), ""))
