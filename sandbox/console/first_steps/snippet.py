"""Code for one language that points an unmodified library at the sandbox."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sandbox.core.text import Text


@dataclass(frozen=True, slots=True)
class Snippet:
    """Code for one language; `{base}`, `{mch_id}`, `{appid}` in it are filled in.

    `hard_coded`: the library has no setting for the address. `whole` is where a whole program stands in the repository.
    """

    library: Text | None
    code: str
    hard_coded: bool = False
    whole: str = ""

    def filled(self, facts: Mapping[str, str]) -> "Snippet":
        code = self.code
        for name, value in facts.items():
            code = code.replace("{" + name + "}", value)
        return replace(self, code=code.strip("\n"))
