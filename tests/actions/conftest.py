# SPDX-License-Identifier: AGPL-3.0-or-later
from tests.support.valkey import *  # noqa: F403 - fixtures are used by name
