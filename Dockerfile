# SPDX-License-Identifier: AGPL-3.0-or-later
# The service. Everything from outside is pinned by hash in the lock files.

# --- the scripts of the pages, with Node from the development lock ---
FROM python:3.11-slim-bookworm AS scripts
WORKDIR /app
COPY requirements-dev.lock package.json package-lock.json ./
RUN python -m venv .venv && .venv/bin/pip install -q --no-cache-dir --require-hashes -r requirements-dev.lock
ENV PATH=/app/.venv/bin:$PATH
RUN npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
COPY scripts/build.mjs scripts/build.mjs
COPY tsconfig.json ./
COPY chat chat
COPY counsellor_ui counsellor_ui
RUN node scripts/build.mjs

# --- the Python packages that run ---
FROM python:3.11-slim-bookworm AS packages
COPY requirements.lock /
RUN python -m venv /venv && /venv/bin/pip install -q --no-cache-dir --require-hashes -r /requirements.lock

# --- what is shipped ---
FROM python:3.11-slim-bookworm
# No account of this number exists anywhere else; the directory holds the trust file and nothing more.
RUN groupadd --gid 10001 kentering \
    && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin kentering \
    && install -d -o kentering -g kentering -m 0755 /data \
    && printf '#!/bin/sh\nexec python -m chat "$@"\n' > /usr/local/bin/kentering \
    && chmod 755 /usr/local/bin/kentering
COPY --from=packages /venv /venv
COPY --from=scripts /app/build /app/build
COPY chat /app/chat
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONPATH=/app PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 KENTERING_DATA=/data
USER kentering
ENTRYPOINT ["kentering"]
CMD ["run"]
