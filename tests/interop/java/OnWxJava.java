import com.github.binarywang.wxpay.bean.notify.WxPayOrderNotifyResult;
import com.github.binarywang.wxpay.bean.notify.WxPayRefundNotifyResult.ReqInfo;
import com.github.binarywang.wxpay.bean.order.WxPayAppOrderResult;
import com.github.binarywang.wxpay.bean.order.WxPayMpOrderResult;
import com.github.binarywang.wxpay.bean.order.WxPayMwebOrderResult;
import com.github.binarywang.wxpay.bean.order.WxPayNativeOrderResult;
import com.github.binarywang.wxpay.bean.request.WxPayMicropayRequest;
import com.github.binarywang.wxpay.bean.request.WxPayOrderReverseRequest;
import com.github.binarywang.wxpay.bean.request.WxPayRefundRequest;
import com.github.binarywang.wxpay.bean.request.WxPayUnifiedOrderRequest;
import com.github.binarywang.wxpay.bean.result.WxPayOrderQueryResult;
import com.github.binarywang.wxpay.bean.result.WxPayRefundQueryResult;
import com.github.binarywang.wxpay.config.WxPayConfig;
import com.github.binarywang.wxpay.exception.WxPayException;
import com.github.binarywang.wxpay.service.WxPayService;
import com.github.binarywang.wxpay.service.impl.WxPayServiceImpl;
import java.nio.file.Path;
import java.util.Map;
import org.apache.http.impl.client.HttpClientBuilder;

/** WxJava, as its wiki shows it. */
final class OnWxJava implements Shop.Library {
    private static final Map<String, String> ENV = System.getenv();

    private final String url;

    OnWxJava(String url) {
        this.url = url;
    }

    private static WxPayService wechat(String key) {
        WxPayConfig config = new WxPayConfig();
        config.setAppId(ENV.get("WXPAY_APPID"));
        config.setMchId(ENV.get("WXPAY_MCH_ID"));
        config.setMchKey(key == null ? ENV.get("WXPAY_API_KEY") : key);
        config.setKeyPath(Path.of(ENV.get("WXPAY_FILES"), "apiclient_cert.p12").toString());
        if (System.getProperty("https.proxyHost") != null) {
            config.setHttpClientBuilderCustomizer(HttpClientBuilder::useSystemProperties);
        }
        WxPayService service = new WxPayServiceImpl();
        service.setConfig(config);
        return service;
    }

    /** WeChat's own sandbox has a key of its own, which it tells whoever knows the merchant's. */
    private static WxPayService officialSandbox() throws WxPayException {
        WxPayService service = wechat(null);
        String key = service.getSandboxSignKey();
        service.getConfig().setUseSandboxEnv(true);
        service.getConfig().setMchKey(key);
        return service;
    }

    @Override
    public Map<String, Object> act(String name, Map<String, String> asked) throws Exception {
        WxPayService service = asked.containsKey("sandbox") ? officialSandbox() : wechat(asked.get("key"));
        return switch (name) {
            case "order" -> order(service, asked);
            case "query" -> query(service, asked);
            case "close" -> Map.of("result_code", service.closeOrder(asked.get("out_trade_no")).getResultCode());
            case "refund" -> refund(service, asked);
            case "refund-query" -> {
                WxPayRefundQueryResult found = service.refundQuery(null, null, asked.get("out_refund_no"), null);
                WxPayRefundQueryResult.RefundRecord first = found.getRefundRecords().get(0);
                yield Map.of("refund_id", first.getRefundId(), "refund_status", first.getRefundStatus());
            }
            case "bill" -> Map.of("text", service.downloadRawBill(asked.get("bill_date"), "ALL", null, null));
            case "micropay" -> micropay(service, asked);
            case "reverse" -> reverse(service, asked);
            default -> throw new IllegalArgumentException(name);
        };
    }

    private Map<String, Object> order(WxPayService service, Map<String, String> asked) throws WxPayException {
        WxPayUnifiedOrderRequest request = WxPayUnifiedOrderRequest.newBuilder()
                .body("龙井茶")
                .outTradeNo(asked.get("out_trade_no"))
                .totalFee(Integer.parseInt(asked.get("total_fee")))
                .spbillCreateIp("123.12.12.123")
                .notifyUrl(url + "/notify/payment")
                .tradeType(asked.get("trade_type"))
                .openid(asked.get("openid"))
                .productId("88888")
                .sceneInfo("{\"h5_info\":{\"type\":\"Wap\",\"wap_url\":\"https://shop.example\",\"wap_name\":\"茶\"}}")
                .build();
        Object made = service.createOrder(request);
        if (made instanceof WxPayNativeOrderResult result) {
            return Map.of("code_url", result.getCodeUrl());
        }
        if (made instanceof WxPayMwebOrderResult result) {
            return Map.of("mweb_url", result.getMwebUrl());
        }
        if (made instanceof WxPayAppOrderResult result) {
            return Map.of("prepay_id", result.getPrepayId(), "client", Map.of(
                    "appid", result.getAppId(), "partnerid", result.getPartnerId(), "prepayid", result.getPrepayId(),
                    "package", result.getPackageValue(), "noncestr", result.getNonceStr(),
                    "timestamp", result.getTimeStamp(), "sign", result.getSign()));
        }
        WxPayMpOrderResult result = (WxPayMpOrderResult) made;
        return Map.of("prepay_id", result.getPackageValue().substring("prepay_id=".length()), "client", Map.of(
                "appId", result.getAppId(), "timeStamp", result.getTimeStamp(), "nonceStr", result.getNonceStr(),
                "package", result.getPackageValue(), "signType", result.getSignType(), "paySign", result.getPaySign()));
    }

    private static Map<String, Object> query(WxPayService service, Map<String, String> asked) throws WxPayException {
        WxPayOrderQueryResult found = service.queryOrder(null, asked.get("out_trade_no"));
        if (found.getTransactionId() == null) {
            return Map.of("trade_state", found.getTradeState());
        }
        return Map.of("trade_state", found.getTradeState(), "transaction_id", found.getTransactionId(),
                "total_fee", String.valueOf(found.getTotalFee()));
    }

    private Map<String, Object> refund(WxPayService service, Map<String, String> asked) throws WxPayException {
        WxPayRefundRequest request = WxPayRefundRequest.newBuilder()
                .outTradeNo(asked.get("out_trade_no"))
                .outRefundNo(asked.get("out_refund_no"))
                .totalFee(Integer.parseInt(asked.get("total_fee")))
                .refundFee(Integer.parseInt(asked.get("refund_fee")))
                .notifyUrl(url + "/notify/refund")
                .build();
        return Map.of("refund_id", service.refund(request).getRefundId());
    }

    private static Map<String, Object> micropay(WxPayService service, Map<String, String> asked) throws WxPayException {
        WxPayMicropayRequest request = WxPayMicropayRequest.newBuilder()
                .body("龙井茶")
                .outTradeNo(asked.get("out_trade_no"))
                .totalFee(Integer.parseInt(asked.get("total_fee")))
                .spbillCreateIp("123.12.12.123")
                .authCode(asked.get("auth_code"))
                .build();
        return Map.of("transaction_id", service.micropay(request).getTransactionId());
    }

    private static Map<String, Object> reverse(WxPayService service, Map<String, String> asked) throws WxPayException {
        WxPayOrderReverseRequest request =
                WxPayOrderReverseRequest.newBuilder().outTradeNo(asked.get("out_trade_no")).build();
        return Map.of("recall", service.reverseOrder(request).getIsRecall());
    }

    @Override
    public Map<String, String> payment(String xml) throws WxPayException {
        WxPayOrderNotifyResult result = wechat(null).parseOrderNotifyResult(xml);
        return Map.of("out_trade_no", result.getOutTradeNo(), "transaction_id", result.getTransactionId(),
                "total_fee", String.valueOf(result.getTotalFee()));
    }

    @Override
    public Map<String, String> refund(String xml) throws WxPayException {
        ReqInfo info = wechat(null).parseRefundNotifyResult(xml).getReqInfo();
        return Map.of("out_refund_no", info.getOutRefundNo(), "refund_id", info.getRefundId(),
                "refund_status", info.getRefundStatus());
    }
}
