# SPDX-License-Identifier: AGPL-3.0-or-later
"""The desk's API of a running service, as a signed-in browser calls it."""

from __future__ import annotations

import asyncio
import http.client
import json

from chat.web.sign_in import COOKIE
from tests.support.service import Service


async def api(service: Service, token: str, method: str, path: str, body: object = None) -> tuple[int, bytes]:
    """One request to the desk's API on a connection of its own: any worker may answer."""

    def ask() -> tuple[int, bytes]:
        host = service.desk.removeprefix("http://")
        connection = http.client.HTTPConnection("127.0.0.1", service.port)
        headers = {
            "host": host,
            "origin": service.desk,
            "cookie": f"{COOKIE}={token}",
            "content-type": "application/json",
        }
        connection.request(method, f"/api{path}", json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        found = answer.status, answer.read()
        connection.close()
        return found

    return await asyncio.to_thread(ask)
