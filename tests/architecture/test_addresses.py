# SPDX-License-Identifier: AGPL-3.0-or-later
"""No file names a package registry or a path of the machine it was written on; nothing calls strangers."""

from __future__ import annotations

from tests.architecture.tree import files, matches, sources, text

REGISTRIES = (
    r"py[p]i\.org|python[h]osted\.org|registry\.np[m]js|np[m]js\.(org|com)|yarn[p]kg\.com|j[s]r\.io"
    r"|--(extra-)?index-url|--find-links|proxy\.golang\.org"
)
MACHINE = r"(^|[\s\"'=:(`])/(work|root|tmp/kb|home/[a-z]+|Users/[A-Za-z]+)/"
SHIPPED = frozenset({".py", ".ts", ".tsx", ".css", ".html", ".lua"})
# What a page may show as its own address, and names that are no addresses at all (XML namespaces).
OURS = r"(host/|localhost|127\.0\.0\.1|\[::1\]|www\.w3\.org/|[a-z.]*example(\.org)?\b|[{$%])"


def readable() -> list:  # type: ignore[type-arg]  # paths; only this file needs it
    return [path for path in files() if text(path) is not None and path.name != "LICENSE"]


def test_no_file_names_a_package_registry() -> None:
    assert matches(REGISTRIES, [path for path in readable() if str(path) != __file__]) == []


def test_no_file_names_a_path_of_a_machine() -> None:
    assert matches(MACHINE, [path for path in readable() if str(path) != __file__]) == []


def test_nothing_shipped_names_the_address_of_a_third_party() -> None:
    found = matches(rf"(https?|wss?)://(?!{OURS})[\w\[]", sources("chat", "counsellor_ui", suffixes=SHIPPED))

    assert found == []


def test_no_page_takes_anything_from_an_address_without_scheme() -> None:
    found = matches(
        r"(src|href|action|url)\s*[=(]\s*[\"']?//", sources("chat", "counsellor_ui", suffixes=SHIPPED)
    )

    assert found == []
