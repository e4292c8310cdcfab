"""Why a V2 signature is wrong and how to mend it: the mistakes that the doctor knows by name.

Chinese and English take the same facts; `fields` are names of fields, `value` is what was signed.
"""

from collections.abc import Iterable, Mapping

from sandbox.core.text import Lang, Text
from sandbox.words.hints import Hint
from sandbox.words.rsa_signing import RSA_HINTS

_READ_RULE = Text(
    "把你的代码签名前拼出的字符串打印出来，与待签名串逐字对照。",
    "Print the string that your code signs and compare it with the string to sign.",
)
_KEY = Text(
    "V2 用商户平台“API安全”里设置的 API 密钥（32 位），原样使用。",
    "V2 takes the API key that is set on the merchant platform: 32 characters, exactly as they are.",
)
_APPEND = Text(
    "排序拼接之后，在末尾原样加上 &key= 和 API 密钥，只加一次。",
    "After sorting and joining, append &key= and the API key exactly so, once.",
)
_RAW = Text(
    "签名用原始值；转义、编码只在写 XML 时做，签名之后再做。",
    "Sign the values as they are; escape only when writing the XML, after signing.",
)
_SAME = Text(
    "签名与发送要用同一份数据：签名之后不要再改任何字段。",
    "Sign and send the same data: change no field after signing.",
)
_FILTER = Text(
    "只签名实际发送的非空字段；值为空（null、空字符串）的在拼接前去掉。",
    "Sign the non-empty fields that are sent; drop empty ones (null, empty string) before joining.",
)
_UTF8 = Text(
    "取摘要时用 UTF-8 字节（Java：getBytes(StandardCharsets.UTF_8)），请求体也按 UTF-8 发送。",
    "Digest UTF-8 bytes (Java: getBytes(StandardCharsets.UTF_8)), and send the body in UTF-8 too.",
)

SIGN_RIGHT = Text("签名正确。", "The signature is right.")

SIGN_HINTS: dict[str, Hint] = {
    "sign_missing": Hint(
        Text("请求没有 sign。", "The request has no sign."),
        Text("把签名结果放进 sign 字段（全小写字段名）。", "Put the result into the field sign (in lower case)."),
    ),
    "merchant_unknown": Hint(
        Text(
            "不知道用哪个密钥：消息里没有 mch_id，或沙箱里没有这个商户。",
            "There is no key to check with: the message names no mch_id, or none that this sandbox has.",
        ),
        Text(
            "指定商户号或密钥再试（mch_id 或 key；命令行是 --mch-id 或 --key）。",
            "Name the merchant or give the key (mch_id or key; on the command line --mch-id or --key).",
        ),
    ),
    # -- the sign itself -----------------------------------------------------------------------------------------------
    "lower_case": Hint(
        Text("签名结果含小写字母。", "The result is not in upper case."),
        Text("把签名结果转成大写。", "Turn the result into upper case."),
    ),
    "sign_white_space": Hint(
        Text("sign 的首尾有空白或换行。", "There is white space around the sign."),
        Text("写入 XML 前去掉首尾空白。", "Strip it before writing the XML."),
    ),
    "sign_form": Hint(
        Text(
            "sign 不是 32 位（MD5）或 64 位（HMAC-SHA256）十六进制。",
            "The sign is neither 32 (MD5) nor 64 (HMAC-SHA256) hex digits.",
        ),
        Text("用 MD5 或 HMAC-SHA256，结果写成大写十六进制。", "Use MD5 or HMAC-SHA256, written in upper-case hex."),
    ),
    "other_algorithm": Hint(
        Text("签名用的算法是 {algorithm}。", "It was computed with {algorithm}."),
        Text("用 MD5 或 HMAC-SHA256，结果写成大写十六进制。", "Use MD5 or HMAC-SHA256, written in upper-case hex."),
    ),
    "zeros_lost": Hint(
        Text("转十六进制时丢了 0（{algorithm}）。", "Zeros were lost in writing the {algorithm} as hex."),
        Text(
            "每个字节固定写两位（%02X），不要用 BigInteger.toString(16)。",
            "Write each byte with two digits (%02X), not with BigInteger.toString(16).",
        ),
    ),
    "sign_type_unknown": Hint(
        Text("sign_type 的取值不存在。", "There is no such sign_type."),
        Text("只能是 MD5 或 HMAC-SHA256，区分大小写。", "It is MD5 or HMAC-SHA256, case matters."),
    ),
    "other_sign_type": Hint(
        Text(
            "签名用的算法与 sign_type 声明的不同。", "It was computed with another algorithm than sign_type declares."
        ),
        Text("两者保持一致；不传 sign_type 就是 MD5。", "Make the two agree; without sign_type the algorithm is MD5."),
    ),
    # -- the key -------------------------------------------------------------------------------------------------------
    "api_v3_key": Hint(Text("用成了 APIv3 密钥。", "That was the APIv3 key."), _KEY),
    "former_key": Hint(
        Text(
            "用的是 {replaced_at} 已被替换的旧 API 密钥。",
            "That was the API key that was replaced at {replaced_at}.",
        ),
        Text(
            "把这个调用方的配置换成现在的 API 密钥（可能有一台机器或一个服务没有更新），再重启它。",
            "Give this caller the present API key (one machine or service may have been forgotten), and restart it.",
        ),
    ),
    "sandbox_signkey": Hint(
        Text(
            "用成了官方沙箱的 sandbox_signkey（getsignkey 给的），它只在沙箱路径下有效。",
            "That was the official sandbox's sandbox_signkey (from getsignkey); it is right on its paths only.",
        ),
        Text(
            "sandbox_signkey 只用于 /sandboxnew/ 和 /xdc/apiv2sandbox/；getsignkey 和正式接口用 API 密钥。",
            "It is for /sandboxnew/ and /xdc/apiv2sandbox/ alone; getsignkey and the ordinary paths take the API key.",
        ),
    ),
    "ordinary_key": Hint(
        Text(
            "用成了正式的 API 密钥；官方沙箱路径有自己的密钥。",
            "That was the ordinary API key; the official sandbox's paths have a key of their own.",
        ),
        Text(
            "先调 getsignkey，用返回的 sandbox_signkey 签名和验签；换过 API 密钥就要重新取。",
            "Call getsignkey, sign and verify with its sandbox_signkey; fetch it again after the API key has changed.",
        ),
    ),
    "other_merchant": Hint(
        Text("用的是另一个商户（{other_mch_id}）的密钥。", "That was the key of another merchant ({other_mch_id})."),
        Text("检查配置：mch_id 与密钥要成对。", "Check the settings: mch_id and key belong together."),
    ),
    "example_key": Hint(Text("用的是官方文档示例里的密钥。", "That was the key of the documents' example."), _KEY),
    "value_as_key": Hint(Text("把 {fields} 的值当成了密钥。", "The value of {fields} was used as the key."), _KEY),
    "key_white_space": Hint(
        Text("密钥首尾多了或少了空白、换行或 BOM。", "The key has white space, a line end or a BOM too many (or few)."),
        Text("读配置后去掉密钥首尾的空白。", "Strip the key after reading it from the settings."),
    ),
    "key_changed": Hint(
        Text(
            "密钥被改过：大小写、引号、少一个字符，或先做了 MD5。",
            "The key was altered: its case, quotes, a character short, or hashed with MD5 first.",
        ),
        _KEY,
    ),
    "empty_key": Hint(Text("密钥是空的（“{value}”）。", "The key was empty (“{value}”)."), _KEY),
    "no_key": Hint(Text("末尾没有拼 API 密钥。", "The API key was not appended."), _APPEND),
    "key_joined_wrongly": Hint(Text("“&key=”没有原样拼上。", "“&key=” was not appended exactly so."), _APPEND),
    "key_named_otherwise": Hint(
        Text("末尾写成了“&{value}=”，应是“&key=”。", "“&{value}=” was appended in place of “&key=”."), _APPEND
    ),
    "key_sorted": Hint(Text("key 和其他字段一起排了序。", "The key was sorted in among the fields."), _APPEND),
    "key_twice": Hint(Text("密钥拼了两次。", "The key was appended twice."), _APPEND),
    "hmac_keyed_wrongly": Hint(
        Text("待签名串对，但 HMAC 的密钥不对。", "The string is right, but the HMAC was keyed with something else."),
        Text(
            "HMAC 的密钥是 API 密钥，消息是以 &key=API密钥 结尾的待签名串，两处都要用它。",
            "Key the HMAC with the API key; its message is the string to sign, which ends with &key= and the key too.",
        ),
    ),
    # -- which fields --------------------------------------------------------------------------------------------------
    "sign_type_left_out": Hint(
        Text("传了 sign_type，却没有让它参与签名。", "sign_type was sent but not signed."),
        Text("sign_type 传了就要参与签名。", "sign_type takes part in the signature when it is sent."),
    ),
    "sign_type_not_sent": Hint(
        Text("参与签名的是 sign_type={value}，发送的不是。", "sign_type={value} was signed but not sent so."),
        Text("把同样的 sign_type 也写进请求。", "Send the same sign_type in the request."),
    ),
    "empty_fields": Hint(Text("空值字段参与了签名。", "Empty fields were signed."), _FILTER),
    "null_fields": Hint(
        Text("空字段 {fields} 按“{value}”签了名。", "Empty fields were signed as “{value}”: {fields}."), _FILTER
    ),
    "extra_field": Hint(
        Text("多签了 {fields}，请求里没有（这样）发送。", "Signed but not sent so: {fields}."), _FILTER
    ),
    "field_left_out": Hint(
        Text("签名时漏了 {fields}。", "Sent but not signed: {fields}."),
        Text("发送的每个非空字段（除 sign）都要参与签名。", "Every non-empty field that is sent is signed, but sign."),
    ),
    "sign_included": Hint(
        Text("sign 自己参与了签名（签了两次？）。", "sign itself was signed (signed twice?)."),
        Text("拼接前去掉 sign；重试时重新签名。", "Leave sign out before joining, also when a request is tried again."),
    ),
    # -- order, names, joining -----------------------------------------------------------------------------------------
    "unsorted": Hint(
        Text("字段没有按名称升序排。", "The fields were not sorted."),
        Text("按名称的 ASCII 码从小到大排序。", "Sort the fields by name, ASCII ascending."),
    ),
    "other_names": Hint(
        Text("签名时字段名写法不同：{fields} 签成了 {value}。", "Signed under other names: {fields} as {value}."),
        Text("字段名与请求里的完全一致，区分大小写。", "Sign the names exactly as they are sent; case matters."),
    ),
    "joined_otherwise": Hint(
        Text("字段的拼接格式不对。", "The fields were joined in another form."),
        Text(
            "格式是 名=值&名=值…，值不加引号，首尾没有多余的 &。",
            "The form is name=value&name=value..., no quotes, no & too many.",
        ),
    ),
    "case_changed": Hint(
        Text("签名前整个串被转了大小写。", "The string's case was changed before it was digested."),
        Text("只把最后的摘要转成大写。", "Turn only the digest into upper case."),
    ),
    "trailing_newline": Hint(
        Text("待签名串（或密钥）末尾多了换行。", "The string to sign (or the key) ended with a line break."),
        Text("去掉换行；用 echo 试算时加 -n。", "Drop it; when trying with echo in a shell, use echo -n."),
    ),
    # -- values --------------------------------------------------------------------------------------------------------
    "url_encoded": Hint(Text("{fields} 按 URL 编码后的值签了名。", "Signed URL-encoded: {fields}."), _RAW),
    "url_decoded": Hint(
        Text("{fields} 签名用的是 URL 解码后的值，发送的是编码的。", "Sent URL-encoded but signed decoded: {fields}."),
        _SAME,
    ),
    "xml_escaped": Hint(Text("{fields} 按 XML 转义后的值签了名。", "Signed XML-escaped: {fields}."), _RAW),
    "xml_unescaped": Hint(
        Text(
            "{fields} 多转义了一次：CDATA 里（或已转义后）又写了 &amp; 之类。",
            "Escaped once too often (entities such as &amp; inside CDATA, or escaped twice): {fields}.",
        ),
        Text(
            "CDATA 里写原始值；不用 CDATA 才转义，且只一次。", "Write the raw value in CDATA; otherwise escape, once."
        ),
    ),
    "cdata": Hint(
        Text("{fields} 连同 <![CDATA[ ]]> 一起签了名。", "Signed with <![CDATA[ ]]> around it: {fields}."), _RAW
    ),
    "white_space": Hint(
        Text("{fields} 签名时去掉了空白，发送时没有。", "Sent with white space that was not signed: {fields}."), _SAME
    ),
    "charset": Hint(Text("待签名串的编码是 {charset}。", "The string was digested as {charset}."), _UTF8),
    "garbled_when_sent": Hint(
        Text("{fields} 发送时成了乱码，签名时还是对的。", "Right when signed, garbled when sent: {fields}."),
        Text(
            "去掉多余的编码转换（如 ISO8859-1），请求体按 UTF-8 发送。", "Drop the conversion; send the body in UTF-8."
        ),
    ),
    "json_rewritten": Hint(
        Text("{fields} 的 JSON 签名与发送时写法不同。", "The JSON was written differently when signed: {fields}."),
        Text(
            "先把 JSON 转成字符串，签名与发送都用这个字符串。",
            "Make the JSON a string once; sign and send that string.",
        ),
    ),
    "number_format": Hint(
        Text("{fields} 签名时写成了“{value}”。", "{fields} was signed as “{value}”."),
        Text("金额是以分为单位的整数字符串，签名与发送一致。", "Amounts are whole fen; sign and send the same string."),
    ),
    # -- characters lost or changed between signing and sending --------------------------------------------------------
    "line_ends": Hint(
        Text(
            "{fields} 签名时的换行是“{value}”；XML 里的 \\r\\n 和 \\r 读出来都是 \\n，回车不会送到。",
            "The line breaks of {fields} were signed as “{value}”; XML reads \\r\\n and \\r as \\n: no CR arrives.",
        ),
        Text(
            "签名前把换行统一成 \\n（或换成空格）；要保留回车就写成 &#13;，不用 CDATA。",
            "Make line breaks \\n (or spaces) before signing; to keep a CR, write &#13; and no CDATA.",
        ),
    ),
    "unseen_ends": Hint(
        Text(
            "待签名串首尾多了看不见的 {value}（C 字符串的结尾、文件的 BOM）。",
            "The string to sign had an unseen {value} at an end (a C string's end, a file's BOM).",
        ),
        Text("取摘要前去掉它：长度不含结尾的 NUL，文件按无 BOM 读取。", "Drop it before digesting: no NUL, no BOM."),
    ),
    "emoji_otherwise": Hint(
        Text(
            "{fields} 里的 emoji 签名时是 {value}（- 表示没有了），发送的是完整的。",
            "The emoji in {fields} were signed as {value} (-: dropped) but sent whole.",
        ),
        Text(
            "签名与发送用同一个字符串，都按 UTF-8（4 字节；MySQL 用 utf8mb4）；或者两处都先去掉 emoji。",
            "Sign and send one string, in UTF-8 of four bytes (MySQL: utf8mb4); or drop emoji before both.",
        ),
    ),
    "invisible": Hint(
        Text(
            "{fields} 里有看不见的字符（零宽字符、BOM），签名时没有。",
            "Sent with characters that nobody sees: {fields}.",
        ),
        Text("签名之前就去掉零宽字符和 BOM。", "Remove zero-width characters and BOMs before signing."),
    ),
    "unicode_form": Hint(
        Text(
            "{fields} 签名时是 Unicode 的 {value} 形式，发送的不是。", "{fields} was signed in Unicode's form {value}."
        ),
        Text("签名前统一规范化（如 NFC），发送同一份。", "Normalize before signing (NFC, say), and send that."),
    ),
    "spaces": Hint(
        Text(
            "{fields} 里的空格签名与发送时不是同一种（签名时是 {value}）。",
            "The spaces in {fields} were signed as {value}.",
        ),
        _SAME,
    ),
    "question_marks": Hint(
        Text(
            "{fields} 里的汉字等签名前变成了 {value}（- 表示没有了），发送的是对的。",
            "Characters of {fields} were signed as {value} (-: dropped) but sent right.",
        ),
        _UTF8,
    ),
    "lost_ends": Hint(
        Text(
            "{fields} 签名时首尾还有 {value}，发送时没有了。",
            "{fields} was signed with {value} at an end that was not sent.",
        ),
        Text(
            "读入后先去掉首尾的空白和控制字符，再签名、发送。",
            "Strip the value when it is read, before signing and sending.",
        ),
    ),
    # -- only suspected ------------------------------------------------------------------------------------------------
    "characters_lost": Hint(
        Text(
            "没有找到能算出这个签名的写法。怀疑：{fields} 里有 ? 或 \ufffd，原来的字（汉字、emoji）可能在发送时丢了，"
            "签名时还在；丢了的字沙箱无从得知，所以不能确定。也可能只是密钥不对。",
            "Nothing was found that gives this signature. A suspicion: {fields} holds ? or \ufffd: characters "
            "(Chinese, emoji) may have been lost in sending that were signed; what is lost cannot be known here, so "
            "this is not certain. It may just as well be another key.",
        ),
        Text(
            "请求体是按 UTF-8 发送的吗？HTTP 客户端的默认编码常是 ISO-8859-1（会把汉字变成 ?）：Java 用 "
            "new StringEntity(xml, StandardCharsets.UTF_8)，写流时用 getBytes(StandardCharsets.UTF_8)；"
            "数据库用 utf8mb4。",
            "Was it sent as UTF-8? HTTP clients often take ISO-8859-1, which turns Chinese into ?. In Java: "
            "new StringEntity(xml, StandardCharsets.UTF_8), getBytes(StandardCharsets.UTF_8); in databases utf8mb4.",
        ),
    ),
    "characters_garbled": Hint(
        Text(
            "怀疑：{fields} 看起来是乱码（UTF-8 被当成别的编码读过），有的字节已经丢了，还原不出签名时的值。",
            "A suspicion: {fields} looks garbled (UTF-8 that was read as another charset), with bytes lost, so that "
            "what was signed cannot be restored.",
        ),
        _UTF8,
    ),
    "cut_short": Hint(
        Text(
            "怀疑：{cut_fields} 正好到长度上限或以省略号结尾，可能是签名之后才截短的。",
            "A suspicion: {cut_fields} is just as long as may be, or ends with an ellipsis: it may have been cut after "
            "signing.",
        ),
        Text("先截短再签名，发送同一份。", "Cut it before signing, and send that."),
    ),
    # -- nothing fits --------------------------------------------------------------------------------------------------
    "unknown": Hint(
        Text(
            "已试过的常见错误都不是。多半是密钥不对，或签名的与发送的不是同一份数据"
            "（如 nonce_str 生成了两次，或 emoji、回车在发送前被去掉、值被截短）。",
            "None of the usual mistakes. Likely another key, or other data signed than sent (nonce_str made twice, "
            "emoji or a CR dropped, a value cut before sending).",
        ),
        _READ_RULE,
    ),
}

_HINTS = {**SIGN_HINTS, **RSA_HINTS}


def explained(mistakes: Iterable[str], facts: Mapping[str, object], lang: Lang) -> tuple[str, str]:
    """What was done wrong and what mends it, by either doctor; a name that is not known says nothing."""
    hints = [_HINTS[name] for name in mistakes if name in _HINTS]
    told = ([hint.explanation for hint in hints], [hint.fix for hint in hints])
    explanation, fix = (_said(dict.fromkeys(texts), facts, lang) for texts in told)
    return explanation, fix


def _said(texts: Iterable[Text], facts: Mapping[str, object], lang: Lang) -> str:
    sentences = [text.recall(lang, facts) for text in texts]
    return ("" if lang == "zh" else " ").join(sentences)
