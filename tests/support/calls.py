"""A right call of each V2 endpoint."""

from sandbox.v2.endpoint import ENDPOINTS

CODE = "120061098828009406"

RIGHT_CALLS: dict[str, dict[str, str]] = {
    "/pay/unifiedorder": {
        "body": "茶",
        "out_trade_no": "ORDER001",
        "total_fee": "100",
        "spbill_create_ip": "1.2.3.4",
        "notify_url": "http://127.0.0.1:9/notify",
        "trade_type": "APP",
    },
    "/pay/orderquery": {"out_trade_no": "ORDER001"},
    "/pay/closeorder": {"out_trade_no": "ORDER001"},
    "/secapi/pay/refund": {
        "out_trade_no": "ORDER001",
        "out_refund_no": "REFUND1",
        "total_fee": "100",
        "refund_fee": "1",
    },
    "/pay/refund": {"out_trade_no": "ORDER001", "out_refund_no": "REFUND1", "total_fee": "100", "refund_fee": "1"},
    "/pay/refundquery": {"out_trade_no": "ORDER001"},
    "/pay/micropay": {
        "body": "茶",
        "out_trade_no": "ORDER001",
        "total_fee": "100",
        "spbill_create_ip": "1.2.3.4",
        "auth_code": CODE,
    },
    "/secapi/pay/reverse": {"out_trade_no": "ORDER001"},
    "/pay/reverse": {"out_trade_no": "ORDER001"},
    "/tools/authcodetoopenid": {"auth_code": CODE},
    "/tools/shorturl": {"long_url": "weixin://wxpay/bizpayurl?pr=abc"},
    "/pay/downloadbill": {"bill_date": "20200101", "bill_type": "ALL"},
    "/pay/downloadfundflow": {"bill_date": "20200101", "account_type": "Basic", "sign_type": "HMAC-SHA256"},
    "/payitil/report": {
        "interface_url": "https://api.mch.weixin.qq.com/pay/orderquery",
        "execute_time": "1",
        "return_code": "SUCCESS",
        "result_code": "SUCCESS",
        "user_ip": "1.2.3.4",
    },
    "/billcommentsp/batchquerycomment": {
        "begin_time": "20200101000000",
        "end_time": "20200102000000",
        "offset": "0",
    },
}
"""A right call of each endpoint, but for the order that it is about; those besides are as the endpoint itself says."""

RIGHT_CALLS |= {one.path: dict(one.example) for one in ENDPOINTS if one.path not in RIGHT_CALLS}
