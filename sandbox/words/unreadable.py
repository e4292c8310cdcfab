"""Why a message cannot be read, and what to do about it; `near` is the text around the place."""

from collections.abc import Mapping

from sandbox.core.text import Lang, Text
from sandbox.words.hints import Hint

_AS_XML = Text(
    "V2 的请求体是一层的 XML：<xml><字段>值</字段>…</xml>。",
    "The body of V2 is flat XML: <xml><field>value</field>...</xml>.",
)
_ESCAPE = Text(
    "把值放进 <![CDATA[ ]]>，或转义成 &amp;、&lt;；签名仍用原始值。",
    "Put the value into <![CDATA[ ]]>, or write &amp; and &lt;; sign the raw value all the same.",
)
_WHOLE = Text("检查报文是否完整，每个标签都要闭合。", "Check that the message is complete and each tag is closed.")
_IN_UTF8 = Text("请求体按 UTF-8 编码发送。", "Send the body in UTF-8.")

PLACE = Text("位置：第 {line} 行第 {column} 列（{near}）。", "It is at line {line}, column {column} ({near}).")

UNREADABLE: dict[str, Hint] = {
    "empty": Hint(Text("消息是空的。", "The message is empty."), _WHOLE),
    "too_large": Hint(Text("消息超过 {limit} 字节。", "The message is over {limit} bytes."), _WHOLE),
    "key_length": Hint(
        Text("密钥有 {length} 字节，APIv3 密钥是 32 字节。", "The key has {length} bytes; an APIv3 key has 32."),
        Text("用商户的 APIv3 密钥，或另一个 32 字节的密钥。", "Use the merchant's APIv3 key, or another of 32 bytes."),
    ),
    "not_utf8": Hint(Text("消息不是 UTF-8。", "The message is not UTF-8."), _IN_UTF8),
    "gbk": Hint(Text("消息不是 UTF-8，看起来是 GBK。", "The message is not UTF-8; it looks like GBK."), _IN_UTF8),
    "declared_encoding": Hint(
        Text("XML 声明的编码是 {encoding}。", "The XML declares the encoding {encoding}."),
        Text("按 UTF-8 编码，并声明 UTF-8（或不声明）。", "Encode it in UTF-8 and declare UTF-8, or nothing."),
    ),
    "json": Hint(Text("这是 JSON，不是 XML。", "This is JSON, not XML."), _AS_XML),
    "form": Hint(Text("这是表单（a=1&b=2），不是 XML。", "This is a form (a=1&b=2), not XML."), _AS_XML),
    "html": Hint(
        Text("这是 HTML 页面，不是 XML 消息。", "This is an HTML page, not an XML message."),
        Text(
            "看看页面里写了什么：多半是网关或框架的错误页。", "Read the page: likely a gateway's or framework's error."
        ),
    ),
    "no_xml": Hint(Text("这不是 XML。", "This is not XML."), _AS_XML),
    "ampersand": Hint(Text("值里有没转义的 &。", "There is an & that is not escaped."), _ESCAPE),
    "less_than": Hint(
        Text("值里有没转义的 <，或标签名不对。", "There is a < that is not escaped, or a wrong tag."), _ESCAPE
    ),
    "entity": Hint(Text("XML 里没有 {name} 这个实体。", "XML has no entity {name}."), _ESCAPE),
    "control_character": Hint(
        Text("有 XML 不允许的控制字符（{name}）。", "There is a control character that XML forbids ({name})."),
        Text("去掉控制字符。", "Remove the control characters."),
    ),
    "cut_off": Hint(Text("消息没有写完，在中途断了。", "The message ends too early."), _WHOLE),
    "cdata_open": Hint(Text("<![CDATA[ 没有用 ]]> 结束。", "A <![CDATA[ is not ended by ]]>."), _WHOLE),
    "tag_mismatch": Hint(
        Text("开始标签与结束标签不一致（区分大小写）。", "A start tag and its end tag differ (case matters)."), _WHOLE
    ),
    "after_root": Hint(
        Text("根元素结束之后还有内容。", "Something follows after the root element."),
        Text("只留一个根元素 <xml>…</xml>。", "Leave one root element <xml>...</xml>."),
    ),
    "declaration_late": Hint(
        Text("<?xml …?> 前面有空白或其他内容。", "Something stands before <?xml ...?>."),
        Text("XML 声明要在最前面，或者不写。", "Let the XML declaration come first, or leave it out."),
    ),
    "doctype": Hint(
        Text("消息里有 DOCTYPE。", "The message holds a DOCTYPE."), Text("去掉 DOCTYPE。", "Remove the DOCTYPE.")
    ),
    "repeated": Hint(
        Text("字段 {name} 出现了不止一次。", "The field {name} stands there more than once."),
        Text("每个字段只写一次。", "Write each field once."),
    ),
    "nested": Hint(
        Text("{name} 写在了另一个字段里面。", "{name} stands inside another field."),
        Text("字段只有一层；JSON 值放进 CDATA。", "Fields are flat; put JSON values into CDATA."),
    ),
    "text_between": Hint(Text("字段之外还有文字。", "There is text outside the fields."), _AS_XML),
    "packing": Hint(
        Text("请求体没有按 Content-Encoding 所说的方式压缩。", "The body is not packed as Content-Encoding says."),
        Text("压缩请求体，或去掉 Content-Encoding。", "Pack the body, or leave Content-Encoding out."),
    ),
    "malformed": Hint(
        Text("消息格式不对，解析器的原话：{detail}。", "The message is not well-formed; the parser says: {detail}."),
        _WHOLE,
    ),
    "curl": Hint(
        Text("curl 命令读不懂：{detail}", "The curl command cannot be read: {detail}"),
        Text("粘贴完整的命令，引号成对。", "Paste the whole command, with its quotes in pairs."),
    ),
    "curl_file": Hint(
        Text(
            "curl 命令发送的是文件（@），沙箱读不到。", "The curl command sends a file (@), which cannot be read here."
        ),
        Text(
            "把请求体直接写在命令里（--data-raw），或粘贴原始 HTTP 请求。",
            "Put the body into the command (--data-raw), or paste the raw HTTP request.",
        ),
    ),
    "json_malformed": Hint(
        Text("JSON 格式不对，解析器的原话：{detail}", "The JSON is not well-formed; the parser says: {detail}"),
        Text("检查 JSON 是否完整。", "Check that the JSON is complete."),
    ),
    "json_number": Hint(
        Text("{got} 不是 JSON 的数。", "{got} is no number of JSON."),
        Text(
            "金额写成整数，单位分；NaN、Infinity 不能用。", "Write amounts as whole fen; NaN and Infinity do not exist."
        ),
    ),
    "json_nested": Hint(
        Text("JSON 的嵌套超过 {limit} 层。", "The JSON nests more than {limit} levels deep."),
        Text("按文档的结构写。", "Keep to the structure of the documents."),
    ),
    "json_half_character": Hint(
        Text(
            "JSON 里有半个代理对（\\ud800 这样的转义）。",
            "The JSON holds half a surrogate pair (an escape as \\ud800).",
        ),
        Text("按 UTF-8 原样写文字。", "Write the text itself, in UTF-8."),
    ),
    "json_no_object": Hint(
        Text("请求体是 JSON，但不是对象。", "The body is JSON, but no object."),
        Text("最外面是 {{…}}。", "Its outside is {{...}}."),
    ),
    "xml": Hint(
        Text("这是 XML，不是 JSON。", "This is XML, not JSON."),
        Text("APIv3 的请求体是 JSON；XML 发给 V2 的接口。", "The body of APIv3 is JSON; XML goes to the calls of V2."),
    ),
}


OF_FACE: dict[tuple[str, str], Hint] = {
    ("v2", "empty"): Hint(UNREADABLE["empty"].explanation, _AS_XML),
    ("v2", "malformed"): Hint(
        Text("XML 格式不对，解析器的原话：{detail}。", "The XML is not well-formed; the parser says: {detail}."),
        _AS_XML,
    ),
}
"""What a face, by its name, has other words for."""


def why_unreadable(face: str, reason: str, facts: Mapping[str, object], lang: Lang) -> tuple[str, str]:
    """Why a face's message cannot be read, with its place where `facts` have `line` and `column`; and what mends it."""
    hint = OF_FACE.get((face, reason)) or UNREADABLE[reason]
    texts = [hint.explanation, *([PLACE] if facts.get("line") else [])]
    why = ("" if lang == "zh" else " ").join(text.recall(lang, facts) for text in texts)
    return why, hint.fix.recall(lang, facts)
