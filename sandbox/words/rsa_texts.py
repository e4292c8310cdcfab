"""What was signed in V3 in place of the right text, and how to mend it."""

from sandbox.core.text import Text, together
from sandbox.words.hints import Hint

_FIVE_LINES = Text(
    "签名串是五行：方法、路径和查询、timestamp、nonce_str、请求体；"
    "每行（包括最后一行）都以一个 \\n 结尾，请求体为空也有这一行。",
    "Five lines are signed: method, path and query, timestamp, nonce_str, body; each, the last too, ends with one \\n, "
    "also where the body is empty.",
)
_TARGET = Text(
    "先让 HTTP 库构造好 URL，再取它的路径和查询（原样，含 ?，不含协议和域名）来签名，发送同一个。",
    "Have the HTTP library build the URL, sign its path and query as they are (with the ?, without scheme and host), "
    "and send that.",
)
_ONE_BODY = Text(
    "请求体只序列化一次：对这个字符串签名，发送的也是这个字符串（不要再把对象交给 HTTP 库序列化）。",
    "Serialise the body once: sign that string and send that string; do not hand the object to the HTTP library.",
)
_ONCE = Text(
    "timestamp 和 nonce_str 各生成一次，存进变量，签名串和 Authorization 都用它。",
    "Make timestamp and nonce_str once, and use the same in the signed text and in Authorization.",
)
ALGORITHM = Text(
    '用 SHA256withRSA（PKCS#1 v1.5）对签名串本身签名：Java 是 Signature.getInstance("SHA256withRSA")，'
    "Node.js 是 createSign('RSA-SHA256')，Go 是 rsa.SignPKCS1v15，PHP 是 openssl_sign(…, OPENSSL_ALGO_SHA256)。",
    'Sign the text itself with SHA256withRSA (PKCS#1 v1.5): in Java Signature.getInstance("SHA256withRSA"), in '
    "Node.js createSign('RSA-SHA256'), in Go rsa.SignPKCS1v15, in PHP openssl_sign(..., OPENSSL_ALGO_SHA256).",
)
SECONDS = Text("timestamp 用秒（10 位），不是毫秒。", "The timestamp is in seconds (10 digits), not milliseconds.")

_COMPARE = Text(
    "打印你签名的那段内容，与应签内容逐字比较（长度、每行、请求体）；多半是请求体或 nonce_str 在签名之后变了。",
    "Print the text that you sign and compare it with the right one: length, each line, body. Likely the body or "
    "nonce_str changed after signing.",
)

OF_THE_TEXT: dict[str, Hint] = {
    "last_line_end": Hint(
        Text("签名串的最后一行没有 \\n。", "The last line of the signed text does not end with \\n."), _FIVE_LINES
    ),
    "no_line_ends": Hint(Text("签名串里没有换行。", "The signed text has no line breaks."), _FIVE_LINES),
    "other_line_ends": Hint(
        Text("签名串的行尾是“{lines}”，不是 \\n。", "The lines of the signed text end with “{lines}”, not with \\n."),
        _FIVE_LINES,
    ),
    "line_ends_too_many": Hint(Text("签名串里多了 \\n。", "The signed text has a \\n too many."), _FIVE_LINES),
    "lines_left_out": Hint(Text("签名串里少了 {lines}。", "The signed text lacks {lines}."), _FIVE_LINES),
    "lines_order": Hint(
        Text("签名串各行的顺序是 {lines}。", "The signed text has its lines in the order {lines}."), _FIVE_LINES
    ),
    "text_encoded": Hint(
        Text("签名串整个被转成了 {lines}。", "The whole text was turned into {lines} before it was signed."),
        _FIVE_LINES,
    ),
    "unseen_around": Hint(
        Text("签名串首尾多了（或少了）看不见的 {lines}。", "The signed text differs by an unseen {lines} at an end."),
        _FIVE_LINES,
    ),
    "hashed_before": Hint(
        Text("签名串先被转成了 {before}，再签名。", "The text was turned into its {before} before it was signed."),
        ALGORITHM,
    ),
    "target_without_query": Hint(
        Text("签名用的 URL 没有查询串（{target}）。", "The URL was signed without its query ({target})."), _TARGET
    ),
    "target_with_host": Hint(
        Text("签名用的 URL 带了协议或域名（{target}）。", "The URL was signed with scheme or host ({target})."), _TARGET
    ),
    "target_decoded": Hint(
        Text(
            "URL 发送时是编码的，签名用的是解码后的（{target}）。",
            "The URL was sent escaped, signed decoded ({target}).",
        ),
        _TARGET,
    ),
    "target_encoded": Hint(
        Text("签名用的 URL 比发送的多了编码（{target}）。", "The URL was signed escaped, but not sent so ({target})."),
        _TARGET,
    ),
    "target_encoded_twice": Hint(
        Text("签名用的 URL 编码了两次（{target}）。", "The URL was signed escaped twice ({target})."), _TARGET
    ),
    "target_percent_case": Hint(
        Text(
            "签名用的 URL 里百分号编码的大小写不同（{target}）。", "The escapes were signed in another case ({target})."
        ),
        _TARGET,
    ),
    "target_blanks": Hint(
        Text("URL 里的空格签名时是另一种写法（{target}）。", "Blanks were signed in another form ({target})."), _TARGET
    ),
    "query_order": Hint(
        Text("查询参数的顺序签名与发送不同（{target}）。", "The query was signed in another order ({target})."), _TARGET
    ),
    "query_mark": Hint(
        Text(
            "签名用的 URL 里路径与查询之间不是一个“?”（{target}）。",
            "There is no single ? in what was signed ({target}).",
        ),
        _TARGET,
    ),
    "query_part": Hint(
        Text("签名用的 URL 少了一部分查询参数（{target}）。", "Part of the query was not signed ({target})."), _TARGET
    ),
    "trailing_slash": Hint(
        Text("签名与发送的路径末尾差一个“/”（{target}）。", "The path was signed with another end, by a / ({target})."),
        _TARGET,
    ),
    "leading_slash": Hint(
        Text(
            "签名与发送的路径开头差一个“/”（{target}）。", "The path was signed with another begin, by a / ({target})."
        ),
        _TARGET,
    ),
    "target_prefix": Hint(
        Text("签名用的路径开头少了或多了一段（{target}）。", "The path was signed with another first part ({target})."),
        _TARGET,
    ),
    "target_template": Hint(
        Text("签名用的路径里占位符没有替换（{target}）。", "The path was signed with its placeholder ({target})."),
        _TARGET,
    ),
    "method_case": Hint(
        Text("签名用的方法是 {method}，要大写。", "The method was signed as {method}; it is in upper case."),
        _FIVE_LINES,
    ),
    "method_other": Hint(
        Text("签名用的方法是 {method}，发送的不是。", "The method was signed as {method}, but not sent so."),
        _FIVE_LINES,
    ),
    "timestamp_milliseconds_signed": Hint(
        Text("签名用的是毫秒 {timestamp}，发送的是秒。", "Milliseconds were signed ({timestamp}), seconds sent."), _ONCE
    ),
    "timestamp_seconds_signed": Hint(
        Text("签名用的是秒 {timestamp}，发送的不是。", "Seconds were signed ({timestamp}), something else sent."),
        SECONDS,
    ),
    "timestamp_other": Hint(
        Text(
            "签名用的 timestamp 是“{timestamp}”，发送的是另一个。",
            "Another timestamp was signed than sent: “{timestamp}”.",
        ),
        _ONCE,
    ),
    "nonce_case": Hint(
        Text(
            "nonce_str 签名与发送的大小写不同（{nonce_str}）。", "nonce_str was signed in another case ({nonce_str})."
        ),
        _ONCE,
    ),
    "nonce_other": Hint(
        Text("签名用的 nonce_str 是“{nonce_str}”，发送的是另一个。", "Another nonce_str was signed: “{nonce_str}”."),
        _ONCE,
    ),
    "body_left_out": Hint(
        Text("请求体没有参与签名（签的是空串）。", "The body was not signed: an empty one was."), _ONE_BODY
    ),
    "body_invented": Hint(
        Text("请求没有请求体，签名时却有（{body}）。", "No body was sent, but one was signed ({body})."),
        Text("没有请求体时（GET 等）签名串的最后一行是空的。", "Where no body is sent, the last line is empty."),
    ),
    "body_blanks": Hint(
        Text("JSON 里的空白签名与发送不同。", "The JSON was signed with other blanks than it was sent with."), _ONE_BODY
    ),
    "body_beyond_ascii": Hint(
        Text(
            "中文等字符签名与发送的写法不同（\\uXXXX 与原字符）。",
            "Chinese was signed in another form (\\uXXXX or as it is).",
        ),
        _ONE_BODY,
    ),
    "body_slashes": Hint(
        Text("JSON 里的“/”签名与发送不同（\\/ 与 /）。", "Slashes were signed in another form (\\/ or /)."), _ONE_BODY
    ),
    "body_html": Hint(
        Text(
            "JSON 里的 <、>、& 签名与发送的写法不同（\\u0026）。", "<, > and & were signed in another form (\\u0026)."
        ),
        _ONE_BODY,
    ),
    "body_key_order": Hint(
        Text("JSON 的字段顺序签名与发送不同。", "The members of the JSON were signed in another order."), _ONE_BODY
    ),
    "body_written_anew": Hint(
        Text(
            "同样的 JSON，签名与发送的写法不同（空白、转义、顺序不止一处）。",
            "The same JSON was signed, written otherwise.",
        ),
        _ONE_BODY,
    ),
    "body_ends": Hint(
        Text(
            "请求体首尾的空白、换行或 BOM 签名与发送不同。",
            "The body was signed with other blanks or a BOM at its ends.",
        ),
        _ONE_BODY,
    ),
    "body_line_ends": Hint(
        Text("请求体里的换行签名与发送不同。", "The body was signed with other line breaks."), _ONE_BODY
    ),
    "body_charset": Hint(
        Text("请求体签名与发送的编码不同。", "The body was signed in another charset."),
        Text("签名和发送都用 UTF-8。", "Sign and send UTF-8."),
    ),
    "body_members": Hint(
        Text("JSON 里有的字段发送了却没有签名。", "Some members of the JSON were sent but not signed."), _ONE_BODY
    ),
    "body_numbers": Hint(
        Text("JSON 里的数字签名与发送的写法不同。", "Numbers of the JSON were signed in another form."), _ONE_BODY
    ),
    "body_format": Hint(
        Text("签名用的请求体不是发送的 JSON，而是另一种格式。", "The body was signed in another format than JSON."),
        _ONE_BODY,
    ),
    "text_other": Hint(
        Text(
            "签名确实是证书 {signer} 的私钥做的，但签的不是应签的内容，试过的常见错误都不是。",
            "It was made by the key of {signer}, but over another text, and by none of the usual mistakes.",
        ),
        _COMPARE,
    ),
    "text_unknown": Hint(
        Text(
            "签名确实是证书 {signer} 的私钥做的，但签的不是应签的内容，试过的常见错误都不是。"
            "你签的那段内容的 {algorithm} 是 {digest}。",
            "It was made by the key of {signer}, but over another text, and by none of the usual mistakes. The "
            "{algorithm} of the text that you signed is {digest}.",
        ),
        together(
            _COMPARE,
            Text(
                "你那段内容的摘要若不是上面这个，签名的就不是它。",
                "A text whose digest is another than that one is not what was signed.",
            ),
        ),
    ),
}
