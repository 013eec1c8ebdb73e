#!/bin/bash
# Run once by the PostgreSQL image when its data folder is empty: the database and the three roles.
#   owner   owns the tables, migrates; row-level security is forced on it too
#   app     reads and writes rows as the web and the workers; owns nothing and can switch nothing off
#   keeper  backs up, restores and bulk-loads; the only one row-level security does not bind
# tools/services.py makes the same roles for the tests.
set -euo pipefail

quoted() { # the secret in the file, as an SQL literal
  local text
  text=$(<"$1")
  printf "'%s'" "${text//\'/\'\'}"
}

psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<SQL
CREATE ROLE owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD $(quoted /run/secrets/owner_password);
CREATE ROLE app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD $(quoted /run/secrets/app_password);
CREATE ROLE keeper LOGIN NOSUPERUSER BYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD $(quoted /run/secrets/keeper_password);
GRANT pg_read_all_data, pg_write_all_data TO keeper;
CREATE DATABASE peygir OWNER owner;
REVOKE ALL ON DATABASE peygir FROM PUBLIC;
GRANT CONNECT ON DATABASE peygir TO app, keeper;
SQL

psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname peygir <<SQL
ALTER DEFAULT PRIVILEGES FOR ROLE owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO app;
ALTER DEFAULT PRIVILEGES FOR ROLE owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO app;
SQL
