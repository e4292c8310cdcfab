"""What `--help` says: of each command by its name, of each option by its own, of both by `COMMAND.OPTION` first."""

from sandbox.core.text import Text

COMMANDS: dict[str, Text] = {
    "": Text(
        "本机上的微信支付：把后台的接口地址从 api.mch.weixin.qq.com 换成它。",
        "A local WeChat Pay: point your backend at it instead of api.mch.weixin.qq.com.",
    ),
    "serve": Text("启动沙箱（不写命令时就是它）。", "Start the sandbox (the default command)."),
    "demo": Text(
        "启动沙箱和一个用它收款的示例商店。", "Start the sandbox with a small example shop that sells through it."
    ),
    "merchant": Text("商户和它们的密钥、证书。", "Merchants and their credentials."),
    "merchant list": Text("列出商户，不显示密钥。", "List the merchants; never a key."),
    "merchant show": Text("显示一个商户，连同密钥，JSON 格式。", "Show one merchant with its keys, as JSON."),
    "merchant add": Text(
        "新建商户，连同密钥打印出来，JSON 格式。", "Add a merchant; prints it with its keys, as JSON."
    ),
    "merchant export": Text(
        "把一个商户的证书、密钥和配置写进一个文件夹。",
        "Write a merchant's certificates, keys and settings into a folder.",
    ),
    "scenario": Text("场景：按名字出错。", "Scenarios: what goes wrong, by name."),
    "scenario list": Text("分组列出现有的场景。", "List the scenarios at hand, group by group."),
    "scenario check": Text(
        "检查场景文件：每个错误给出文件、行、字段和应该怎么写；有错误时退出码为 1。",
        "Check scenario files: each mistake with file, line, field and what would be right; status 1 if there are any.",
    ),
    "doctor": Text(
        "解释签名为什么不对。\n\nFILE（默认是标准输入）里是发出去的内容：XML、完整的 HTTP 请求，或一条 curl 命令。"
        "退出码 0：签名正确；1：签名错误；2：消息读不懂。",
        "Explain why a signature is wrong.\n\nFILE (default: standard input) holds what was sent: the "
        "XML alone, the raw "
        "HTTP request, or a curl command. Exit status 0: the signature is right; 1: it is wrong; 2: the message cannot "
        "be read.",
    ),
    "exec": Text(
        "运行 COMMAND，让它不改代码的微信支付 SDK 连到沙箱。\n\n它设好 "
        "Python、Node、Go、Java、PHP、.NET、curl 的代理和 CA 变量，"
        "连到数据目录上正在运行的沙箱，没有就为它启动一个。退出码是 COMMAND 的退出码。",
        "Run COMMAND so that its unchanged WeChat Pay SDK reaches the sandbox.\n\nCOMMAND gets the proxy "
        "and CA variables "
        "that Python, Node, Go, Java, PHP, .NET and curl read. It speaks to the sandbox that runs on the "
        "data dir, or to "
        "one that is started for it. The exit status is COMMAND's.",
    ),
    "pay": Text(
        "替付款人决定一笔订单：付款成功、失败或取消。",
        "Decide for the payer what becomes of an order: success, error or cancel.",
    ),
    "logs": Text("看最近的接口调用；-f 一直看下去，通知也在内。", "The latest calls; -f goes on, with notifications."),
    "clock": Text(
        "看沙箱的时钟，或者拨快它：+15s、+5m、+24h、+1d，x60（变速），reset（回到现在）。",
        "Read the sandbox's clock, or move it: +15s, +5m, +24h, +1d, x60 (its speed), reset (back to now).",
    ),
    "listen": Text(
        "在终端里实时看接口调用和通知；--forward-to 还把通知送到一个地址。\n\n"
        "给 notify_url 里写不出来的后台用：沙箱在容器里或别的机器上，后台在这台机器上。"
        "通知由这个命令送出，后台的应答当作商户的应答，照常判定和重试。Ctrl+C 结束，转发随之结束。",
        "Calls and notifications live in the terminal; --forward-to also takes the notifications to an address.\n\n"
        "For a backend that no notify_url can name: the sandbox is in a container or on another machine, "
        "the backend on "
        "this one. This command sends the notifications; the backend's reply goes back as the "
        "merchant's, and is judged "
        "and retried as always. Ctrl+C ends it, and the forwarding with it.",
    ),
}

OPTIONS: dict[str, Text] = {
    "help": Text("显示这段说明。", "Show this message and exit."),
    "version": Text("显示版本。", "Show the version and exit."),
    "data_dir": Text("一切数据放在哪里。", "Where everything is kept."),
    "database": Text(
        "sqlite:///PATH、:memory: 或 postgresql://USER:PASSWORD@HOST:PORT/NAME（默认：数据目录里的一个文件）。",
        "sqlite:///PATH, :memory: or postgresql://USER:PASSWORD@HOST:PORT/NAME (default: a file in the data dir).",
    ),
    "config": Text(
        "配置文件（YAML）：设置、商户、应用、付款人。", "A YAML file of settings, merchants, apps and payers."
    ),
    "lang": Text("语言（默认：读者的）。", "Language (default: the reader's)."),
    "host": Text("监听的地址。", "The address to listen on."),
    "port": Text("0 表示任意空闲端口。", "0 means any free port."),
    "https_port": Text(
        "微信支付域名的 HTTPS（默认 8687；--port 0 时任意空闲端口）。",
        "HTTPS for WeChat's host names (default: 8687; with --port 0, any free port).",
    ),
    "proxy_port": Text(
        "把微信支付的域名引到这里的 HTTP 代理（默认 8688；--port 0 时任意空闲端口）。",
        "An HTTP proxy that leads WeChat's hosts here (default: 8688; with --port 0, any free port).",
    ),
    "proxy_only": Text("代理拒绝微信支付以外的域名。", "The proxy refuses hosts that are not WeChat's."),
    "no_tls": Text("只有 HTTP，没有 HTTPS 和代理。", "HTTP only: neither HTTPS nor proxy."),
    "require_client_cert": Text(
        "要商户证书的接口，走 HTTP 的一律拒绝。", "Refuse calls that need a merchant's certificate over plain HTTP too."
    ),
    "public_url": Text("链接和二维码里写的地址。", "What is written in links and QR codes."),
    "time_scale": Text("每一秒真实时间，沙箱走多少秒。", "Sandbox seconds per real second."),
    "admin_token": Text("控制台和控制接口要的令牌。", "What console and control API ask for."),
    "make_token": Text("没有给令牌时生成一个并打印出来。", "Make an admin token when none is given; print it."),
    "notify_allow": Text(
        "只通知这些地址（可重复；默认：除链路本地地址外都可以）。",
        "Notify only these (repeatable; default: all but link-local addresses).",
    ),
    "refund_seconds": Text(
        "没有人决定的退款，受理后多少沙箱秒到账。",
        "When a refund that nobody decides succeeds: sandbox seconds after it was accepted.",
    ),
    "strict_openids": Text("只认识添加过的付款人。", "Know only payers that were added."),
    "wording": Text(
        "V2 的错误文案：今天的，或 2016 到 2020 年的；商户可以另设。",
        "V2's error messages: those of today, or those of 2016 to 2020; a merchant may have its own.",
    ),
    "code_url": Text(
        "cashier：code_url 就是收银台的地址，可以用手机扫。",
        "cashier: code_url is the cashier's URL, for scanning with a phone.",
    ),
    "scenario": Text(
        "让一个场景对全部订单起作用，或读入一个场景文件（可重复）。",
        "Put a scenario in force for all orders, or read a file of them (repeatable).",
    ),
    "log_format": Text("日志怎样写到标准错误。", "How logs are written to stderr."),
    "seed": Text("让编号和随机串可以重现。", "Make ids and nonces repeatable."),
    "keep_calls": Text(
        "保留多少条调用记录，最旧的先删；0 全部保留。", "Journal lines that are kept; the oldest go first. 0 keeps all."
    ),
    "keep_megabytes": Text(
        "调用记录最多占多少兆字节，最旧的先删；0 全部保留。",
        "Megabytes that journal lines may hold; the oldest go first. 0 keeps all.",
    ),
    "keep_orders": Text(
        "保留多少笔订单，等待付款人或通知的不删；0 全部保留。",
        "Orders that are kept; those that wait for payer or notification stay. 0 keeps all.",
    ),
    "ready_json": Text("就绪后打印一行 JSON。", "Once ready, print one line of JSON."),
    "shop_port": Text("示例商店的端口。", "The shop's port."),
    "shop_api": Text("示例商店按哪一版接口下单。", "The API by which the shop places its orders."),
    "add.mch_id": Text("8 到 10 位数字（默认：自动生成）。", "8 to 10 digits (default: made up)."),
    "name": Text("付款人看到的名字。", "What the payer sees."),
    "appids": Text(
        "要关联的 appid（可重复；默认：自动生成）。", "An appid to pair with it (repeatable; default: made up)."
    ),
    "service_provider": Text("设为服务商。", "Make it a service provider (服务商)."),
    "doctor.mch_id": Text(
        "用谁的密钥检查（默认：消息里写的商户）。",
        "Whose key to check with (default: the merchant whom the message names).",
    ),
    "key": Text("用来检查的密钥，沙箱可以不认识它。", "A key to check with, which the sandbox need not know."),
    "url": Text(
        "在哪个沙箱上（默认：数据目录上正在运行的那个）。",
        "Which sandbox (default: the one that runs on the data dir).",
    ),
    "token": Text("它的管理令牌，如果要的话。", "Its admin token, where it asks for one."),
    "pay.mch_id": Text(
        "哪个商户的订单（号码只有一个商户用时可以不写）。",
        "Whose order (not needed where one merchant alone uses the number).",
    ),
    "mch_id": Text("哪个商户（默认：全部）。", "Which merchant (default: all)."),
    "outcome": Text("付款人做什么。", "What the payer does."),
    "reason": Text("失败的原因，例如 balance（余额不足）。", "Why it fails, such as balance (too little money)."),
    "openid": Text("谁付款。", "Who pays."),
    "follow": Text("一直看下去，通知也在内。", "Go on, with notifications."),
    "lines": Text("先看最近多少条。", "How many of the latest come first."),
    "failed": Text("只看没有成功的。", "Only what did not go well."),
    "mch_ids": Text("哪个商户（可重复；默认：全部）。", "Which merchant (repeatable; default: all)."),
    "forward_to": Text(
        "把通知送到这里。只有主机和端口时，路径照 notify_url；写了路径就都送到这个路径。",
        "Take notifications there. Of a host and port alone, the path is the notify_url's; a path of its "
        "own is used for "
        "all.",
    ),
}

HEADINGS: dict[str, Text] = {
    "Usage: ": Text("用法：", "Usage: "),
    "Options": Text("选项", "Options"),
    "Commands": Text("命令", "Commands"),
}
EXTRAS = {"env var: ": "环境变量：", "default: ": "默认：", "; ": "；"}
"""What stands in brackets behind an option, in Chinese."""
