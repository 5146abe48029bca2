# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import base64
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from chat import first_settings, onion_key
from chat.first_settings import AnswerError, Answers, ask, check, host, remarks, write

GOOD = {
    "help_seekers": "talk.example.org",
    "desk": "desk.example.org",
    "authority": "anna@example.org",
    "onion": "yes",
}
ANSWERS = Answers("talk.example.org", "desk.example.org", "anna@example.org", onion=True)


def settings_of(folder: Path) -> dict[str, str]:
    lines = (folder / ".env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "secrets").iterdir()}


def test_four_answers_become_what_the_compose_file_needs(tmp_path: Path) -> None:
    address = write(tmp_path, check(GOOD))
    made = contents(tmp_path)

    assert settings_of(tmp_path) == {
        "KENTERING_HELP_SEEKER_HOST": "talk.example.org",
        "KENTERING_DESK_HOST": "desk.example.org",
        "KENTERING_TLS": "anna@example.org",
        "COMPOSE_PROFILES": "onion",
        "KENTERING_ONION": address,
    }
    assert made.keys() == {"live_password", "records_password", "onion_key", "onion_address"}
    assert made["live_password"] != made["records_password"]
    assert not any(made[name].decode() in (tmp_path / ".env").read_text() for name in made if "pass" in name)


def test_nobody_else_on_the_computer_can_reach_the_secrets_and_the_containers_can(tmp_path: Path) -> None:
    write(tmp_path, ANSWERS)
    files = [tmp_path / "secrets" / name for name in contents(tmp_path)]

    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o444}


def test_settings_are_never_written_over_and_secrets_are_kept(tmp_path: Path) -> None:
    address = write(tmp_path, ANSWERS)
    before = contents(tmp_path)

    with pytest.raises(AnswerError, match="never written over"):
        write(tmp_path, ANSWERS)
    (tmp_path / ".env").unlink()
    again = write(tmp_path, ANSWERS)

    assert (again, contents(tmp_path)) == (address, before)


def test_without_an_onion_nothing_of_it_is_made(tmp_path: Path) -> None:
    assert write(tmp_path, check({**GOOD, "onion": "no"})) is None
    assert contents(tmp_path).keys() == {"live_password", "records_password"}
    assert not {"COMPOSE_PROFILES", "KENTERING_ONION"} & settings_of(tmp_path).keys()


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("help_seekers", "https://talk.example.org"),
        ("help_seekers", "talk.example.org/start"),
        ("help_seekers", "talk"),
        ("help_seekers", "localhost"),
        ("help_seekers", "192.0.2.7"),
        ("help_seekers", "2001:db8::7"),
        ("help_seekers", "talk_.example.org"),
        ("help_seekers", "talk..example.org"),
        ("help_seekers", "talk.example.org\nKENTERING_TLS=x"),
        ("help_seekers", "abc.onion"),
        ("desk", "TALK.example.org."),
        ("authority", "anna"),
        ("authority", "anna@localhost"),
        ("authority", "anna@example.org\nX=1"),
        ("onion", "perhaps"),
        ("onion", ""),
    ],
)
def test_an_answer_that_would_not_work_is_refused(name: str, answer: str) -> None:
    with pytest.raises(AnswerError):
        check({**GOOD, name: answer})


def test_a_name_has_one_form() -> None:
    assert host(" Talk.Example.ORG. ") == "talk.example.org"
    assert host("gespräch.example.org") == "xn--gesprch-9wa.example.org"


def test_who_is_asked_may_try_again_until_it_fits() -> None:
    typed = iter(["talk", "talk.example.org", "talk.example.org", "desk.example.org", "anna", "internal", ""])
    asked: list[str] = []
    said: list[str] = []

    def answer(question: str) -> str:
        asked.append(question)
        return next(typed)

    found = ask({}, answer, said.append)

    assert found == Answers("talk.example.org", "desk.example.org", "internal", onion=True)
    assert len(asked) == 7
    assert len(set(asked)) == 4
    assert len(said) == 3


def test_what_was_given_is_not_asked_and_a_bad_one_ends_it() -> None:
    def nobody(question: str) -> str:
        raise AssertionError(question)

    assert ask(dict(GOOD), nobody, nobody) == ANSWERS
    with pytest.raises(AnswerError):
        ask({**GOOD, "desk": "talk.example.org"}, nobody, nobody)


def test_what_works_and_is_unwise_is_said() -> None:
    telling = check({**GOOD, "help_seekers": "help-paedophilia.example.org", "authority": "internal"})

    assert remarks(ANSWERS, lambda _: True) == []
    assert [line.split()[0] for line in remarks(ANSWERS, lambda _: False)] == [
        "talk.example.org",
        "desk.example.org",
    ]
    assert [line.split()[0] for line in remarks(telling, lambda _: False)] == [
        "help-paedophilia.example.org",
        "Browsers",
    ]


def test_an_address_is_made_as_the_specification_of_tor_says() -> None:
    public = base64.b32decode("pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd".upper())[:32]

    assert onion_key.address_of(public) == "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion"


@pytest.mark.skipif(shutil.which("tor") is None, reason="needs Tor")
def test_tor_finds_the_same_address_in_our_key(tmp_path: Path) -> None:
    key, address = onion_key.make(bytes(range(32)))
    service = tmp_path / "service"
    service.mkdir(mode=0o700)
    (service / "hs_ed25519_secret_key").write_bytes(key)
    (service / "hs_ed25519_secret_key").chmod(0o600)
    options = {
        "DataDirectory": tmp_path / "data", "HiddenServiceDir": service,
        "HiddenServicePort": "80 127.0.0.1:1", "DisableNetwork": 1, "SocksPort": 0, "Log": "notice stdout",
    }  # fmt: skip
    command = ["tor", "-f", "/nonexistent", "--ignore-missing-torrc", "--defaults-torrc", "/nonexistent"]
    given = [str(part) for name, value in options.items() for part in (f"--{name}", value)]
    with subprocess.Popen([*command, *given], stdout=subprocess.PIPE, text=True) as tor:
        assert tor.stdout is not None
        for line in tor.stdout:
            if (service / "hostname").exists():
                break
            assert "[err]" not in line
        tor.kill()

    assert (service / "hostname").read_text().strip() == address


def test_the_questions_are_four() -> None:
    assert len(first_settings.QUESTIONS) == 4
