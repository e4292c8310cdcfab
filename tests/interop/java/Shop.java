import com.google.gson.Gson;
import com.google.gson.reflect.TypeToken;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A merchant's backend; which library it stands on is its argument. */
public final class Shop {
    /** What a library does for the shop. Messages are maps of strings; a client's parameters are such a map in `client`. */
    interface Library {
        Map<String, Object> act(String name, Map<String, String> asked) throws Exception;

        /** The fields of a payment notification; throws when it is not WeChat Pay that speaks. */
        Map<String, String> payment(String xml) throws Exception;

        /** The same of a refund notification, `req_info` decrypted. */
        Map<String, String> refund(String xml) throws Exception;
    }

    private static final Gson GSON = new Gson();

    private final Library library;
    private final List<Map<String, String>> payments = new ArrayList<>();
    private final List<Map<String, String>> refunds = new ArrayList<>();

    private Shop(Library library) {
        this.library = library;
    }

    public static void main(String[] arguments) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        Shop shop = new Shop(arguments[0].equals("wxpay-sdk") ? new OnWxpaySdk(url) : new OnWxJava(url));
        server.createContext("/notify/payment", exchange -> shop.notified(exchange, shop.library::payment, shop.payments));
        server.createContext("/notify/refund", exchange -> shop.notified(exchange, shop.library::refund, shop.refunds));
        server.createContext("/received",
                exchange -> answer(exchange, 200, GSON.toJson(Map.of("payments", shop.payments, "refunds", shop.refunds))));
        server.createContext("/", shop::asked);
        server.start();
        System.out.println("shop ready at " + url);
    }

    private interface Reader {
        Map<String, String> read(String xml) throws Exception;
    }

    private void notified(HttpExchange exchange, Reader reader, List<Map<String, String>> received) throws IOException {
        String word = "SUCCESS";
        try {
            received.add(reader.read(body(exchange)));
        } catch (Exception refused) {
            refused.printStackTrace();
            word = "FAIL";
        }
        answer(exchange, 200, "<xml><return_code><![CDATA[" + word + "]]></return_code></xml>");
    }

    private void asked(HttpExchange exchange) throws IOException {
        Map<String, String> asked = GSON.fromJson(body(exchange), new TypeToken<Map<String, String>>() { }.getType());
        try {
            answer(exchange, 200, GSON.toJson(library.act(exchange.getRequestURI().getPath().substring(1), asked)));
        } catch (Exception refused) {
            answer(exchange, 502, GSON.toJson(Map.of("error", refused.toString())));
        }
    }

    private static String body(HttpExchange exchange) throws IOException {
        return new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
