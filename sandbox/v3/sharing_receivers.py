"""Receivers (分账接收方) are added and deleted, and what may be shared is asked about.

Source: V3 notes, 15.2, appendix A.5; docs/fidelity.md.
"""

from sandbox.core.merchants import Accounts, Merchant
from sandbox.core.sharing import Receiver, ReceiverType, Recipient, Relation
from sandbox.core.text import Text
from sandbox.core.usecases.context import Context
from sandbox.core.usecases.sharing import SharingService
from sandbox.v3 import sharing_parts as parts
from sandbox.v3.endpoint import endpoint
from sandbox.v3.errors import PRODUCT_NOT_OPENED, Failure, Json
from sandbox.v3.members import Location
from sandbox.v3.request import RequestInvalid
from sandbox.v3.sensitive import newest_valid, sealed_for
from sandbox.v3.shapes import Within
from sandbox.v3.sharing_calls import CODES, SHARING, WORDS, SharingCall

_PROVIDERS_ONLY = Failure(403, "NO_AUTH", PRODUCT_NOT_OPENED)


class AddReceiver(SharingCall):
    body = Within(Location.BODY, parts.AddedReceiver)


class DeleteReceiver(SharingCall):
    body = Within(Location.BODY, parts.DeletedReceiver)


class ConfigQuery(SharingCall):
    """A call of a service provider alone, which names its sub-merchant in the path."""

    path = Within(Location.PATH, parts.ConfigPath)

    def named(self) -> tuple[str, str, str]:
        return "", "", str(self.path.values["sub_mchid"])

    def require_accounts(self, merchant: Merchant, accounts: Accounts) -> None:
        if not merchant.service_provider:
            raise RequestInvalid(_PROVIDERS_ONLY, "v3_providers_only", mch_id=self.mch_id)
        super().require_accounts(merchant, accounts)


@endpoint(
    "POST",
    f"{SHARING}/receivers/add",
    AddReceiver,
    title=Text("添加分账接收方", "Add a receiver of shares"),
    documents="15.2",
    operation="profitsharingaddreceiver",
    example={"type": "PERSONAL_OPENID", "relation_type": "STAFF", "sub_mchid": ""},
    words=WORDS,
    codes=CODES,
    trading=False,
)
def add_receiver(request: AddReceiver, context: Context) -> dict[str, Json]:
    body = request.body
    receiver = Receiver(
        mch_id=request.mch_id,
        sub_mch_id=request.sub_mch_id,
        to=_recipient(body),
        relation=Relation(body.relation_type),
        name=body.name,
        custom_relation=body.custom_relation,
    )
    of_sub = receiver.to.type is ReceiverType.PERSONAL_SUB_OPENID
    SharingService(context).add_receiver(receiver, body.sub_appid if of_sub else body.appid)
    name: dict[str, Json] = {"name": sealed_for(newest_valid(request, context), body.name)} if body.name else {}
    custom: dict[str, Json] = {"custom_relation": body.custom_relation} if body.custom_relation else {}
    return {**_told(request), **name, "relation_type": body.relation_type, **custom}


@endpoint(
    "POST",
    f"{SHARING}/receivers/delete",
    DeleteReceiver,
    title=Text("删除分账接收方", "Delete a receiver of shares"),
    documents="15.2",
    operation="profitsharingremovereceiver",
    example={"type": "PERSONAL_OPENID", "sub_mchid": ""},
    words=WORDS,
    codes=CODES,
    trading=False,
)
def delete_receiver(request: DeleteReceiver, context: Context) -> dict[str, Json]:
    SharingService(context).drop_receiver(request.mch_id, request.sub_mch_id, _recipient(request.body))
    return _told(request)


@endpoint(
    "GET",
    f"{SHARING}/merchant-configs/{{sub_mchid}}",
    ConfigQuery,
    title=Text("查询最大分账比例", "Query how much may be shared"),
    documents="15.2",
    operation="profitsharingmerchantratioquery",
    reads=True,
    words=WORDS,
    codes=CODES,
    trading=False,
)
def merchant_config(request: ConfigQuery, context: Context) -> dict[str, Json]:
    ratio = context.tx.accounts.merchant(request.mch_id).sharing_ratio
    return {"sub_mchid": request.sub_mch_id, "max_ratio": ratio}


def _recipient(body: parts.AddedReceiver | parts.DeletedReceiver) -> Recipient:
    return Recipient(ReceiverType(body.type), body.account)


def _told(request: AddReceiver | DeleteReceiver) -> dict[str, Json]:
    return {**request.told, "type": request.body.type, "account": request.body.account}
