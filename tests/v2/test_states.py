"""What each call answers in each state of an order, over HTTP: the table of tests/v2/states.py."""

import pytest

from sandbox.server import Server
from tests.support.control import Control
from tests.support.merchant import Merchant
from tests.v2.states import CALLS, STATES, Counter, answers


@pytest.fixture
def server(shared_server: Server) -> Server:
    return shared_server


@pytest.fixture
def merchant(newcomer: Merchant) -> Merchant:
    return newcomer


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("state", STATES)
async def test_the_answer_depends_on_the_state(merchant: Merchant, control: Control, state: str, call: str) -> None:
    at = Counter(merchant, control)
    await STATES[state][0](at)
    answer = await CALLS[call](at)
    assert merchant.verifies(answer)
    said = answer["err_code"] if answer["result_code"] == "FAIL" else answer["result_code"]
    told = answer.get("trade_state", said) if call == "orderquery" else said
    assert told == answers(state)[call]
