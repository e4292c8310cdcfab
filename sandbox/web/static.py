"""Stylesheets, scripts and pictures: read once, compressed once, with an ETag. No path ever reaches the disk."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from aiohttp import web

_COMPRESSED = {".css", ".js", ".svg", ".txt"}


@dataclass(frozen=True, slots=True)
class _File:
    body: bytes
    zipped: bytes | None
    content_type: str
    etag: str


class StaticFiles:
    """The files below a folder, by their path in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _paths(self) -> dict[str, Path]:
        found = filter(Path.is_file, self._folder.rglob("*"))
        return {path.relative_to(self._folder).as_posix(): path for path in found}

    async def handle(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in self._paths:
            raise web.HTTPNotFound
        file = _load(self._paths[name])
        headers = {
            "ETag": file.etag,
            "Cache-Control": "no-cache",
            "X-Content-Type-Options": "nosniff",
            "Vary": "Accept-Encoding",
        }
        if request.headers.get("If-None-Match") == file.etag:
            return web.Response(status=304, headers=headers)
        if file.zipped is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return web.Response(body=file.zipped, content_type=file.content_type, charset="utf-8", headers=headers)
        return web.Response(body=file.body, content_type=file.content_type, headers=headers)


@cache
def _load(path: Path) -> _File:
    body = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    zipped = gzip.compress(body, mtime=0) if path.suffix in _COMPRESSED else None
    return _File(body, zipped, kind, f'"{hashlib.sha256(body).hexdigest()[:20]}"')
