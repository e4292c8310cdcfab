"""What can happen to an order: each event's name, whose doing it is, and what it comes to."""

from enum import StrEnum

from sandbox.core.client import Outcome


class Actor(StrEnum):
    """Whose doing an event is."""

    PAYER = "payer"
    WECHAT = "wechat"
    SCENARIO = "scenario"
    CLOCK = "clock"


class Tone(StrEnum):
    """How something is to be looked at."""

    GOOD = "good"
    BAD = "bad"
    """Somebody has to mend something."""
    UNSURE = "unsure"
    WARN = "warn"
    PLAIN = ""


class EventName(StrEnum):
    """An event's name, which stands in the journal and has its sentence in `words.events`.

    `actor` is whose doing it is; `outcome` what the payer's act came to, None for all that is no such act; `tone` how a
    timeline shows it: a payer who fails or cancels needs nobody.
    """

    actor: Actor
    tone: Tone
    outcome: Outcome | None

    PAID = "paid", Actor.PAYER, Tone.GOOD, Outcome.SUCCESS
    CANCELLED = "cancelled", Actor.PAYER, Tone.PLAIN, Outcome.CANCEL
    PAYMENT_FAILED = "payment_failed", Actor.WECHAT, Tone.PLAIN, Outcome.ERROR
    PAYMENT_FAILED_FOR_GOOD = "payment_failed_for_good", Actor.WECHAT, Tone.PLAIN, Outcome.ERROR
    ACT_REFUSED = "act_refused", Actor.PAYER, Tone.WARN
    COMMENTED = "commented", Actor.PAYER

    CLOSED = "closed", Actor.WECHAT
    EXPIRED = "expired", Actor.WECHAT
    EXPIRY_MOVED = "expiry_moved", Actor.WECHAT, Tone.WARN
    """time_expire was too near or too far, and the order expires at another moment."""
    NUMBER_BURNT = "number_burnt", Actor.WECHAT, Tone.WARN
    """A number was closed that no order had."""
    PASSWORD_ASKED = "password_asked", Actor.WECHAT
    PASSWORD_LATE = "password_late", Actor.WECHAT
    REVERSED = "reversed", Actor.WECHAT
    REVERSED_PAID = "reversed_paid", Actor.WECHAT
    REFUND_ACCEPTED = "refund_accepted", Actor.WECHAT
    REFUND_SUCCEEDED = "refund_succeeded", Actor.WECHAT
    REFUND_ABNORMAL = "refund_abnormal", Actor.WECHAT, Tone.BAD
    REFUND_CLOSED = "refund_closed", Actor.WECHAT
    REFUND_REDIRECTED = "refund_redirected", Actor.WECHAT
    TRANSFER_ACCEPTED = "transfer_accepted", Actor.WECHAT
    TRANSFER_SHOWN = "transfer_shown", Actor.PAYER
    TRANSFER_REFUSED = "transfer_refused", Actor.WECHAT, Tone.WARN
    """The client shows no page for the transfer."""
    TRANSFER_CONFIRMED = "transfer_confirmed", Actor.PAYER
    TRANSFER_LEFT = "transfer_left", Actor.PAYER
    TRANSFER_SUCCEEDED = "transfer_succeeded", Actor.WECHAT, Tone.GOOD
    TRANSFER_FAILED = "transfer_failed", Actor.WECHAT
    TRANSFER_CANCELLING = "transfer_cancelling", Actor.WECHAT
    TRANSFER_CANCELLED = "transfer_cancelled", Actor.WECHAT
    SHARING_ACCEPTED = "sharing_accepted", Actor.WECHAT
    SHARED = "shared", Actor.WECHAT
    SHARE_CLOSED = "share_closed", Actor.WECHAT, Tone.BAD
    SHARE_RETURNED = "share_returned", Actor.WECHAT
    UNFREEZING_ACCEPTED = "unfreezing_accepted", Actor.WECHAT
    UNFROZEN = "unfrozen", Actor.WECHAT
    CLIENT_INVOKED = "client_invoked", Actor.WECHAT
    H5_REFUSED = "h5_refused", Actor.WECHAT

    SCENARIO_CHOSEN = "scenario_chosen", Actor.SCENARIO
    SCENARIO_LACKING = "scenario_lacking", Actor.SCENARIO
    """Something of a scenario is left out, for the order's face has no such fault."""
    SCENARIO_DROPPED = "scenario_dropped", Actor.SCENARIO
    CANARY_HIT = "canary_hit", Actor.SCENARIO, Tone.BAD
    ANSWER_UNVERIFIED = "answer_unverified", Actor.SCENARIO, Tone.BAD
    """The client was invoked with the prepay_id of an answer that must not be believed, which is certain."""
    ANSWER_UNVERIFIED_PAID = "answer_unverified_paid", Actor.SCENARIO, Tone.UNSURE
    """The order of such an answer was paid, by whatever way."""

    OTHER = "other", Actor.WECHAT
    """What another version of the sandbox wrote; its fact `name` is what it was called there."""

    CLOCK_ADVANCED = "clock_advanced", Actor.CLOCK
    CLOCK_HALTED = "clock_halted", Actor.CLOCK

    WARNING_SCENARIO_UNKNOWN = "warning_scenario_unknown", Actor.SCENARIO, Tone.WARN
    WARNING_FOREIGN_CURRENCY = "warning_foreign_currency", Actor.WECHAT, Tone.WARN
    WARNING_NOTIFY_URL_QUERY = "warning_notify_url_query", Actor.WECHAT, Tone.WARN
    WARNING_NOTIFY_URL_NO_PATH = "warning_notify_url_no_path", Actor.WECHAT, Tone.WARN
    WARNING_NOTIFY_URL_LOCAL = "warning_notify_url_local", Actor.WECHAT, Tone.WARN
    WARNING_SPBILL_CREATE_IP_EMPTY = "warning_spbill_create_ip_empty", Actor.WECHAT, Tone.WARN
    WARNING_SPBILL_CREATE_IP_V6 = "warning_spbill_create_ip_v6", Actor.WECHAT, Tone.WARN
    WARNING_H5_DOMAINS_UNSET = "warning_h5_domains_unset", Actor.WECHAT, Tone.WARN
    WARNING_PRODUCT_ID_MISSING = "warning_product_id_missing", Actor.WECHAT, Tone.WARN

    def __new__(
        cls, value: str, actor: Actor = Actor.WECHAT, tone: Tone = Tone.PLAIN, outcome: Outcome | None = None
    ) -> "EventName":
        name = str.__new__(cls, value)
        name._value_, name.actor, name.tone, name.outcome = value, actor, tone, outcome
        return name
