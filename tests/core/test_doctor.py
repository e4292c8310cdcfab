"""Laws of the doctor: it agrees with the verifier, and no key comes out of it."""

from hypothesis import given
from hypothesis import strategies as st

from sandbox.core.merchants import Accounts, Merchant, Secret
from sandbox.core.ports.calls import MASK
from sandbox.signing.doctor import diagnose
from sandbox.signing.doctor.subject import masked
from sandbox.signing.flat import SignType, digest, sign, string_to_sign, verify
from sandbox.v2.keys import KeysOfOthers
from tests.core.test_signature import FIELDS, KEYS, SIGN_TYPES


@given(FIELDS, KEYS, SIGN_TYPES, st.sampled_from(["", "0" * 32, "F" * 64, "sign"]) | KEYS)
def test_what_does_not_verify_is_a_mistake_and_nothing_else_is(
    fields: dict[str, str], key: str, sign_type: SignType, given_sign: str
) -> None:
    declared = {**fields, "sign_type": sign_type.value}
    right = sign(declared, key, sign_type)
    for one in (right, given_sign):
        message = {**declared, "sign": one}
        diagnosis = diagnose(message, key)
        assert diagnosis.valid == verify(message, key, sign_type)
        assert diagnosis.expected == right
        assert diagnosis.string_to_sign == string_to_sign(message, MASK)


@given(FIELDS.filter(lambda fields: any(fields.values())), KEYS, SIGN_TYPES, st.booleans())
def test_the_string_that_is_shown_is_the_one_that_was_signed(
    fields: dict[str, str], key: str, sign_type: SignType, newline: bool
) -> None:
    declared = {**fields, "sign_type": sign_type.value}
    right = string_to_sign(declared, key)
    signed = right + "\n" if newline else right.removesuffix(f"&key={key}") + f"&&key={key}"
    diagnosis = diagnose({**declared, "sign": digest(signed, key, sign_type)}, key)
    assert diagnosis.mistake == ("trailing_newline" if newline else "joined_otherwise")
    assert diagnosis.signed.replace(MASK, key) == signed
    assert key not in str(diagnosis)


@given(KEYS, st.sampled_from([str, str.upper, str.lower, lambda key: key[1:], lambda key: key[:-1]]))
def test_a_key_is_masked_however_it_was_altered(key: str, alter: object) -> None:
    assert callable(alter)
    assert masked(f"a=1&key={alter(key)}", key) == f"a=1&key={MASK}"


def test_a_text_as_short_as_a_word_is_no_key_to_be_masked() -> None:
    assert masked("a=1&key=a", "a") == "a=1&key=a"


def test_the_newest_merchants_keys_are_tried() -> None:
    merchants = [Merchant(f"19{number:08}", "", (), Secret(f"{number:032}"), Secret("v" * 32)) for number in range(500)]
    fields = {"body": "茶"}
    first, last = ({**fields, "sign": sign(fields, merchants[place].api_key)} for place in (0, -1))
    others = KeysOfOthers(Accounts(merchants))
    assert diagnose(last, "x" * 32, others).facts == {"other_mch_id": "1900000499"}
    assert diagnose(first, "x" * 32, others).mistake == "unknown"
    assert diagnose(first, "x" * 32, others, thorough=True).facts == {"other_mch_id": "1900000000"}
