# SPDX-License-Identifier: AGPL-3.0-or-later
"""The `kentering` command.

kentering run                       serve on this computer until Ctrl-C
kentering root create DIRECTORY     make the organisation's root key, on a computer without network
kentering root show DIRECTORY       print its fingerprint
kentering describe REQUEST          print the fingerprint of a manager's request, to compare by voice
kentering certify REQUEST           sign it with the root; writes a file for the manager to import
kentering setup DIRECTORY           four questions; writes .env and secrets/ for the compose file
kentering trust ROOT.TXT            pin the organisation's root on the server, once
kentering invite-manager NAME       make the link for the first manager
kentering manifest sign BUNDLE.TXT  sign the list of what browsers are served (make bundle)
kentering manifest verify-served URL  compare what a site serves with a signed list
kentering backup FILE               write the records to a new file (-: standard output)
kentering restore FILE              put that file into empty records (-: standard input)
kentering prove                     talk through the running service, then search everything for what was left
kentering doctor                    check a running service; exit code 0 right, 1 wrong, 2 something not seen
"""

from __future__ import annotations

import argparse
import asyncio
import getpass
import os
import socket
import sys
import time
from pathlib import Path

from chat import (
    backup_file,
    bundle,
    doctor,
    first_settings,
    launcher,
    offline_root,
    prove,
    served,
    set_up,
    settings,
)
from chat.live.errors import StoreError, StoreUnreachable
from chat.machine.processes import Unreadable
from chat.machine.reach import Reach
from chat.records import RecordsUnreachable
from chat.records.backup import BackupError
from chat.records.values import day_of
from chat.sealing.errors import SealingError
from chat.web.assets import NotBuilt

_PLAIN = (
    BackupError,
    bundle.BundleError,
    first_settings.AnswerError,
    launcher.CannotStart,
    offline_root.OfflineRootError,
    set_up.SetUpError,
    settings.SettingsError,
    StoreUnreachable,
    StoreError,
    Unreadable,
    RecordsUnreachable,
    NotBuilt,
    SealingError,
)


def _parser() -> argparse.ArgumentParser:
    as_written = argparse.RawTextHelpFormatter
    parser = argparse.ArgumentParser(prog="kentering", description=__doc__, formatter_class=as_written)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run")
    commands.add_parser("doctor").add_argument("--json", action="store_true", help="for monitoring")
    prove = commands.add_parser("prove", help="run it beside the service, as root, while the line is closed")
    prove.add_argument("--json", action="store_true", help="print the report as JSON")
    prove.add_argument("--out", type=Path, help="a directory: the report goes there, as text and as JSON")
    prove.add_argument("--no-wait", action="store_true", help="do not wait for the clocks: never clean")
    root = commands.add_parser("root").add_subparsers(dest="what", required=True)
    for name in ("create", "show"):
        root.add_parser(name).add_argument("directory", type=Path)
    setup = commands.add_parser("setup", help="answers that are given here are not asked")
    setup.add_argument("directory", type=Path, nargs="?", default=Path())
    for question in first_settings.QUESTIONS:
        setup.add_argument(f"--{question.name.replace('_', '-')}", help=question.text)
    manifest = commands.add_parser("manifest").add_subparsers(dest="what", required=True)
    signing = manifest.add_parser("sign")
    signing.add_argument("list", type=Path, metavar="BUNDLE.TXT")
    signing.add_argument("--root", type=Path, required=True, help="directory made by `kentering root create`")
    signing.add_argument("--out", type=Path, help="default: the list's name with .signed")
    verifying = manifest.add_parser("verify-served")
    verifying.add_argument("urls", nargs="+", metavar="URL", help="such as https://talk.example.org")
    verifying.add_argument("--signed", type=Path, required=True, help="the signed list")
    verifying.add_argument("--root", type=Path, required=True, action="append", metavar="ROOT.TXT")
    verifying.add_argument("--ca", type=Path, help="the only authority to trust, for trying out")
    verifying.add_argument("--tor", default="127.0.0.1:9050", help="a Tor client, for onion addresses")
    for name in ("backup", "restore"):
        commands.add_parser(name).add_argument("file", type=Path)
    trust = commands.add_parser("trust")
    trust.add_argument("public_file", type=Path, metavar="ROOT.TXT")
    how = trust.add_mutually_exclusive_group()
    how.add_argument("--beside", action="store_true", help="a new root, beside the one that is pinned")
    how.add_argument("--alone", action="store_true", help="of those that are pinned, keep only this one")
    commands.add_parser("invite-manager").add_argument("name")
    commands.add_parser("describe").add_argument("request", type=Path)
    certify = commands.add_parser("certify")
    certify.add_argument("request", type=Path)
    certify.add_argument("--root", type=Path, required=True, help="directory made by `kentering root create`")
    certify.add_argument("--out", type=Path, help="default: the request's name with .certificate")
    certify.add_argument("--days", type=int, default=400)
    return parser


def _passphrase(*, twice: bool) -> str:
    first = getpass.getpass("Passphrase of the root key: ")
    if twice and getpass.getpass("The same again: ") != first:
        raise launcher.CannotStart("The two passphrases are not the same; nothing was made.")
    return first


def _sign_bundle(given: argparse.Namespace) -> None:
    listed = bundle.read(_text(given.list))
    key, root = offline_root.opened(given.root, _passphrase(twice=False))
    out = given.out or given.list.with_suffix(".signed")
    out.write_text(bundle.sign(listed, key, root), encoding="ascii")
    print(f"Written: {out}\nSigned by: {root.fingerprint}")


def _verify_served(given: argparse.Namespace) -> int:
    roots = [offline_root.read_root(_text(file)) for file in given.root]
    signed = bundle.verify(_text(given.signed), roots)
    host, _, port = given.tor.rpartition(":")
    status = 0
    for url in given.urls:
        origin = url.rstrip("/")
        onion = origin.endswith(".onion")
        reach = served.OverTor(origin, socks=(host, int(port))) if onion else Reach(origin, ca=given.ca)
        found = served.compare(reach, signed, roots)
        print("\n".join([f"{origin}:", *(found or ["What is served is what was signed."])]))
        status = 1 if found else status
    return status


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise bundle.BundleError(f"{file} cannot be read.") from None


def _leads_somewhere(host: str) -> bool:
    try:
        return bool(socket.getaddrinfo(host, 443))
    except OSError:
        return False


def _set_up(given: argparse.Namespace) -> None:
    """Ask what was not given, until each answer can be used."""
    first_settings.refuse_twice(given.directory)
    names = [question.name for question in first_settings.QUESTIONS]
    answers = first_settings.ask({name: getattr(given, name) for name in names}, input, print)
    for remark in first_settings.remarks(answers, _leads_somewhere):
        print(f"Please note: {remark}")
    address = first_settings.write(given.directory, answers)
    print(f"Written: {first_settings.SETTINGS_FILE} and {first_settings.SECRETS} in {given.directory}")
    if address is not None:
        print(f"Your onion address: http://{address}")
    print(f"Keep a copy of {first_settings.SECRETS}, where nobody else can read it.")


def _prove(given: argparse.Namespace) -> int:
    def say(sentence: str) -> None:
        print(sentence, file=sys.stderr, flush=True)

    if given.out is not None:  # before it takes twenty minutes
        try:
            given.out.mkdir(parents=True, exist_ok=True)
        except OSError:
            raise launcher.CannotStart(f"We can't make the directory {given.out}.") from None
        if not os.access(given.out, os.W_OK | os.X_OK):
            raise launcher.CannotStart(f"We can't write into {given.out}.")
    report = asyncio.run(prove.prove(settings.load(os.environ), say, wait=not given.no_wait))
    written, machine = prove.as_text(report), prove.as_json(report)
    if given.out is not None:
        (given.out / f"no-trace-{report.day}.txt").write_text(written + "\n", encoding="utf-8")
        (given.out / f"no-trace-{report.day}.json").write_text(machine + "\n", encoding="utf-8")
    print(machine if given.json else written)
    return 0 if report.is_clean else 1


def _dispatch(given: argparse.Namespace) -> int:
    match given.command:
        case "run":
            launcher.run(settings.load(os.environ))
        case "doctor":
            findings = asyncio.run(doctor.examine(settings.load(os.environ)))
            print(doctor.as_json(findings) if given.json else doctor.as_text(findings))
            return doctor.exit_code(findings)
        case "prove":
            return _prove(given)
        case "root" if given.what == "create":
            print(offline_root.create(given.directory, _passphrase(twice=True)))
        case "root":
            print(offline_root.show(given.directory))
        case "manifest" if given.what == "sign":
            _sign_bundle(given)
        case "manifest":
            return _verify_served(given)
        case "setup":
            _set_up(given)
        case "backup":
            asyncio.run(backup_file.write(settings.load(os.environ), given.file, day_of(int(time.time()))))
        case "restore":
            asyncio.run(backup_file.restore(settings.load(os.environ), given.file))
        case "trust" if given.beside or given.alone:
            root = set_up.rotate(settings.load(os.environ), given.public_file, alone=given.alone)
            print(f"Pinned:\n{root}")
        case "trust":
            print(f"Pinned:\n{set_up.pin(settings.load(os.environ), given.public_file)}")
        case "invite-manager":
            link = asyncio.run(set_up.invite_manager(settings.load(os.environ), given.name))
            print(f"For {given.name}, once, within 7 days, in the browser they will work in:\n{link}")
        case "describe":
            print(offline_root.describe(given.request))
        case _:
            print(offline_root.describe(given.request))
            if input("Compared by voice, and the same? Type yes: ").strip() != "yes":
                raise launcher.CannotStart("Nothing was signed.")
            out = given.out or given.request.with_suffix(".certificate")
            passphrase, now = _passphrase(twice=False), int(time.time())
            offline_root.certify(given.root, given.request, out, passphrase, now=now, days=given.days)
            print(f"Written: {out}")
    return 0


def main() -> None:
    """Run one command; every expected failure is one plain sentence."""
    try:
        sys.exit(_dispatch(_parser().parse_args()))
    except _PLAIN as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
