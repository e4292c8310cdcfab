import com.wechat.pay.java.core.Config;
import com.wechat.pay.java.core.util.GsonUtil;
import com.wechat.pay.java.service.partnerpayments.app.AppService;
import com.wechat.pay.java.service.partnerpayments.h5.H5Service;
import com.wechat.pay.java.service.partnerpayments.jsapi.JsapiServiceExtension;
import com.wechat.pay.java.service.partnerpayments.jsapi.model.PrepayWithRequestPaymentResponse;
import com.wechat.pay.java.service.partnerpayments.nativepay.NativePayService;
import com.wechat.pay.java.service.partnerpayments.nativepay.model.CloseOrderRequest;
import com.wechat.pay.java.service.partnerpayments.nativepay.model.PrepayRequest;
import com.wechat.pay.java.service.partnerpayments.nativepay.model.QueryOrderByIdRequest;
import com.wechat.pay.java.service.partnerpayments.nativepay.model.QueryOrderByOutTradeNoRequest;
import java.util.Map;

/** What a 服务商 does for its sub-merchants; the library has services of their own for it. */
final class PartnerOnWechatpayJava {

    private final Config config;
    private final String appid;

    PartnerOnWechatpayJava(Config config, String appid) {
        this.config = config;
        this.appid = appid;
    }

    Object order(String type, Map<String, Object> terms) {
        return switch (type) {
            case "JSAPI" -> {
                PrepayWithRequestPaymentResponse made = new JsapiServiceExtension.Builder().config(config).build()
                        .prepayWithRequestPayment(OnWechatpayJava.into(
                                com.wechat.pay.java.service.partnerpayments.jsapi.model.PrepayRequest.class, terms), appid);
                String prepayId = made.getPackageVal().substring("prepay_id=".length());
                yield Map.of("prepay_id", prepayId, "client", GsonUtil.getGson().toJsonTree(made));
            }
            case "APP" -> new AppService.Builder().config(config).build().prepay(OnWechatpayJava.into(
                    com.wechat.pay.java.service.partnerpayments.app.model.PrepayRequest.class, terms));
            case "H5" -> new H5Service.Builder().config(config).build().prepay(OnWechatpayJava.into(
                    com.wechat.pay.java.service.partnerpayments.h5.model.PrepayRequest.class, terms));
            default -> service().prepay(OnWechatpayJava.into(PrepayRequest.class, terms));
        };
    }

    Object query(Map<String, Object> named) {
        return named.containsKey("transaction_id")
                ? service().queryOrderById(OnWechatpayJava.into(QueryOrderByIdRequest.class, named))
                : service().queryOrderByOutTradeNo(OnWechatpayJava.into(QueryOrderByOutTradeNoRequest.class, named));
    }

    void close(Map<String, Object> named) {
        service().closeOrder(OnWechatpayJava.into(CloseOrderRequest.class, named));
    }

    private NativePayService service() {
        return new NativePayService.Builder().config(config).build();
    }
}
