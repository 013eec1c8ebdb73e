# One image for every part of the product: web, worker, beat and the one-shot commands.
# It runs as an ordinary user, writes only to /data, and holds no secret.

FROM node:22-bookworm-slim AS assets
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

FROM python:3.12-slim-bookworm AS packages
WORKDIR /build
RUN python -m venv /opt/venv
COPY requirements.txt requirements.lock ./
RUN /opt/venv/bin/pip install --no-cache-dir -r requirements.txt -c requirements.lock

FROM packages AS static
WORKDIR /app
COPY . .
COPY --from=assets /build/node_modules node_modules
# The key serves this one command, in a stage of which only static-built/ is taken.
RUN SECRET_KEY=only-while-the-image-is-made VAR_DIR=/tmp/build STATIC_ROOT=/app/static-built \
    /opt/venv/bin/python manage.py collectstatic --noinput -v 0

FROM python:3.12-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    VAR_DIR=/data \
    MEDIA_ROOT=/data/media \
    STATIC_ROOT=/app/static-built
# /data is readable for the proxy, which sends the files; only this user writes there.
RUN groupadd --system --gid 10001 peygir \
    && useradd --system --uid 10001 --gid peygir --home-dir /data --shell /usr/sbin/nologin peygir \
    && install -d -o peygir -g peygir -m 0755 /data /data/media \
    && install -d -o peygir -g peygir -m 0700 /data/tmp
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY . .
COPY --from=static /app/static-built static-built
USER peygir
EXPOSE 8000
ENTRYPOINT ["deploy/entrypoint.sh"]
CMD ["web"]
