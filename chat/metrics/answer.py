# SPDX-License-Identifier: AGPL-3.0-or-later
"""The one page of metrics. What is asked beside the address decides nothing, and comes into no answer."""

from __future__ import annotations

import socket

import uvicorn
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from starlette.types import ASGIApp, Receive, Scope, Send

from chat.web.patience import PatientProtocol

PATH = "/metrics"
_HEADERS = [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]


def application(registry: CollectorRegistry) -> ASGIApp:
    """ASGI application that answers at `PATH` and nowhere else."""

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        body, headers = b"", [*_HEADERS]
        if scope["path"] != PATH:
            status = 404
        elif scope["method"] != "GET":
            status = 405
        else:
            status, body = 200, generate_latest(registry)
            headers.append((b"content-type", CONTENT_TYPE_PLAIN_0_0_4.encode()))
        headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


def listening(host: str, port: int) -> socket.socket:
    """Where Prometheus comes.

    Raises:
        OSError: it is taken, or not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)


def server(registry: CollectorRegistry) -> uvicorn.Server:
    """As quiet as the one that serves pages (chat/main.py).

    The library's own server writes down what breaks, with the caller's address, names its version, and
    repeats what is no request.
    """
    config = uvicorn.Config(
        application(registry),
        loop="none",
        http=PatientProtocol,
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=3,
    )
    return uvicorn.Server(config)
