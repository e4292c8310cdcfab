"""What our pages carry."""

from sandbox.server import Server
from sandbox.web.proof import KEY_NAME, PageTokens


async def token_of(server: Server, path: str) -> str:
    """The token in the forms of the page at `path`, with which a browser proves that it has seen it."""
    key = await server.parts.storage.read_now(lambda tx: tx.secrets.find(KEY_NAME))
    assert key is not None
    return PageTokens(key).of(path)
