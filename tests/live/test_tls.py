# SPDX-License-Identifier: AGPL-3.0-or-later
"""`rediss://`: a real TLS listener in front of a real Valkey."""

import asyncio
import contextlib
import datetime as dt
import ipaddress
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chat.live.errors import StoreUnreachable
from chat.live.resp import Store
from tests.support.valkey import WatchedStore

pytestmark = pytest.mark.anyio


def certificate(folder: Path) -> Path:
    """Key and self-signed certificate of 127.0.0.1 in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "live store")])
    now = dt.datetime.now(dt.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "store.pem"
    path.write_bytes(private + signed.public_bytes(pem))
    return path


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


@contextlib.asynccontextmanager
async def tls_listener(pem: Path, socket: Path) -> AsyncIterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    both: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_unix_connection(str(socket))
        pair = [
            asyncio.create_task(pass_on(*ends)) for ends in ((reader, inner_writer), (inner_reader, writer))
        ]
        both.update(pair)
        await asyncio.gather(*pair)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    yield server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    await asyncio.gather(*both)


async def test_a_store_with_a_trusted_certificate_is_used(
    embedded_store: WatchedStore, tmp_path: Path
) -> None:
    pem = certificate(tmp_path)
    password = embedded_store._password
    async with tls_listener(pem, embedded_store.socket) as port:
        store = await Store.open(f"rediss://kentering:{password}@127.0.0.1:{port}?ca={pem}")

        assert await store.call(b"PING") == b"PONG"
        await store.close()


async def test_a_store_whose_certificate_nobody_vouches_for_is_refused(
    embedded_store: WatchedStore, tmp_path: Path
) -> None:
    async with tls_listener(certificate(tmp_path), embedded_store.socket) as port:
        with pytest.raises(StoreUnreachable) as error:
            await Store.open(f"rediss://kentering:{embedded_store._password}@127.0.0.1:{port}")

    assert str(error.value) == f"No live store answers at 127.0.0.1:{port}."
