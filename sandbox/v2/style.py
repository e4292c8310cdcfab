"""How the answers of an endpoint, or of a site, are written: which elements, in which order, in which form."""

from collections.abc import Sequence

from sandbox.v2 import envelope
from sandbox.v2.envelope import Fields


class Style:
    """The usual envelope, as api.mch.weixin.qq.com has it.

    `hollow` names elements that stand there empty, and so unsigned, where the call has none. `everywhere` tells that
    the style is the same at every site; else a site that has its own comes before the endpoint.
    """

    def __init__(self, *, hollow: Sequence[str] = (), everywhere: bool = False) -> None:
        self.hollow, self.everywhere = hollow, everywhere

    def dress(self, answer: dict[str, str | int], nonce_str: str) -> dict[str, str | int]:
        """An answer, still unsigned, as it is said; `nonce_str` is the request's."""
        return answer

    def arrange(self, answer: Fields) -> Fields:
        """A signed answer's elements as they are written."""
        return answer

    def write(self, fields: Fields) -> bytes:
        return envelope.build(fields)


class Sorted(Style):
    """All elements by name."""

    def arrange(self, answer: Fields) -> Fields:
        return dict(sorted(answer.items()))


class Bare(Style):
    """Nothing but the codes, unsigned."""

    def arrange(self, answer: Fields) -> Fields:
        codes = {name: answer[name] for name in ("err_code", "err_code_des") if name in answer}
        said: Fields = {"return_code": "SUCCESS", "return_msg": "", "result_code": answer["result_code"]}
        return {**said, "err_code": "0", "err_code_des": "", **codes}


ENVELOPE = Style()
SORTED = Sorted()
BARE = Bare(everywhere=True)
BESIDE_DOCUMENTS = Style(everywhere=True)
"""Of endpoints whose answer is a Document: of their failures."""
