# SPDX-License-Identifier: AGPL-3.0-or-later
"""`kentering setup`: four questions, and what the compose file needs: `.env`, and a directory of secrets.

The answers stand in `.env`, where they can be read and changed. The passwords and the key of the onion
address are made here, once: a second run keeps them, since the records know their password and people the
address.
"""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from chat import onion_key

SETTINGS_FILE, SECRETS = ".env", "secrets"
_ADDRESS_FILE = "onion_address"


class AnswerError(Exception):
    """An answer can't be used, or there are settings already; one plain sentence."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What only the organisation knows."""

    help_seekers: str
    """Host name of the help-seekers' pages."""
    desk: str
    """Host name of the desk."""
    authority: str
    """Address that the certificate authority may write to, or `internal`."""
    onion: bool
    """Whether there is an onion service, too."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question, how its answer is checked, and what is suggested."""

    name: str
    text: str
    suggestion: str = ""


QUESTIONS = (
    Question("help_seekers", "Host name of the pages for people who look for help, such as talk.example.org"),
    Question("desk", "Host name of the desk, where counsellors work, such as desk.example.org"),
    Question(
        "authority",
        "Your e-mail address, for the authority that makes TLS certificates (internal: only to try it out)",
    ),
    Question("onion", "Shall people reach you over Tor, too? Many do. yes or no", "yes"),
)

_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@([a-z0-9-]+(?:\.[a-z0-9-]+)+)", re.IGNORECASE)
_TELLING = re.compile(
    r"p(a|ae)?edo|paedo|child|kind(er|je)|enfant|abus|misbrauch|missbrauch|sex|minor|offend|desire"
)
"""Parts of host names that say what the pages are about, to whoever sees the name."""


def host(value: str) -> str:
    """A host name, in its one form.

    Raises:
        AnswerError: it is none that a browser could reach from outside.
    """
    name = value.strip().rstrip(".").lower()
    if "/" in name or ":" in name or "@" in name:
        raise AnswerError(
            "Only the host name, such as talk.example.org: without https:// and without a path."
        )
    try:
        ipaddress.ip_address(name)
    except ValueError:
        pass
    else:
        raise AnswerError("It must be a name and not an address: passkeys don't work on addresses.")
    try:
        name = name.encode("idna").decode("ascii")
    except UnicodeError:
        raise AnswerError("This is not a host name.") from None
    labels = name.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels) or len(name) > 253:
        raise AnswerError("This is not a host name.")
    if len(labels) < 2 or labels[-1].isdigit() or labels[-1] in {"onion", "local", "localhost", "invalid"}:
        raise AnswerError("It must be a name that the whole internet knows, such as talk.example.org.")
    return name


def _desk(value: str, help_seekers: str) -> str:
    name = host(value)
    if name == help_seekers:
        raise AnswerError(
            "The desk needs a name of its own: leaving fast on one must never wipe the other's keys."
        )
    return name


def _authority(value: str) -> str:
    value = value.strip()
    if value == "internal":
        return value
    found = _MAIL.fullmatch(value)
    if found is None:
        raise AnswerError("This is not an e-mail address.")
    host(found[1])
    return value


def _yes(value: str) -> bool:
    match value.strip().lower():
        case "yes" | "y":
            return True
        case "no" | "n":
            return False
        case _:
            raise AnswerError("Please answer yes or no.")


def check(given: Mapping[str, str]) -> Answers:
    """All four answers.

    Raises:
        AnswerError: of the first that can't be used.
    """
    help_seekers = host(given["help_seekers"])
    desk = _desk(given["desk"], help_seekers)
    return Answers(help_seekers, desk, _authority(given["authority"]), _yes(given["onion"]))


def ask(given: Mapping[str, str | None], answer: Callable[[str], str], say: Callable[[str], None]) -> Answers:
    """Ask what was not given, again and again until each answer can be used.

    Args:
        given: answers by the name of their question.
        answer: asks somebody a question.
        say: tells them something.

    Raises:
        AnswerError: an answer that was given can't be used.
    """
    known: dict[str, str] = {}
    for question in QUESTIONS:
        value = given.get(question.name)
        if value is not None:
            known[question.name] = value
            _check_one(question, known)
            continue
        hint = f" [{question.suggestion}]" if question.suggestion else ""
        while question.name not in known:
            try:
                tried = {
                    **known,
                    question.name: answer(f"{question.text}{hint}: ").strip() or question.suggestion,
                }
                _check_one(question, tried)
                known = tried
            except AnswerError as error:
                say(str(error))
    return check(known)


def _check_one(question: Question, known: Mapping[str, str]) -> None:
    value = known[question.name]
    match question.name:
        case "help_seekers":
            host(value)
        case "desk":
            _desk(value, host(known["help_seekers"]))
        case "authority":
            _authority(value)
        case _:
            _yes(value)


def remarks(answers: Answers, leads_somewhere: Callable[[str], bool]) -> list[str]:
    """What is allowed, and still worth a second thought."""
    found = []
    if _TELLING.search(answers.help_seekers):
        found.append(
            f"{answers.help_seekers} seems to say what it is about. The name is visible on the network and "
            "stays in histories: a neutral one protects people."
        )
    found += [
        f"{name} leads nowhere yet. It must lead to this server before certificates can be made."
        for name in (answers.help_seekers, answers.desk)
        if answers.authority != "internal" and not leads_somewhere(name)
    ]
    if answers.authority == "internal":
        found.append(
            "Browsers will not trust certificates that are made here. This is for trying it out only."
        )
    return found


def refuse_twice(folder: Path) -> None:
    """See that there are no settings yet, before anybody is asked anything.

    Raises:
        AnswerError: there are.
    """
    if (folder / SETTINGS_FILE).exists():
        raise AnswerError(
            f"{folder / SETTINGS_FILE} exists already and is never written over. Change a line in it, or "
            f"move it away. Keep {SECRETS}: the passwords and the onion address in it are used again."
        )


def write(folder: Path, answers: Answers) -> str | None:
    """Write `.env`, and the secrets that are missing.

    Returns:
        The onion address, None without one.

    Raises:
        AnswerError: there are settings already, or we may not write there.
    """
    refuse_twice(folder)
    try:
        return _write(folder, answers)
    except OSError as error:
        raise AnswerError(f"We can't write to {folder}: {os.strerror(error.errno or 0)}.") from None


def _write(folder: Path, answers: Answers) -> str | None:
    hidden = folder / SECRETS
    # The directory keeps others on this computer out. Its files can be read by all: each container reads its
    # own under another account, and sees no other.
    hidden.mkdir(mode=0o700, exist_ok=True)
    hidden.chmod(0o700)
    for name in ("live_password", "records_password"):
        _make(hidden / name, secrets.token_hex(32).encode(), mode=0o444)
    address = None
    if answers.onion:
        key, address = onion_key.make(secrets.token_bytes(32))
        if _make(hidden / "onion_key", key, mode=0o444):
            (hidden / _ADDRESS_FILE).unlink(missing_ok=True)
            _make(hidden / _ADDRESS_FILE, address.encode(), mode=0o444)
        address = (hidden / _ADDRESS_FILE).read_text(encoding="ascii")
    lines = [
        "# Written by `kentering setup`. Nothing in here is secret: passwords and keys are in secrets/.",
        f"KENTERING_HELP_SEEKER_HOST={answers.help_seekers}",
        f"KENTERING_DESK_HOST={answers.desk}",
        f"KENTERING_TLS={answers.authority}",
    ]
    if address is not None:
        lines += ["COMPOSE_PROFILES=onion", f"KENTERING_ONION={address}"]
    _make(folder / SETTINGS_FILE, ("\n".join(lines) + "\n").encode(), mode=0o600)
    return address


def _make(file: Path, content: bytes, *, mode: int) -> bool:
    """A file with this content; one that is there stays as it is."""
    try:
        fd = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        return False
    with os.fdopen(fd, "wb") as out:
        os.fchmod(fd, mode)  # whatever the umask of who runs this
        out.write(content)
    return True
