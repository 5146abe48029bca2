# SPDX-License-Identifier: AGPL-3.0-or-later
"""`make audit`: ask OSV whether a vulnerability is known in anything that is shipped.

One question for all packages (OSV's `querybatch`), which says nothing but names and versions that are in the
lock files anyway. Exit code: 0 none known, 1 some are, 2 nobody could be asked, which is no clean bill.
"""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence

from scripts import locked

SERVICE = "https://api.osv.dev/v1/querybatch"
_PATIENCE_S = 60


class NotAskedError(Exception):
    """The service gave no proper answer."""


def known(packages: Sequence[locked.Package], service: str = SERVICE) -> dict[locked.Package, list[str]]:
    """The packages with known vulnerabilities, and their identifiers.

    Raises:
        NotAskedError: no answer, or not one for each package.
    """
    queries = [
        {"package": {"ecosystem": one.ecosystem, "name": one.name}, "version": one.version}
        for one in packages
    ]
    request = urllib.request.Request(  # noqa: S310 - the address is ours, or a test's
        service, json.dumps({"queries": queries}).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE_S) as answer:  # noqa: S310 - as above
            results = json.load(answer)["results"]
    except (OSError, ValueError, KeyError, TypeError, urllib.error.URLError) as error:
        raise NotAskedError(type(error).__name__) from None
    if not isinstance(results, list) or len(results) != len(packages):
        raise NotAskedError("incomplete")
    found = {
        package: [entry["id"] for entry in result.get("vulns", ())]
        for package, result in zip(packages, results, strict=True)
    }
    return {package: ids for package, ids in found.items() if ids}


def main() -> int:
    """Ask, and say it."""
    packages = [*locked.python(), *locked.npm()]
    try:
        found = known(packages)
    except NotAskedError as error:
        print(f"Not audited: the service for known vulnerabilities did not answer ({error}).")
        return 2
    for package, ids in found.items():
        print(f"{package.name} {package.version}: {', '.join(ids)}")
    if not found:
        print(f"No vulnerability is known in the {len(packages)} packages that are shipped.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
