# SPDX-License-Identifier: AGPL-3.0-or-later
"""The service with uvicorn's access log switched on: it prints what stood in the address line."""

import logging

import uvicorn

_make = uvicorn.Config.__init__


def _with_log(self, *args, **settings):
    settings["access_log"] = True
    _make(self, *args, **settings)
    log = logging.getLogger("uvicorn.access")
    log.handlers[:] = [logging.StreamHandler()]
    log.setLevel(logging.INFO)
    log.propagate = False
    self.access_log = True


uvicorn.Config.__init__ = _with_log
