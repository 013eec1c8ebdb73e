#!/bin/sh
# Writes secrets/ for docker-compose.yml: one file each, random, never overwritten. The folder is closed to others;
# the files inside are readable, because each container reads them as a user of its own.
set -eu
cd "$(dirname "$0")/.."
umask 022
mkdir -p secrets
chmod 700 secrets

random() { head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n'; }
sealing() { head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n'; }
keep() { # name, text
  [ -e "secrets/$1" ] || printf '%s' "$2" > "secrets/$1"
}

keep secret_key "$(random)"
keep seal_keys "$(sealing)"
for who in postgres owner app keeper redis; do
  keep "${who}_password" "$(random)"
done
keep owner_database_url "postgres://owner:$(cat secrets/owner_password)@postgres:5432/peygir"
keep app_database_url "postgres://app:$(cat secrets/app_password)@postgres:5432/peygir"
keep redis_url "redis://:$(cat secrets/redis_password)@redis:6379/0"
keep kavenegar_api_key ""
keep email_url ""
echo "secrets/ is complete. Write yours into secrets/kavenegar_api_key and secrets/email_url (smtp+tls://user:password@host:587)."
