# SPDX-License-Identifier: AGPL-3.0-or-later
# Everything we run but PostgreSQL: one stage for each part, none of them as root. What comes from PyPI and npm is
# pinned by hash in the lock files; the images that this begins with are pinned by `make pin-images`.

FROM debian:trixie-20260918-slim AS debian
# What every part of ours has: a way to say whether it answers.
COPY --chmod=0755 deploy/answers.sh /usr/local/bin/answers

# --- the scripts of the pages, with Node from the development lock ---
FROM python:3.13.16-slim-trixie AS scripts
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
FROM python:3.13.16-slim-trixie AS packages
COPY requirements.lock /
RUN python -m venv /venv && /venv/bin/pip install -q --no-cache-dir --require-hashes -r /requirements.lock

# --- the live store: Debian's Valkey, on the system's jemalloc, where freed memory was found overwritten ---
FROM debian AS store
RUN apt-get update -q \
    && apt-get install -yq --no-install-recommends valkey-server valkey-tools \
    && rm -rf /var/lib/apt/lists/* /var/log/* /var/cache/* /etc/valkey \
    && ldd /usr/bin/valkey-server | grep -q libjemalloc \
    && useradd --uid 10002 --user-group --no-create-home --shell /usr/sbin/nologin live
COPY --chmod=0644 deploy/valkey.conf deploy/users.acl /etc/valkey/
COPY --chmod=0755 deploy/live.sh /usr/local/bin/live
WORKDIR /run/valkey
USER 10002:10002
CMD ["live"]

# --- TLS. Copied twice, so that it loses the right to low ports, which it doesn't need in a container ---
FROM caddy:2.11.7 AS caddy
RUN cp /usr/bin/caddy /caddy

FROM debian AS proxy
RUN apt-get update -q \
    && apt-get install -yq --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* /var/log/* /var/cache/* \
    && useradd --uid 10003 --user-group --no-create-home --shell /usr/sbin/nologin proxying \
    && install -d -o 10003 -g 10003 -m 0700 /data
COPY --from=caddy /caddy /usr/local/bin/caddy
COPY --chmod=0644 deploy/Caddyfile /etc/caddy/Caddyfile
ENV XDG_CONFIG_HOME=/config XDG_DATA_HOME=/data
USER 10003:10003
CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]

# --- the onion service ---
FROM debian AS onion
RUN apt-get update -q \
    && apt-get install -yq --no-install-recommends tor \
    && rm -rf /var/lib/apt/lists/* /var/log/* /var/cache/* /etc/tor /var/lib/tor \
    && tor --list-modules | grep -q 'pow: yes' \
    && useradd --uid 10004 --user-group --no-create-home --shell /usr/sbin/nologin onion \
    && install -d -o 10004 -g 10004 -m 0700 /var/lib/tor
COPY --chmod=0644 deploy/torrc deploy/torrc-network /etc/tor/
COPY --chmod=0755 deploy/onion.sh /usr/local/bin/onion
COPY --chmod=0755 deploy/bootstrapped.sh /usr/local/bin/bootstrapped
USER 10004:10004
CMD ["onion"]

# --- between Tor and the service ---
FROM debian AS front
RUN apt-get update -q \
    && apt-get install -yq --no-install-recommends haproxy \
    && rm -rf /var/lib/apt/lists/* /var/log/* /var/cache/* /etc/haproxy \
    && useradd --uid 10005 --user-group --no-create-home --shell /usr/sbin/nologin front
COPY --chmod=0644 deploy/haproxy.cfg /etc/haproxy/haproxy.cfg
USER 10005:10005
CMD ["haproxy", "-W", "-db", "-f", "/etc/haproxy/haproxy.cfg"]

# --- the service. Last, so that it is what `docker build .` makes ---
FROM python:3.13.16-slim-trixie AS service
# No account of this number exists anywhere else; the directory holds the trust file and nothing more.
RUN groupadd --gid 10001 kentering \
    && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin kentering \
    && install -d -o kentering -g kentering -m 0755 /data \
    && printf '#!/bin/sh\nexec python -m chat "$@"\n' > /usr/local/bin/kentering \
    && chmod 755 /usr/local/bin/kentering
COPY --chmod=0755 deploy/answers.sh /usr/local/bin/answers
COPY --from=packages /venv /venv
COPY --from=scripts /app/build /app/build
COPY chat /app/chat
# Compiled here, since nothing can be written where it runs: half of the time that a start takes.
RUN /venv/bin/python -m compileall -q --invalidation-mode unchecked-hash /app/chat
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONPATH=/app PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 KENTERING_DATA=/data
USER 10001:10001
ENTRYPOINT ["kentering"]
CMD ["run"]
