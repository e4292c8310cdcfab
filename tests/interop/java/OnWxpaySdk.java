import com.github.wxpay.sdk.WXPay;
import com.github.wxpay.sdk.WXPayConfig;
import com.github.wxpay.sdk.WXPayUtil;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/** WeChat's own SDK, as its README shows it. */
final class OnWxpaySdk implements Shop.Library {
    private static final Map<String, String> ENV = System.getenv();

    private final String url;
    private final byte[] certificate;

    OnWxpaySdk(String url) throws IOException {
        this.url = url;
        this.certificate = Files.readAllBytes(Path.of(ENV.get("WXPAY_FILES"), "apiclient_cert.p12"));
    }

    private final class Config implements WXPayConfig {
        private final String key;

        Config(String key) {
            this.key = key == null ? ENV.get("WXPAY_API_KEY") : key;
        }

        @Override
        public String getAppID() {
            return ENV.get("WXPAY_APPID");
        }

        @Override
        public String getMchID() {
            return ENV.get("WXPAY_MCH_ID");
        }

        @Override
        public String getKey() {
            return key;
        }

        @Override
        public InputStream getCertStream() {
            return new ByteArrayInputStream(certificate);
        }

        @Override
        public int getHttpConnectTimeoutMs() {
            return 8000;
        }

        @Override
        public int getHttpReadTimeoutMs() {
            return 10000;
        }
    }

    @Override
    public Map<String, Object> act(String name, Map<String, String> asked) throws Exception {
        WXPay wxpay = new WXPay(new Config(asked.remove("key")));
        return switch (name) {
            case "order" -> order(wxpay, asked);
            case "query" -> successful(wxpay.orderQuery(asked));
            case "close" -> successful(wxpay.closeOrder(asked));
            case "refund" -> {
                asked.put("notify_url", url + "/notify/refund");
                yield successful(wxpay.refund(asked));
            }
            case "refund-query" -> {
                Map<String, Object> found = successful(wxpay.refundQuery(asked));
                yield Map.of("refund_id", found.get("refund_id_0"), "refund_status", found.get("refund_status_0"));
            }
            case "bill" -> {
                asked.put("bill_type", "ALL");
                yield Map.of("text", successful(wxpay.downloadBill(asked)).get("data"));
            }
            case "micropay" -> {
                asked.put("body", "龙井茶");
                asked.put("spbill_create_ip", "123.12.12.123");
                yield successful(wxpay.microPay(asked));
            }
            case "reverse" -> successful(wxpay.reverse(asked));
            default -> throw new IllegalArgumentException(name);
        };
    }

    private Map<String, Object> order(WXPay wxpay, Map<String, String> asked) throws Exception {
        asked.put("body", "龙井茶");
        asked.put("spbill_create_ip", "123.12.12.123");
        asked.put("notify_url", url + "/notify/payment");
        String type = asked.get("trade_type");
        if (type.equals("NATIVE")) {
            asked.put("product_id", "88888");
        }
        if (type.equals("MWEB")) {
            asked.put("scene_info",
                    "{\"h5_info\":{\"type\":\"Wap\",\"wap_url\":\"https://shop.example\",\"wap_name\":\"茶\"}}");
        }
        Map<String, Object> placed = successful(wxpay.unifiedOrder(asked));
        String prepayId = (String) placed.get("prepay_id");
        if (type.equals("APP")) {
            placed.put("client", forApp(prepayId));
        }
        if (type.equals("JSAPI")) {
            placed.put("client", forPage(prepayId));
        }
        return placed;
    }

    private static Map<String, String> forApp(String prepayId) throws Exception {
        Map<String, String> parameters = new HashMap<>();
        parameters.put("appid", ENV.get("WXPAY_APPID"));
        parameters.put("partnerid", ENV.get("WXPAY_MCH_ID"));
        parameters.put("prepayid", prepayId);
        parameters.put("package", "Sign=WXPay");
        parameters.put("noncestr", WXPayUtil.generateNonceStr());
        parameters.put("timestamp", String.valueOf(System.currentTimeMillis() / 1000));
        parameters.put("sign", WXPayUtil.generateSignature(parameters, ENV.get("WXPAY_API_KEY")));
        return parameters;
    }

    private static Map<String, String> forPage(String prepayId) throws Exception {
        Map<String, String> parameters = new HashMap<>();
        parameters.put("appId", ENV.get("WXPAY_APPID"));
        parameters.put("timeStamp", String.valueOf(System.currentTimeMillis() / 1000));
        parameters.put("nonceStr", WXPayUtil.generateNonceStr());
        parameters.put("package", "prepay_id=" + prepayId);
        parameters.put("signType", "MD5");
        parameters.put("paySign", WXPayUtil.generateSignature(parameters, ENV.get("WXPAY_API_KEY")));
        return parameters;
    }

    /** The SDK gives failures back as it gives successes; the shop's customer wants to know. */
    private static Map<String, Object> successful(Map<String, String> answer) {
        if (!"SUCCESS".equals(answer.get("return_code")) || "FAIL".equals(answer.get("result_code"))) {
            throw new IllegalStateException(answer.toString());
        }
        return new HashMap<>(answer);
    }

    @Override
    public Map<String, String> payment(String xml) throws Exception {
        Map<String, String> message = WXPayUtil.xmlToMap(xml);
        if (!new WXPay(new Config(null)).isPayResultNotifySignatureValid(message)) {
            throw new SecurityException("wrong sign");
        }
        return message;
    }

    /** The SDK knows nothing of refund notifications; this is how WeChat's documents say they are read. */
    @Override
    public Map<String, String> refund(String xml) throws Exception {
        byte[] digest = MessageDigest.getInstance("MD5").digest(ENV.get("WXPAY_API_KEY").getBytes(StandardCharsets.UTF_8));
        Cipher cipher = Cipher.getInstance("AES/ECB/PKCS5Padding");
        cipher.init(Cipher.DECRYPT_MODE,
                new SecretKeySpec(HexFormat.of().formatHex(digest).getBytes(StandardCharsets.UTF_8), "AES"));
        byte[] info = cipher.doFinal(Base64.getDecoder().decode(WXPayUtil.xmlToMap(xml).get("req_info")));
        return WXPayUtil.xmlToMap(new String(info, StandardCharsets.UTF_8));
    }
}
