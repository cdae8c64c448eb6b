#!/bin/sh
# In a container, at its first start: makes the roles and the database, with the password of the address that nodes use.
set -eu
case "$STORE" in
line) role=hotline url=$(cat /run/secrets/database_url) ;;
keystore) role=keystore url=$(cat /run/secrets/keystore_url) ;;
esac
rest=${url#*://*:}
password=${rest%%@*}
psql -q -v ON_ERROR_STOP=1 -U postgres -f /etc/postgresql/store.sql
printf 'ALTER ROLE %s PASSWORD :%s;\n' "$role" "'password'" | psql -q -v ON_ERROR_STOP=1 -U postgres -v "password=$password"
