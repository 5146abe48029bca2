# SPDX-License-Identifier: AGPL-3.0-or-later
"""The built scripts and styles, held in memory with their gzip form; names carry their content's hash."""

from __future__ import annotations

import gzip
import json
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
_FOREVER = "public, max-age=31536000, immutable"


class NotBuilt(Exception):
    """The scripts have not been built; the message says how."""


@dataclass(frozen=True)
class Asset:
    """One file as it is served."""

    plain: bytes
    packed: bytes
    media_type: str
    cache: str


class Assets:
    """Everything below `/assets/` of one origin, and the entry files by name."""

    def __init__(self, folder: Path, trust_module: bytes) -> None:
        manifest = folder.parent / "manifest.json"
        if not manifest.is_file():
            raise NotBuilt("The pages' scripts are not built. Run: make build")
        self.entries: dict[str, dict[str, str]] = json.loads(manifest.read_text(encoding="utf-8"))["entries"]
        self._files = {path.name: _read(path) for path in folder.iterdir() if path.is_file()}
        # The pinned roots change without a new build, so this one has a fixed name and is asked for anew.
        packed = gzip.compress(trust_module, 9, mtime=0)
        self._files["trust.js"] = Asset(trust_module, packed, _TYPES[".js"], "no-cache")

    def router(self) -> APIRouter:
        """Routes that serve the files."""
        router = APIRouter()

        @router.get("/assets/{name}", include_in_schema=False)
        async def asset(name: str, request: Request) -> Response:
            file = self._files.get(name)
            if file is None:
                return PlainTextResponse("", status_code=404)
            headers = {"cache-control": file.cache, "vary": "accept-encoding"}
            if "gzip" in request.headers.get("accept-encoding", ""):
                headers["content-encoding"] = "gzip"
                return Response(file.packed, media_type=file.media_type, headers=headers)
            return Response(file.plain, media_type=file.media_type, headers=headers)

        return router


def _read(path: Path) -> Asset:
    plain = path.read_bytes()
    media_type = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset(plain, gzip.compress(plain, 9, mtime=0), media_type, _FOREVER)
