"""What the core knows of profit sharing, in the shapes of docs/contract.md."""

from sandbox.control.sharings import shapes
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.sharing import Return, Share, Sharing
from sandbox.web.shapes import instant


def sharing_view(sharing: Sharing, tx: UnitOfWork) -> shapes.Sharing:
    """A sharing with what was given back of it."""
    returns = [one for one in tx.sharings.returns(sharing.key) if one.order_id == sharing.order_id]
    return shapes.Sharing(
        mch_id=sharing.key.mch_id,
        sub_mch_id=sharing.key.sub_mch_id or None,
        out_trade_no=sharing.key.out_trade_no,
        transaction_id=sharing.transaction_id,
        out_order_no=sharing.out_order_no,
        order_id=sharing.order_id,
        face=sharing.origin.face,
        state=sharing.state,
        receivers=[_share(share) for share in sharing.shares],
        created_at=instant(sharing.created_at),
        due_at=instant(sharing.due_at),
        ended_at=instant(sharing.ended_at),
        returns=[_return(back) for back in returns],
    )


def _share(share: Share) -> shapes.Share:
    return shapes.Share(
        type=share.to.type,
        account=share.to.account,
        amount=share.amount,
        description=share.description,
        detail_id=share.detail_id,
        result=share.result,
        fail_reason=share.fail_reason,
        rest=share.rest or None,
    )


def _return(back: Return) -> shapes.Return:
    return shapes.Return(
        out_return_no=back.out_return_no,
        return_id=back.return_id,
        return_mchid=back.return_mchid,
        amount=back.amount,
        description=back.description,
        created_at=instant(back.created_at),
    )
