# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pytest

from chat import bundle, offline_root
from chat.bundle import Bundle, BundleError
from chat.offline_root import Root
from chat.sealing.certificate import Sign

PASSPHRASE = "the tide turns twice"
FILES = {"help_seeker-ABC.js": b"export {};\n", "licenses.txt": b"None\n", "desk-XYZ.css": b"a{}\n"}


@pytest.fixture
def assets(tmp_path: Path) -> Path:
    folder = tmp_path / "build" / "assets"
    folder.mkdir(parents=True)
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> tuple[Sign, Root]:
    folder = tmp_path_factory.mktemp("root")
    offline_root.create(folder, PASSPHRASE)
    return offline_root.opened(folder, PASSPHRASE)


def test_the_same_files_are_the_same_archive_whenever_and_by_whomever_they_were_made(
    assets: Path, tmp_path: Path
) -> None:
    other = tmp_path / "elsewhere"
    other.mkdir()
    for name in reversed(FILES):
        (other / name).write_bytes(FILES[name])
        (other / name).chmod(0o600)
        os.utime(other / name, (1, 1))

    assert bundle.archive(assets) == bundle.archive(other)
    assert bundle.of(assets).text == bundle.of(other).text


def test_the_archive_holds_the_files(assets: Path) -> None:
    path, _ = bundle.write(assets.parent)
    with tarfile.open(fileobj=io.BytesIO(path.read_bytes())) as tar:
        held = {member.name: tar.extractfile(member) for member in tar.getmembers()}
        read = {name: file.read() for name, file in held.items() if file is not None}

    assert read == {f"assets/{name}": content for name, content in FILES.items()}


def test_what_was_signed_is_read_again(assets: Path, signer: tuple[Sign, Root]) -> None:
    listed = bundle.read(bundle.of(assets).text)
    signed = bundle.sign(listed, *signer)

    assert listed.files.keys() == FILES.keys()
    assert bundle.verify(signed, [signer[1]]) == listed


def test_a_list_that_somebody_else_signed_is_refused(
    assets: Path, signer: tuple[Sign, Root], tmp_path: Path
) -> None:
    stranger = offline_root.create(tmp_path / "stranger", PASSPHRASE)
    signed = bundle.sign(bundle.of(assets), *signer)

    with pytest.raises(BundleError, match="another key"):
        bundle.verify(signed, [stranger])
    with pytest.raises(BundleError, match="was changed"):
        bundle.verify(signed.replace(signer[1].fingerprint, stranger.fingerprint), [stranger])


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("help_seeker-ABC.js", "help_seeker-ABD.js"),
        lambda text: text.replace("\nb", "\na", 1),
        lambda text: "".join(line for line in text.splitlines(True) if "licenses" not in line),
        lambda text: text.replace("root: ", "0" * 64 + " more.js\nroot: "),
        lambda text: text[:-3] + ("A" if text[-3] != "A" else "B") + text[-2:],
    ],
    ids=["name", "content", "one left out", "one more", "signature"],
)
def test_a_signed_list_that_was_changed_is_refused(
    change: object, assets: Path, signer: tuple[Sign, Root]
) -> None:
    signed = bundle.sign(bundle.of(assets), *signer)
    assert callable(change)
    changed = change(signed)
    assert changed != signed

    with pytest.raises(BundleError):
        bundle.verify(changed, [signer[1]])


@pytest.mark.parametrize("text", ["", "Kentering bundle 1\n", "Kentering bundle 1\nabc name\n", "x\n"])
def test_what_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(BundleError):
        bundle.read(text)


def test_a_path_out_of_the_folder_is_no_name() -> None:
    with pytest.raises(BundleError):
        bundle.read(Bundle({"../x.js": "0" * 64}).text)
