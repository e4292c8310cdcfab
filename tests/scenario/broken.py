"""Scenario files that are wrong: the text, and each mistake with its line, field, and words of what would be right."""

Mistakes = list[tuple[int, str, str]]

BROKEN: dict[str, tuple[str, Mistakes]] = {
    "an unknown key": ("name: x\npayr: {after: 3s}\n", [(2, "payr", "Did you mean payer?")]),
    "an unknown key inside": (
        "name: x\npayer:\n  outcom: error\n",
        [(3, "payer.outcom", "Did you mean outcome?")],
    ),
    "a fault that does not exist": (
        "name: x\napi:\n  - call: unifiedorder\n    fault: rest\n",
        [(4, "api[0].fault", "Did you mean reset?")],
    ),
    "a hostile fault that does not exist": (
        "name: x\nnotify:\n  - fault: wrong-sing\n",
        [(3, "notify[0].fault", "Did you mean wrong-sign?")],
    ),
    "a bill's fault that does not exist": ("name: x\nbill: missing\n", [(2, "bill", "missing-row")]),
    "too long a span": (
        "name: x\ntransfer:\n  after: 99999999999999d\n",
        [(3, "transfer.after", "a span of time of ten years (3650d) at most")],
    ),
    "a span of time": ("name: x\npayer:\n  after: soon\n", [(3, "payer.after", "3s, 200ms, 10m, 6h, 1d")]),
    "an amount": ("name: x\nwhen:\n  total_fee: 1.01\n", [(3, "when.total_fee", '"100-200"')]),
    "a trade_type": ("name: x\nwhen:\n  trade_type: NATIV\n", [(3, "when.trade_type", "Did you mean NATIVE?")]),
    "an nth": ("name: x\nwhen: {nth: first}\n", [(2, "when.nth", '"1-3"')]),
    "an err_code": ("name: x\napi:\n  fail: SYSTEM_EROR\n", [(3, "api.fail", "SYSTEM_ERROR")]),
    "a reason without an error": ("name: x\npayer: {reason: balance}\n", [(2, "payer.reason", "outcome: error")]),
    "a slow answer without seconds": ("name: x\napi:\n  fault: slow\n", [(2, "api", "seconds: 8s")]),
    "fail and fault at once": (
        "name: x\napi:\n  fail: SYSTEMERROR\n  fault: reset\n",
        [(4, "api.fault", "not both")],
    ),
    "an endpoint that does not exist": (
        "name: x\napi: {call: unifyorder, fault: reset}\n",
        [(2, "api.call", "Did you mean unifiedorder?")],
    ),
    "an endpoint in other letters": (
        "name: x\napi: {call: orderqury, fault: reset}\n",
        [(2, "api.call", "Did you mean orderquery?")],
    ),
    "an err_code that is nearly APIv3's": (
        "name: x\napi:\n  fail: ORDER_PAYD\n",
        [(3, "api.fail", "Did you mean ORDER_PAID?")],
    ),
    "all that is wrong in one section": (
        "name: x\n"
        "when:\n  trade_type: NATIV\n  total_fee: much\n  nht: 1\n"
        "payer:\n  - {outcome: eror, after: soon}\n  - {reason: balnce, colour: red}\n"
        "api:\n  - {call: unifyorder, fail: SYSTEM_ERR, nth: first}\n  - {fault: rest, seconds: long}\n",
        [
            (3, "when.trade_type", "Did you mean NATIVE?"),
            (4, "when.total_fee", "fen"),
            (5, "when.nht", "Did you mean nth?"),
            (7, "payer[0].outcome", "Did you mean error?"),
            (7, "payer[0].after", "a span of time"),
            (8, "payer[1].reason", "Did you mean balance?"),
            (8, "payer[1].colour", "no such key"),
            (10, "api[0].call", "Did you mean unifiedorder?"),
            (10, "api[0].nth", '"1-3"'),
            (10, "api[0].fail", "SYSTEMERROR"),
            (11, "api[1].fault", "Did you mean reset?"),
            (11, "api[1].seconds", "a span of time"),
        ],
    ),
    "a value that does not fit hides no rule about another": (
        "name: x\npayer: {reason: balance, after: soon}\napi:\n  - reset\n  - {call: unifyorder, fault: reset}\n",
        [(2, "payer.after", "a span"), (4, "api[0]", "keys and values"), (5, "api[1].call", "unifiedorder")],
    ),
    "names of fields and headers": (
        "name: x\nwhen: {header: {X-Test: [1]}}\nnotify: {set: {'total fee': 1, ok: 2, 'a b': 3}}\n",
        [
            (2, "when.header.X-Test", "one value"),
            (3, "notify.set.total fee", "a field's name"),
            (3, "notify.set.a b", "a field's name"),
        ],
    ),
    "coupons that lack something": (
        "name: x\npayer: {coupons: [{id: 1}, {fee: 1, type: CAHS}, {fee: none}]}\n",
        [
            (2, "payer.coupons[0]", "fee is missing"),
            (2, "payer.coupons[1].type", "Did you mean CASH?"),
            (2, "payer.coupons[2].fee", '"rest"'),
        ],
    ),
    "a key twice beside other mistakes": (
        "name: x\nnotify: none\nnotify: none\npayr: {}\n",
        [(3, "notify", "twice"), (4, "payr", "Did you mean payer?")],
    ),
    "what comes before a break": (
        "name: X Y\npayr: {}\n---\nname: y\nnotify: [none\n",
        [(1, "name", "lower-case"), (2, "payr", "payer"), (6, "", "not YAML")],
    ),
    "a name that is none, and what else is wrong": (
        "name: MyScenario\nbill: missing-rows\n",
        [(1, "name", "lower-case letters"), (2, "bill", "Did you mean missing-row?")],
    ),
    "no name": ("notify: none\n", [(1, "name", "name: my-first-scenario")]),
    "a name with capitals": ("name: MyScenario\n", [(1, "name", "lower-case letters")]),
    "too many copies": ("name: x\nnotify:\n  copies: 1000\n", [(3, "notify.copies", "100")]),
    "copies that are no number": ("name: x\nnotify:\n  copies: many\n", [(3, "notify.copies", "a whole number")]),
    "two coupons that pay the rest": (
        "name: x\npayer:\n  coupons:\n    - {fee: rest}\n    - {fee: rest}\n",
        [(3, "payer.coupons", "One coupon")],
    ),
    "a coupon of nothing": ("name: x\npayer:\n  coupons: [{fee: 0}]\n", [(3, "payer.coupons[0].fee", '"rest"')]),
    "a key twice": ("name: x\nnotify: none\nnotify: none\n", [(3, "notify", "twice")]),
    "a title in one language": ("name: x\ntitle: {zh: 标题}\n", [(2, "title", "en is missing")]),
    "a negative span": ("name: x\npayer: {after: -1s}\n", [(2, "payer.after", "at: expiry")]),
    "copies over too long a span": (
        "name: x\nnotify: {copies: 2, every: 3650d, after: 1s}\n",
        [(2, "notify", "within ten years (3650d)")],
    ),
    "no effect": ("name: x\napi: {call: orderquery}\n", [(2, "api", "fail, fault, set, remove or until")]),
    "use beside what it says itself": ("name: x\nuse: other\nnotify: none\n", [(2, "use", "uses another")]),
    "a list": ("- name: x\n", [(1, "", "keys and values")]),
    "not YAML": ("name: x\nnotify: [none\n", [(3, "", "not YAML")]),
    "a key that is a list": ("name: x\n? [a, b]\n: c\n", [(2, "", "A key is a word")]),
    "a file that holds itself": ("name: x\napi: &loop [*loop]\n", [(0, "", "holds itself")]),
    "an empty file": ("# nothing\n", [(0, "", "There is no scenario in it")]),
    "values of another kind": (
        "name: x\npayer: {final: [1], password: maybe}\nwhen: {chance: {probability: much}}\n"
        "notify: {copies: 0, remove: {a: b}}\ntitle: [a]\nbill: [a]\n",
        [
            (2, "payer.final", "true or false, not a list"),
            (2, "payer.password", "true or false, not 'maybe'"),
            (3, "when.chance.probability", "a number, not 'much'"),
            (4, "notify.copies", "1 at least"),
            (4, "notify.remove", "a list, not keys and values"),
            (5, "title", "not a list"),
            (6, "bill", "missing-row"),
        ],
    ),
    "values beyond their limits": (
        f"name: x\nwhen: {{attach: {'9' * 257}, chance: {{probability: 1.5}}}}\n"
        "payer: {bank_type: cmb, coupons: [{fee: 1, id: x}]}\napi: {call: Order, fail: {err_code: no}}\ngroup: A\n",
        [
            (2, "when.attach", "256 characters at the most"),
            (2, "when.chance.probability", "1 at the most"),
            (3, "payer.bank_type", "such as CMB_DEBIT"),
            (3, "payer.coupons[0].id", "1 to 20 digits"),
            (4, "api.call", "an endpoint's last word"),
            (4, "api.fail.err_code", "upper-case letters"),
            (5, "group", "a letter first"),
        ],
    ),
    "rules about several fields": (
        "name: x\npayer:\n  - {outcome: cancel, final: true, coupons: [{fee: 1}]}\n  - {at: closeorder, after: 1s}\n"
        "api: {fail: {err_code: A, return_msg: b}}\nrefund: {after: -1s}\nnotify: {every: -1s}\n",
        [
            (3, "payer[0].final", "Only outcome: error"),
            (3, "payer[0].coupons", "outcome: success"),
            (4, "payer[1].after", "leave after out"),
            (5, "api.fail", "Give err_code"),
            (6, "refund.after", "from 0s on"),
            (7, "notify.every", "from 0s on"),
        ],
    ),
    "three mistakes at once": (
        "name: x\nwhen: {total_fee: much}\npayer: {outcome: sucess}\nnotify: [{every: often}]\n",
        [
            (2, "when.total_fee", "fen"),
            (3, "payer.outcome", "Did you mean success?"),
            (4, "notify[0].every", "a span of time"),
        ],
    ),
    "mistakes in two documents": (
        "name: x\nnotify: nothing\n---\nname: y\npayer: {at: never}\n",
        [(2, "notify", "none"), (5, "payer.at", "closeorder")],
    ),
}
