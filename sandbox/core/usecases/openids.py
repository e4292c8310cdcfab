"""Who pays: the people behind openids. An instance lives for one transaction."""

from sandbox.core.errors import OpenidInvalid
from sandbox.core.orders import Terms
from sandbox.core.payers import Payer, well_formed
from sandbox.core.usecases.context import Context


class Openids:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._tx = context.tx

    def at_hand(self, terms: Terms) -> Payer:
        """Who would pay an order as things stand (`Terms.payer`); nothing is stored."""
        appid, openid = terms.payer()
        known = self._tx.payers.find(openid) if openid else self._tx.payers.first_of(appid)
        return known or Payer(openid, appid)

    def scanning(self, appid: str, openid: str = "") -> Payer:
        """Who scans a static code: the person named, else the appid's first payer; raises OpenidInvalid."""
        payer = self.person(appid, openid)
        self._tx.payers.save(payer)
        return payer

    def under(self, appid: str, openid: str = "") -> str:
        """A payer as an appid sees them: the openid where it is the appid's, else the appid's first, else a new one."""
        known = self._tx.payers.find(openid) if openid else None
        if known is None or known.appid != appid:
            known = self._tx.payers.first_of(appid)
        return known.openid if known else self._context.ids.openid()

    def newcomers(self, terms: Terms) -> list[Payer]:
        """The payers whom terms name and nobody has seen before; raises OpenidInvalid."""
        if not (terms.openid or terms.sub_openid):
            return []
        named = [(terms.openid, terms.appid), (terms.sub_openid, terms.sub_appid)]
        payers = [self._known_or_new(openid, appid) for openid, appid in named if openid]
        return [payer for payer in payers if self._tx.payers.find(payer.openid) is None]

    def person(self, appid: str, openid: str = "") -> Payer:
        """The person named, be they new, else the appid's first payer, else a new one; raises OpenidInvalid.

        Whoever asks is about to move their money: it stays as it is meanwhile.
        """
        if openid:
            person = self._known_or_new(openid, appid)
        else:
            person = self._tx.payers.first_of(appid) or Payer(self._context.ids.openid(), appid)
        return self._tx.payers.hold(person.openid) or person

    def told_of(self, payer: Payer, terms: Terms, openid: str) -> Payer:
        """Who paid, under the order's appid: somebody that a sub_appid knows has another openid there."""
        return self.person(terms.appid, openid or terms.openid) if terms.sub_openid else payer

    def sub_openid(self, terms: Terms) -> str:
        """Who paid, under the order's sub_appid; empty where it has none."""
        if terms.sub_openid or not terms.sub_appid:
            return terms.sub_openid
        return self.under(terms.sub_appid)

    def _known_or_new(self, openid: str, appid: str) -> Payer:
        known = self._tx.payers.find(openid)
        if known is not None and known.appid == appid:
            return known
        if known is not None or self._context.rules.strict_openids or not well_formed(openid):
            raise OpenidInvalid
        return Payer(openid, appid)
