"""Mistakes with the key: another one, and how it is appended."""

from sandbox.signing.doctor.subject import Attempts, SignatureCase, Signed, hashed, joined
from sandbox.signing.flat import SignType

EXAMPLE_KEY = "192006250b4c09247ec02edce69f6a2d"
"""The key of the documents' example, which people copy."""

_NAMES = ("KEY", "Key", "apikey", "apiKey", "api_key", "appkey", "app_key", "mch_key", "paySignKey", "secret")
_WHITE_SPACE = ("{}\n", "{}\r\n", "{} ", " {}", "{}\t", "\ufeff{}", "{}\r")
_BETWEEN = ("", "key=", "&", "&key", "key", "&key:", "?key=", "& key=", "&key =", ",key=", "|key=")


def no_key(subject: SignatureCase) -> Attempts:
    yield Signed(subject.plain)


def empty_key(subject: SignatureCase) -> Attempts:
    for key in ("", "null", "None", "undefined"):
        yield Signed(f"{subject.plain}&key={key}", {"value": key}, key)


def key_joined_wrongly(subject: SignatureCase) -> Attempts:
    for between in _BETWEEN:
        yield Signed(f"{subject.plain}{between}{subject.key}")


def key_named_otherwise(subject: SignatureCase) -> Attempts:
    for name in _NAMES:
        yield Signed(f"{subject.plain}&{name}={subject.key}", {"value": name})


def key_sorted(subject: SignatureCase) -> Attempts:
    yield Signed(joined(sorted([*subject.filled, ("key", subject.key)])))
    yield Signed(f"key={subject.key}&{subject.plain}")


def key_twice(subject: SignatureCase) -> Attempts:
    key = subject.key
    yield Signed(subject.closed(subject.text))
    yield Signed(f"{subject.text}{key}")
    if subject.sign_type is SignType.HMAC_SHA256:
        yield Signed(f"{subject.text}{key}", {}, key + key)
        yield Signed(subject.text, {}, key + key)


def trailing_newline(subject: SignatureCase) -> Attempts:
    for end in ("\n", "\r\n"):
        yield Signed(f"{subject.text}{end}")


def key_white_space(subject: SignatureCase) -> Attempts:
    return _with_keys(subject, *(form.format(subject.key) for form in _WHITE_SPACE), subject.key.strip())


def key_changed(subject: SignatureCase) -> Attempts:
    key, md5 = subject.key, hashed(subject.key)
    return _with_keys(subject, key.upper(), key.lower(), f'"{key}"', f"'{key}'", key[:-1], key[1:], md5, md5.upper())


def value_as_key(subject: SignatureCase) -> Attempts:
    for name, value in subject.filled:
        yield Signed(f"{subject.plain}&key={value}", {"fields": name}, value)


def example_key(subject: SignatureCase) -> Attempts:
    return _with_keys(subject, EXAMPLE_KEY)


def hmac_keyed_wrongly(subject: SignatureCase) -> Attempts:
    """The string is right, the HMAC's key is not; or string and key changed places."""
    if subject.sign_type is SignType.HMAC_SHA256:
        for key in ("", "key", f"key={subject.key}", f"&key={subject.key}", subject.key[:16]):
            yield Signed(subject.text, {}, key)
        for text in (subject.text, subject.plain):
            yield Signed(subject.key, {}, text)


def _with_keys(subject: SignatureCase, *keys: str) -> Attempts:
    for key in keys:
        if key != subject.key:
            yield Signed(f"{subject.plain}&key={key}", {}, key)
