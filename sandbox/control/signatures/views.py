"""What the core knows of signatures, in the shapes of docs/contract.md."""

from sandbox.control.signatures import shapes
from sandbox.core.errors import MessageUnreadable
from sandbox.core.merchants import Merchant
from sandbox.core.ports.calls import Diagnosis
from sandbox.core.text import Lang
from sandbox.debugging.service import Checked
from sandbox.words.signing import SIGN_RIGHT, explained
from sandbox.words.unreadable import why_unreadable


def diagnosis_view(diagnosis: Diagnosis, merchant: Merchant | None, lang: Lang) -> shapes.Diagnosis:
    """What the doctor says of a signature; `also` names further mistakes, `signed` what was signed instead."""
    explanation, fix = explained([diagnosis.mistake, *diagnosis.also], diagnosis.facts, lang)
    return shapes.Diagnosis(
        valid=diagnosis.valid,
        readable=True,
        mch_id=merchant.mch_id if merchant else None,
        sign_type=diagnosis.sign_type,
        given=diagnosis.given,
        expected=diagnosis.expected or None,
        string_to_sign=diagnosis.string_to_sign,
        signed=diagnosis.signed or None,
        mistake=diagnosis.mistake or None,
        suspected=diagnosis.suspected or None,
        also=list(diagnosis.also),
        facts=dict(diagnosis.facts),
        explanation=SIGN_RIGHT.say(lang) if diagnosis.valid else explanation,
        fix=fix,
    )


def verified_view(checked: Checked, lang: Lang) -> shapes.Verified:
    """Whether a signature is right, over which string, and what the doctor says."""
    diagnosis = checked.diagnosis
    explanation, fix = explained([diagnosis.mistake, *diagnosis.also], diagnosis.facts, lang)
    return shapes.Verified(
        valid=diagnosis.valid,
        sign_type=diagnosis.sign_type,
        given=diagnosis.given,
        expected=diagnosis.expected,
        string_to_sign=checked.signing.string_to_sign,
        explanation=SIGN_RIGHT.say(lang) if diagnosis.valid else explanation,
        fix=fix,
        mistake=diagnosis.mistake or None,
        suspected=diagnosis.suspected or None,
        also=list(diagnosis.also) or None,
        signed=diagnosis.signed or None,
    )


def unreadable_view(face: str, unreadable: MessageUnreadable, lang: Lang) -> shapes.Diagnosis:
    """What the doctor says of a face's message that cannot be read; `line` and `column` count from 1."""
    facts, place = unreadable.facts, unreadable.place
    explanation, fix = why_unreadable(face, unreadable.reason, {**facts, **place}, lang)
    return shapes.Diagnosis(
        valid=False,
        readable=False,
        mistake=unreadable.reason,
        facts=dict(facts),
        explanation=explanation,
        fix=fix,
        line=place.get("line"),
        column=place.get("column"),
    )
