"""Which addresses are link-local, whatever they are written as."""

import pytest

from sandbox.core.addresses import is_link_local, plain


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "169.254.0.1",
        "fe80::1",
        "fe80::1%eth0",
        "::ffff:169.254.169.254",
        "::169.254.169.254",
        "::ffff:0:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1:a9fe:a9:fe00::",
        "64:ff9b:1:aa:a9:fea9:fe00:0",
        "64:ff9b:1:aaa9:fe:a9fe::",
        "64:ff9b:1:aaaa:a9:fea9:fe00:0",
        "64:ff9b:1::a9fe:a9fe",
        "2002:a9fe:a9fe::",
        "2002:a9fe:a9fe::5efe:7f00:1",
        "2001:0:4136:e378:8000:63bf:5601:5601",
        "2001:db8::5efe:169.254.169.254",
        "2001:db8::200:5efe:169.254.169.254",
    ],
)
def test_link_local(address: str) -> None:
    assert is_link_local(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "::1",
        "::",
        "0.0.0.0",
        "10.0.0.1",
        "8.8.8.8",
        "fc00::1",
        "2606:4700::1111",
        "64:ff9b::808:808",
        "2002:808:808::1",
        "2001:db8::a9fe:a9fe",
        "::ffff:10.0.0.1",
    ],
)
def test_not_link_local(address: str) -> None:
    assert not is_link_local(address)


@pytest.mark.parametrize(
    ("address", "meant"),
    [("::ffff:127.0.0.1", "127.0.0.1"), ("fe80::1%eth0", "fe80::1"), ("::127.0.0.1", "::7f00:1"), ("::1", "::1")],
)
def test_an_address_in_the_dress_of_the_other_family(address: str, meant: str) -> None:
    assert str(plain(address)) == meant
