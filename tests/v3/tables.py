"""What the modules beside this one show: which calls, and with which codes a call fails by itself.

All of them can be had by a scenario (`api: {call: orderquery, fail: CODE}`), which `test_codes.py` shows.
"""

ITSELF: dict[str, tuple[str, ...]] = {
    "APPID_MCHID_NOT_MATCH": ("test_payments", "test_partner"),
    "AUTH_CODE_EXPIRE": ("test_codepay",),
    "AUTH_CODE_INVALID": ("test_codepay",),
    "INVALID_REQUEST": (
        *("test_payments", "test_partner", "test_codepay", "test_refunds", "test_transfers", "test_sharing"),
    ),
    "NO_AUTH": ("test_payments", "test_partner"),
    "ORDERPAID": ("test_payments",),
    "ORDER_CLOSED": ("test_payments",),
    "ORDER_NOT_EXIST": ("test_payments", "test_partner"),
    "ORDER_REVERSED": ("test_codepay",),
    "OUT_TRADE_NO_USED": ("test_codepay",),
    "PARAM_ERROR": ("test_refused_requests", "test_partner", "test_transfers"),
    "SIGN_ERROR": ("test_authentication",),
    "TRADE_ERROR": ("test_codepay",),
}

_FIELDS = ("test_refused_requests", "test_shapes")
COVERS: dict[str, tuple[str, ...]] = {
    "/v3/pay/transactions/": ("test_payments", *_FIELDS),
    "/v3/pay/transactions/codepay": ("test_codepay", "test_shapes"),
    "/v3/pay/transactions/out-trade-no/{out_trade_no}/reverse": ("test_codepay",),
    "/v3/pay/partner/transactions/": ("test_partner", "test_shapes"),
    "/v3/combine-transactions/": ("test_combine",),
    "/v3/refund/": ("test_refunds",),
    "/v3/bill": ("test_bills",),
    "/v3/fund-app/mch-transfer/": ("test_transfers",),
    "/v3/profitsharing": ("test_sharing", "test_shapes"),
    "/v3/certificates": ("test_platform_keys",),
    "/v3/security/": ("test_platform_keys",),
}
"""By the beginnings of paths, of which the longest counts: the modules beside this one that test a call."""
