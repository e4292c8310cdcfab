"""The causes of -1, by name. Their words are in `words.causes`."""

from enum import StrEnum


class Cause(StrEnum):
    APP_SIGNATURE = "app-signature"
    SIGN = "sign"
    APPID_UNREGISTERED = "appid-unregistered"
    APPID_MISMATCH = "appid-mismatch"
    NO_PERMISSION = "no-permission"
    LOGGED_OUT = "logged-out"
    NOT_INSTALLED = "not-installed"
    TOO_OLD = "too-old"
    ORDER_EXPIRED = "order-expired"
    ORDER_CLOSED = "order-closed"
    WRONG_SCENE = "wrong-scene"
    BANK_REFUSED = "bank-refused"
    BALANCE = "balance"
    RISK = "risk"
    NETWORK = "network"
    OTHER = "other"
