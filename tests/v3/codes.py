"""The codes with which APIv3 fails, and the modules beside this one that show how a call comes to it by itself.

All of them can be had by a scenario (`api: {call: orderquery, fail: CODE}`), which `test_codes.py` shows.
"""

ITSELF: dict[str, tuple[str, ...]] = {
    "APPID_MCHID_NOT_MATCH": ("test_payments", "test_partner"),
    "AUTH_CODE_EXPIRE": ("test_codepay",),
    "AUTH_CODE_INVALID": ("test_codepay",),
    "INVALID_REQUEST": ("test_payments", "test_partner", "test_codepay", "test_refunds"),
    "NO_AUTH": ("test_payments", "test_partner"),
    "ORDERPAID": ("test_payments",),
    "ORDER_CLOSED": ("test_payments",),
    "ORDER_NOT_EXIST": ("test_payments", "test_partner"),
    "ORDER_REVERSED": ("test_codepay",),
    "OUT_TRADE_NO_USED": ("test_codepay",),
    "PARAM_ERROR": ("test_refused_requests", "test_partner"),
    "SIGN_ERROR": ("test_authentication",),
    "TRADE_ERROR": ("test_codepay",),
}
