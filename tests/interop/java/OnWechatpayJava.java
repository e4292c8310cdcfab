import com.google.gson.Gson;
import com.wechat.pay.java.core.Config;
import com.wechat.pay.java.core.RSAAutoCertificateConfig;
import com.wechat.pay.java.core.RSAPublicKeyConfig;
import com.wechat.pay.java.core.cipher.PrivacyEncryptor;
import com.wechat.pay.java.core.http.Constant;
import com.wechat.pay.java.core.http.DefaultHttpClientBuilder;
import com.wechat.pay.java.core.http.HttpMethod;
import com.wechat.pay.java.core.http.HttpRequest;
import com.wechat.pay.java.core.http.JsonRequestBody;
import com.wechat.pay.java.core.http.MediaType;
import com.wechat.pay.java.core.notification.NotificationConfig;
import com.wechat.pay.java.core.notification.NotificationParser;
import com.wechat.pay.java.core.notification.RequestParam;
import com.wechat.pay.java.core.util.GsonUtil;
import com.wechat.pay.java.core.util.PemUtil;
import com.wechat.pay.java.service.billdownload.BillDownloadServiceExtension;
import com.wechat.pay.java.service.billdownload.DigestBillEntity;
import com.wechat.pay.java.service.billdownload.model.GetFundFlowBillRequest;
import com.wechat.pay.java.service.billdownload.model.GetTradeBillRequest;
import com.wechat.pay.java.service.certificate.CertificateService;
import com.wechat.pay.java.service.payments.app.AppServiceExtension;
import com.wechat.pay.java.service.payments.h5.H5Service;
import com.wechat.pay.java.service.payments.jsapi.JsapiServiceExtension;
import com.wechat.pay.java.service.payments.model.Transaction;
import com.wechat.pay.java.service.payments.nativepay.NativePayService;
import com.wechat.pay.java.service.payments.nativepay.model.CloseOrderRequest;
import com.wechat.pay.java.service.payments.nativepay.model.PrepayRequest;
import com.wechat.pay.java.service.payments.nativepay.model.QueryOrderByIdRequest;
import com.wechat.pay.java.service.payments.nativepay.model.QueryOrderByOutTradeNoRequest;
import com.wechat.pay.java.service.refund.RefundService;
import com.wechat.pay.java.service.refund.model.CreateRequest;
import com.wechat.pay.java.service.refund.model.QueryByOutRefundNoRequest;
import com.wechat.pay.java.service.refund.model.Refund;
import com.wechat.pay.java.service.refund.model.RefundNotification;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.function.UnaryOperator;

/** A merchant, by what `merchant export` gave, and what the shop does for it with wechatpay-java, as its README shows it. */
final class OnWechatpayJava {

    private static final Gson GSON = GsonUtil.getGson();
    private static final String API = "https://api.mch.weixin.qq.com";
    private static final String DESCRIPTION = "龙井茶";

    private final String files;
    private final String url;
    private final String mchid;
    private final String appid;
    private final byte[] apiV3Key;
    private final Config config;
    private final PartnerOnWechatpayJava partner;

    OnWechatpayJava(String files, String url) throws IOException {
        Path folder = Path.of(System.getenv("WXPAY_FILES"), files);
        Properties settings = new Properties();
        try (InputStream lines = Files.newInputStream(folder.resolve("settings.env"))) {
            settings.load(lines);
        }
        this.files = files;
        this.url = url;
        this.mchid = settings.getProperty("WXPAY_MCH_ID");
        this.appid = settings.getProperty("WXPAY_APPID");
        this.apiV3Key = settings.getProperty("WXPAY_API_V3_KEY").getBytes(StandardCharsets.UTF_8);
        this.config = config(folder, settings);
        this.partner = new PartnerOnWechatpayJava(config, appid);
    }

    private static Config config(Path folder, Properties settings) {
        String privateKey = folder.resolve("apiclient_key.pem").toString();
        if ("public-key".equals(System.getenv("SHOP_MODE"))) {
            return new RSAPublicKeyConfig.Builder()
                    .merchantId(settings.getProperty("WXPAY_MCH_ID"))
                    .privateKeyFromPath(privateKey)
                    .merchantSerialNumber(settings.getProperty("WXPAY_SERIAL_NO"))
                    .apiV3Key(settings.getProperty("WXPAY_API_V3_KEY"))
                    .publicKeyFromPath(folder.resolve("pub_key.pem").toString())
                    .publicKeyId(settings.getProperty("WXPAY_PUB_KEY_ID"))
                    .build();
        }
        return new RSAAutoCertificateConfig.Builder()
                .merchantId(settings.getProperty("WXPAY_MCH_ID"))
                .privateKeyFromPath(privateKey)
                .merchantSerialNumber(settings.getProperty("WXPAY_SERIAL_NO"))
                .apiV3Key(settings.getProperty("WXPAY_API_V3_KEY"))
                .build();
    }

    /** One of the library's requests: the same terms for every product. */
    static <T> T into(Class<T> request, Map<String, Object> terms) {
        return GSON.fromJson(GSON.toJson(terms), request);
    }

    Object act(String name, Map<String, String> asked) throws Exception {
        String sub = asked.get("sub_mchid");
        return switch (name) {
            case "order" -> sub == null ? order(asked) : partner.order(asked.get("trade_type"), terms(asked));
            case "query" -> sub == null ? query(named(asked)) : partner.query(named(asked));
            case "close" -> {
                if (sub == null) {
                    new NativePayService.Builder().config(config).build()
                            .closeOrder(into(CloseOrderRequest.class, named(asked)));
                } else {
                    partner.close(named(asked));
                }
                yield Map.of();
            }
            case "refund" -> new RefundService.Builder().config(config).build()
                    .create(into(CreateRequest.class, refund(asked)));
            case "refund-query" -> new RefundService.Builder().config(config).build()
                    .queryByOutRefundNo(into(QueryByOutRefundNoRequest.class, new HashMap<>(asked)));
            case "abnormal-refund" -> abnormal(asked);
            case "echo" -> echo(asked);
            case "bill" -> bill(asked);
            case "certificates" -> Map.of("serials",
                    new CertificateService.Builder().config(config).build().downloadCertificate(apiV3Key)
                            .stream().map(PemUtil::getSerialNumber).toList());
            default -> throw new IllegalArgumentException(name);
        };
    }

    private Map<String, Object> terms(Map<String, String> asked) {
        Map<String, Object> terms = new HashMap<>();
        String sub = asked.get("sub_mchid");
        if (sub == null) {
            terms.putAll(Map.of("appid", appid, "mchid", mchid));
        } else {
            terms.putAll(Map.of("sp_appid", appid, "sp_mchid", mchid, "sub_mchid", sub));
        }
        terms.put("description", DESCRIPTION);
        terms.put("out_trade_no", asked.get("out_trade_no"));
        terms.put("notify_url", url + "/notify/" + (sub == null ? "payment/" : "partner/") + files);
        terms.put("amount", Map.of("total", Integer.parseInt(asked.get("total")), "currency", "CNY"));
        if (asked.get("trade_type").equals("JSAPI")) {
            terms.put("payer", Map.of(sub == null ? "openid" : "sp_openid", asked.get("openid")));
        }
        if (asked.get("trade_type").equals("H5")) {
            terms.put("scene_info", Map.of("payer_client_ip", "123.12.12.123", "h5_info", Map.of("type", "Wap")));
        }
        return terms;
    }

    private Object order(Map<String, String> asked) {
        Map<String, Object> terms = terms(asked);
        return switch (asked.get("trade_type")) {
            case "JSAPI" -> forPage(new JsapiServiceExtension.Builder().config(config).build().prepayWithRequestPayment(
                    into(com.wechat.pay.java.service.payments.jsapi.model.PrepayRequest.class, terms)));
            case "APP" -> {
                var made = new AppServiceExtension.Builder().config(config).build().prepayWithRequestPayment(
                        into(com.wechat.pay.java.service.payments.app.model.PrepayRequest.class, terms));
                yield Map.of("prepay_id", made.getPrepayId(), "client", Map.of(
                        "appid", made.getAppid(), "partnerid", made.getPartnerId(), "prepayid", made.getPrepayId(),
                        "package", made.getPackageVal(), "noncestr", made.getNonceStr(),
                        "timestamp", made.getTimestamp(), "sign", made.getSign()));
            }
            case "H5" -> new H5Service.Builder().config(config).build().prepay(
                    into(com.wechat.pay.java.service.payments.h5.model.PrepayRequest.class, terms));
            default -> new NativePayService.Builder().config(config).build().prepay(into(PrepayRequest.class, terms));
        };
    }

    /** The library's own names are those that WeChat's browser wants. */
    private static Map<String, Object> forPage(
            com.wechat.pay.java.service.payments.jsapi.model.PrepayWithRequestPaymentResponse made) {
        String prepayId = made.getPackageVal().substring("prepay_id=".length());
        return Map.of("prepay_id", prepayId, "client", GSON.toJsonTree(made));
    }

    private Map<String, Object> named(Map<String, String> asked) {
        Map<String, Object> named = new HashMap<>(asked);
        named.put(asked.containsKey("sub_mchid") ? "sp_mchid" : "mchid", mchid);
        return named;
    }

    private Object query(Map<String, Object> named) {
        NativePayService service = new NativePayService.Builder().config(config).build();
        return named.containsKey("transaction_id")
                ? service.queryOrderById(into(QueryOrderByIdRequest.class, named))
                : service.queryOrderByOutTradeNo(into(QueryOrderByOutTradeNoRequest.class, named));
    }

    private Map<String, Object> refund(Map<String, String> asked) {
        Map<String, Object> wanted = new HashMap<>();
        wanted.put("out_trade_no", asked.get("out_trade_no"));
        wanted.put("out_refund_no", asked.get("out_refund_no"));
        wanted.put("sub_mchid", asked.get("sub_mchid"));
        wanted.put("notify_url", url + "/notify/refund/" + files);
        wanted.put("amount", Map.of("total", Integer.parseInt(asked.get("total")),
                "refund", Integer.parseInt(asked.get("refund")), "currency", "CNY"));
        return wanted;
    }

    /** Sends a message with secrets in it to a path that the library has no service for. */
    private <T> T post(String path, Map<String, Object> message, PrivacyEncryptor encryptor, Class<T> answer) {
        HttpRequest request = new HttpRequest.Builder()
                .httpMethod(HttpMethod.POST)
                .url(API + path)
                .addHeader(Constant.ACCEPT, MediaType.APPLICATION_JSON.getValue())
                .addHeader(Constant.CONTENT_TYPE, MediaType.APPLICATION_JSON.getValue())
                .addHeader(Constant.WECHAT_PAY_SERIAL, encryptor.getWechatpaySerial())
                .body(new JsonRequestBody.Builder().body(GSON.toJson(message)).build())
                .build();
        return new DefaultHttpClientBuilder().config(config).build().execute(request, answer).getServiceResponse();
    }

    private Refund abnormal(Map<String, String> asked) {
        PrivacyEncryptor encryptor = config.createEncryptor();
        Map<String, Object> message = Map.of(
                "out_refund_no", asked.get("out_refund_no"),
                "type", "USER_BANK_CARD",
                "bank_type", "ICBC_DEBIT",
                "bank_account", encryptor.encrypt(asked.get("bank_account")),
                "real_name", encryptor.encrypt(asked.get("real_name")));
        String path = "/v3/refund/domestic/refunds/" + asked.get("refund_id") + "/apply-abnormal-refund";
        return post(path, message, encryptor, Refund.class);
    }

    private Object echo(Map<String, String> asked) {
        PrivacyEncryptor encryptor = config.createEncryptor();
        Map<String, Object> message = Map.of(
                "echo_message", asked.get("message"),
                "encrypted_echo_message", encryptor.encrypt(asked.get("message")));
        Map<?, ?> answer = post("/v3/security/echo", message, encryptor, Map.class);
        String sealed = (String) answer.get("encrypted_echo_message");
        return Map.of("message", config.createDecryptor().decrypt(sealed));
    }

    private Object bill(Map<String, String> asked) throws IOException {
        BillDownloadServiceExtension service = new BillDownloadServiceExtension.Builder().config(config).build();
        Map<String, Object> wanted = Map.of("bill_date", asked.get("bill_date"), "tar_type", "GZIP");
        DigestBillEntity bill = asked.get("kind").equals("tradebill")
                ? service.getTradeBill(into(GetTradeBillRequest.class, wanted))
                : service.getFundFlowBill(into(GetFundFlowBillRequest.class, wanted));
        String text = new String(bill.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!bill.verifyHash()) {
            throw new IllegalStateException("the bill is not what its hash says");
        }
        return Map.of("text", text);
    }

    /** What a notification says; throws when it is not WeChat Pay that speaks. */
    Object heard(String kind, UnaryOperator<String> header, String body) {
        RequestParam request = new RequestParam.Builder()
                .serialNumber(header.apply("Wechatpay-Serial"))
                .nonce(header.apply("Wechatpay-Nonce"))
                .signature(header.apply("Wechatpay-Signature"))
                .timestamp(header.apply("Wechatpay-Timestamp"))
                .signType(header.apply("Wechatpay-Signature-Type"))
                .body(body)
                .build();
        Class<?> told = switch (kind) {
            case "partner" -> com.wechat.pay.java.service.partnerpayments.nativepay.model.Transaction.class;
            case "refund" -> RefundNotification.class;
            default -> Transaction.class;
        };
        return new NotificationParser((NotificationConfig) config).parse(request, told);
    }
}
