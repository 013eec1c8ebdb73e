#!/bin/sh
# The parts of the product by name; anything else is a command of manage.py. WEB_BIND and BEAT_SCHEDULE: for `make soak`.
set -eu

case "${1:-web}" in
  web)
    # Threads serve the slow phones; the pool is opened in each process after it was forked.
    export DB_POOL="${DB_POOL:-${WEB_THREADS:-8}}"
    exec gunicorn helpdesk.wsgi:application --bind "${WEB_BIND:-0.0.0.0:8000}" \
      --workers "${WEB_PROCESSES:-3}" --worker-class gthread --threads "${WEB_THREADS:-8}" \
      --timeout 120 --graceful-timeout 30 --max-requests 5000 --max-requests-jitter 500 \
      --worker-tmp-dir /dev/shm --no-control-socket --forwarded-allow-ips '' --log-level warning
    ;;
  worker)
    exec celery -A helpdesk.celery:app worker --concurrency "${WORKER_PROCESSES:-4}" --loglevel WARNING \
      --without-gossip --without-mingle
    ;;
  beat)
    exec celery -A helpdesk.celery:app beat --loglevel WARNING --pidfile= --schedule "${BEAT_SCHEDULE:-/tmp/beat-schedule}"
    ;;
  *)
    exec python manage.py "$@"
    ;;
esac
