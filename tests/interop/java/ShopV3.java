import com.google.gson.Gson;
import com.google.gson.reflect.TypeToken;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A merchant's backend on WeChat's own wechatpay-java. */
public final class ShopV3 {

    private static final Gson GSON = new Gson();
    private final Map<String, OnWechatpayJava> merchants = new ConcurrentHashMap<>();
    private final Map<String, List<Object>> received = new ConcurrentHashMap<>();
    private String url;

    public static void main(String[] arguments) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        ShopV3 shop = new ShopV3();
        shop.url = "http://127.0.0.1:" + server.getAddress().getPort();
        server.createContext("/notify/", shop::notified);
        server.createContext("/received", exchange -> answer(exchange, 200, GSON.toJson(shop.received)));
        server.createContext("/", shop::asked);
        server.start();
        System.out.println("shop ready at " + shop.url);
    }

    /** The merchant of a folder below WXPAY_FILES; its client is made once. */
    private OnWechatpayJava merchant(String files) throws IOException {
        OnWechatpayJava known = merchants.get(files);
        if (known == null) {
            known = new OnWechatpayJava(files, url);
            merchants.put(files, known);
        }
        return known;
    }

    /** What WeChat Pay posts to /notify/KIND/FILES. */
    private void notified(HttpExchange exchange) throws IOException {
        String[] words = exchange.getRequestURI().getPath().split("/");
        try {
            Object told = merchant(words[3]).heard(words[2], exchange.getRequestHeaders()::getFirst, body(exchange));
            received.computeIfAbsent(words[2], kind -> new CopyOnWriteArrayList<>()).add(told);
            answer(exchange, 200, "{\"code\":\"SUCCESS\",\"message\":\"成功\"}");
        } catch (Exception refused) {
            refused.printStackTrace();
            answer(exchange, 401, "{\"code\":\"FAIL\",\"message\":\"失败\"}");
        }
    }

    private void asked(HttpExchange exchange) throws IOException {
        Map<String, String> asked = GSON.fromJson(body(exchange), new TypeToken<Map<String, String>>() { }.getType());
        try {
            Object answer = merchant(asked.get("files")).act(exchange.getRequestURI().getPath().substring(1), asked);
            answer(exchange, 200, GSON.toJson(answer));
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
