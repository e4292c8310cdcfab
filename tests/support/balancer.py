"""nginx as deploy/nginx.conf sets it up, before servers of a test, and the name server by which it finds them."""

import asyncio
import os
import re
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path

from tests.support.process import ROOT

CONFIGURATION = ROOT / "deploy" / "nginx.conf"
MODULE = Path("/usr/lib/nginx/modules/ngx_stream_module.so")
"""Debian's, in the package libnginx-mod-stream; elsewhere nginx has it built in."""

_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


class Names(asyncio.DatagramProtocol):
    """A name server for which every name means `addresses`, as Docker's does of a service."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = addresses
        self._transport: asyncio.DatagramTransport

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport

    def datagram_received(self, data: bytes, sender: tuple[str, int]) -> None:
        question = data[12 : data.index(b"\0", 12) + 5]
        found = self._addresses if question[-4:] == b"\0\1\0\1" else []  # of IPv4
        head = data[:2] + b"\x81\x80\0\1" + len(found).to_bytes(2, "big") + bytes(4)
        answers = [b"\xc0\x0c\0\1\0\1" + bytes(4) + b"\0\4" + socket.inet_aton(one) for one in found]
        self._transport.sendto(head + question + b"".join(answers), sender)


def free_ports(count: int, *addresses: str) -> list[int]:
    """Ports that are free at each of these addresses."""
    with ExitStack() as held:
        ports: list[int] = []
        for _ in range(count):
            first = held.enter_context(socket.create_server((addresses[0], 0)))
            ports.append(first.getsockname()[1])
            for one in addresses[1:]:
                held.enter_context(socket.create_server((one, ports[-1])))
        return ports


@asynccontextmanager
async def name_server(*addresses: str) -> AsyncIterator[int]:
    """Its port on this machine."""
    listening = asyncio.get_running_loop().create_datagram_endpoint(lambda: Names(addresses), ("127.0.0.1", 0))
    transport, _ = await listening
    try:
        yield int(transport.get_extra_info("sockname")[1])
    finally:
        transport.close()


@contextmanager
def balancer(nginx: str, folder: Path, names: int, ports: Mapping[int, int]) -> Iterator[dict[int, int]]:
    """Start `nginx` on free ports of its own: gives them, by those that the file names.

    `names` is a name server's port, `ports` has for each that the file names the one at which the servers listen. What
    nginx writes is in `folder`.
    """
    own = dict(zip(ports, free_ports(len(ports), "127.0.0.1"), strict=True))
    text = CONFIGURATION.read_text().replace("resolver 127.0.0.11 ", f"resolver 127.0.0.1:{names} ")
    text = re.sub(r"listen (\d+);", lambda found: f"listen 127.0.0.1:{own[int(found[1])]};", text)
    text = re.sub(r"(proxy_pass .*:)(\d+);", lambda found: f"{found[1]}{ports[int(found[2])]};", text)
    kept = "".join(f"{one}_temp_path {folder}/{one};" for one in _TEMPORARY)
    (folder / "nginx.conf").write_text(text.replace("http {\n", f"http {{ {kept}\n", 1))
    globally = f"pid {folder}/nginx.pid; error_log {folder}/error.log warn;"
    if MODULE.exists():
        globally += f" load_module {MODULE};"
    if os.geteuid() == 0:
        globally += " user root;"  # who else may not look into the test's folder
    command = [nginx, "-c", f"{folder}/nginx.conf", "-e", f"{folder}/error.log", "-g", globally]
    subprocess.run(command, check=True)  # comes back when it listens
    try:
        yield own
    finally:
        subprocess.run([*command, "-s", "stop"], check=True)
