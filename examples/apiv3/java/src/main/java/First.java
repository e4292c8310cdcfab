import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.wechat.pay.java.core.Config;
import com.wechat.pay.java.core.RSAAutoCertificateConfig;
import com.wechat.pay.java.core.exception.ValidationException;
import com.wechat.pay.java.core.notification.NotificationConfig;
import com.wechat.pay.java.core.notification.NotificationParser;
import com.wechat.pay.java.core.notification.RequestParam;
import com.wechat.pay.java.service.payments.model.Transaction;
import com.wechat.pay.java.service.payments.nativepay.NativePayService;
import com.wechat.pay.java.service.payments.nativepay.model.Amount;
import com.wechat.pay.java.service.payments.nativepay.model.PrepayRequest;
import com.wechat.pay.java.service.payments.nativepay.model.QueryOrderByOutTradeNoRequest;
import com.wechat.pay.java.service.refund.RefundService;
import com.wechat.pay.java.service.refund.model.AmountReq;
import com.wechat.pay.java.service.refund.model.CreateRequest;
import com.wechat.pay.java.service.refund.model.RefundNotification;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;

/** A first order of APIv3 with the official library: placed, paid, notified, queried, refunded. */
public class First {
    static final int PORT = Integer.parseInt(System.getenv().getOrDefault("SHOP_PORT", "8691"));
    static final String SHOP = "http://127.0.0.1:" + PORT;
    static final BlockingQueue<String> TOLD = new LinkedBlockingQueue<>();

    public static void main(String[] args) throws Exception {
        String mchid = System.getenv("WXPAY_MCH_ID");
        // Gets WeChat Pay's certificate (/v3/certificates) first, and verifies every answer with it.
        Config config = new RSAAutoCertificateConfig.Builder()
            .merchantId(mchid)
            .privateKeyFromPath(System.getenv("WXPAY_FILES") + "/apiclient_key.pem")
            .merchantSerialNumber(System.getenv("WXPAY_SERIAL_NO"))
            .apiV3Key(System.getenv("WXPAY_API_V3_KEY"))
            .build();
        NotificationParser parser = new NotificationParser((NotificationConfig) config);
        HttpServer shop = HttpServer.create(new InetSocketAddress("127.0.0.1", PORT), 0);
        shop.createContext("/notify", asked -> take(asked,
            message -> parser.parse(message, Transaction.class).getTradeState().name()));
        shop.createContext("/refunded", asked -> take(asked,
            message -> parser.parse(message, RefundNotification.class).getRefundStatus().name()));
        shop.start();

        String number = "FIRST" + Instant.now().getEpochSecond();
        NativePayService orders = new NativePayService.Builder().config(config).build();
        PrepayRequest request = new PrepayRequest();
        request.setAppid(System.getenv("WXPAY_APPID"));
        request.setMchid(mchid);
        request.setDescription("A cup of tea");
        request.setOutTradeNo(number);
        request.setNotifyUrl(SHOP + "/notify");
        Amount amount = new Amount();
        amount.setTotal(100);
        request.setAmount(amount);
        System.out.println("placed: " + number + " " + orders.prepay(request).getCodeUrl());
        System.out.println("pay it in another terminal: wxpay-sandbox pay " + number);
        System.out.println("notified: " + TOLD.take());

        QueryOrderByOutTradeNoRequest query = new QueryOrderByOutTradeNoRequest();
        query.setMchid(mchid);
        query.setOutTradeNo(number);
        Transaction found = orders.queryOrderByOutTradeNo(query);
        System.out.println("queried: " + found.getTradeState() + " " + found.getTransactionId());

        CreateRequest refund = new CreateRequest();
        refund.setOutTradeNo(number);
        refund.setOutRefundNo("R" + number);
        refund.setNotifyUrl(SHOP + "/refunded");
        AmountReq back = new AmountReq();
        back.setRefund(100L);
        back.setTotal(100L);
        back.setCurrency("CNY");
        refund.setAmount(back);
        RefundService refunds = new RefundService.Builder().config(config).build();
        System.out.println("refund asked for: " + refunds.create(refund).getStatus());
        System.out.println("it arrives after a minute of sandbox time: wxpay-sandbox clock +1m");
        System.out.println("refunded: " + TOLD.take());
        shop.stop(0);
        System.exit(0); // the library's own threads look for new certificates for ever
    }

    static void take(HttpExchange asked, Function<RequestParam, String> parse) throws IOException {
        var headers = asked.getRequestHeaders();
        RequestParam message = new RequestParam.Builder()
            .serialNumber(headers.getFirst("Wechatpay-Serial"))
            .nonce(headers.getFirst("Wechatpay-Nonce"))
            .signature(headers.getFirst("Wechatpay-Signature"))
            .timestamp(headers.getFirst("Wechatpay-Timestamp"))
            .body(new String(asked.getRequestBody().readAllBytes(), StandardCharsets.UTF_8))
            .build();
        try {
            String said = parse.apply(message);
            asked.sendResponseHeaders(204, -1);
            TOLD.add(said);
        } catch (ValidationException error) {
            System.err.println("not WeChat Pay's: " + error.getMessage());
            asked.sendResponseHeaders(401, -1);
        }
        asked.close();
    }
}
