"""WeChat Pay's own keys on a merchant's page: by what it proves itself, certificates rotated step by step."""

import pytest
from playwright.async_api import expect

from sandbox.words import platform_keys as words
from tests.console.conftest import Visitor, Watchers
from tests.console.test_browser import LOOKS, faults
from tests.support.control import Control

PAGE = "/console/merchants/1900000109"
ONE = "/merchants/1900000109"
ALL = f"{PAGE}/platform-certificates"


async def section(visitor: Visitor) -> str:
    page = (await visitor.get(PAGE)).text
    return page.partition('id="platform-keys"')[2].partition("</section>")[0]


async def test_a_person_rotates_the_certificate_step_by_step(visitor: Visitor, control: Control) -> None:
    assert words.NOT_YET.say("zh") in await section(visitor)
    old = (await control.get(ONE))["platform_serial_no"]
    await visitor.send(ALL)
    new = (await control.get(f"{ONE}/platform-certificates"))["items"][0]["serial_no"]
    shown = await section(visitor)
    assert (shown.count(f'<code title="序列号">{old}'), shown.count(f'<code title="序列号">{new}')) == (1, 1)
    await visitor.send(f"{ALL}/{new}/sign")
    await visitor.send(f"{ALL}/{old}/expire")
    assert old not in await section(visitor)
    assert (await control.get(ONE))["platform_serial_no"] == new
    refused = await visitor.post(f"{ALL}/{new}/expire")
    assert refused.status == 303
    assert "唯一有效" in (await visitor.get(refused.headers["Location"])).text
    assert f"platform_certificates.{old}" in (await visitor.get(PAGE)).text


async def test_a_person_sets_by_what_wechat_pay_proves_itself(visitor: Visitor, control: Control) -> None:
    await visitor.send(f"{PAGE}/platform-keys", platform_identity="public_key", separate_platform_keys="yes")
    one = await control.get(ONE)
    assert (one["platform_identity"], one["separate_platform_keys"]) == ("public_key", True)
    assert words.NO_CERTIFICATE.say("zh") in await section(visitor)
    shown = await visitor.post(f"{PAGE}/reveal", {"field": "platform_certificate"})
    assert words.NO_CERTIFICATE.say("zh") in shown.text
    await visitor.send(f"{PAGE}/platform-keys", platform_identity="both")
    one = await control.get(ONE)
    assert (one["platform_identity"], one["separate_platform_keys"]) == ("both", False)


@pytest.mark.parametrize("look", LOOKS, ids=["zh-light-wide", "en-dark-phone"])
async def test_the_page_fits_its_window_and_anybody_can_use_it_during_a_rotation(
    watch: Watchers, control: Control, look: dict[str, object]
) -> None:
    await control.post(f"{ONE}/platform-certificates", None, 201)
    watched = await watch(**look)
    assert await faults(watched, PAGE) == []
    shown = watched.page.locator("#platform-keys .platform-certificate")
    await expect(shown).to_have_count(2)
    await shown.last.locator("button").last.click()
    await expect(shown).to_have_count(1)
