"""The shapes of the control API's answers about signatures. Source: docs/contract.md, "Shapes"."""

import msgspec

from sandbox.web.shapes import Answer


class Diagnosis(msgspec.Struct, kw_only=True):
    """What the doctor says of a message: whether it can be read, whether its signature is right, and if not, why.

    `also` names further mistakes, `signed` is what was signed instead; a mistake that is only `suspected` is what the
    message looks like, no string was found that gives its sign. `line` and `column`, from 1, say where the message
    cannot be read. `certificate`: why the newest call with this very message was turned away, where its client
    certificate was to blame, which the message itself cannot show.
    """

    valid: bool
    readable: bool
    explanation: str
    fix: str
    facts: dict[str, str | int]
    mch_id: str | None = None
    sign_type: str | None = None
    given: str | None = None
    expected: str | None = None
    string_to_sign: str | None = None
    signed: str | None = None
    mistake: str | None = None
    suspected: bool | None = None
    also: list[str] | None = None
    line: int | None = None
    column: int | None = None
    certificate: str | None = None


class Pair(Answer):
    """A field that is signed."""

    name: str
    value: str


class Signed(Answer):
    """The string (a key that was not given is hidden in it), its signature, and the whole message.

    `pairs` are the fields that are signed, sorted; `left_out` names the empty ones, and `sign`.
    """

    string_to_sign: str
    sign: str
    xml: str
    pairs: list[Pair]
    left_out: list[str]


class Verified(Answer):
    """Whether a signature is right. A key that was not given is hidden in the string.

    Where it is wrong, the doctor says why: `mistake` and `also` are for programs, `explanation` and `fix` for people;
    `signed` is what was signed instead.
    """

    valid: bool
    sign_type: str
    given: str
    expected: str
    string_to_sign: str
    explanation: str
    fix: str
    mistake: str | None = None
    suspected: bool | None = None
    also: list[str] | None = None
    signed: str | None = None
