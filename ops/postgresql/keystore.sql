-- Once, on the server of the keystore, as its superuser: psql -f keystore.sql, then \password keystore, \password keystore_backup.
-- A server of its own (another cluster of PostgreSQL, better another machine): the halves of each key lie apart, and its
-- write-ahead log must not end up in the archive of the main database (keystore.conf).

CREATE ROLE keystore LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION CONNECTION LIMIT 30;
CREATE ROLE keystore_backup LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION CONNECTION LIMIT 2;
GRANT pg_read_all_data TO keystore_backup;

CREATE DATABASE keystore OWNER keystore TEMPLATE template0 ENCODING 'UTF8';
REVOKE ALL ON DATABASE keystore FROM PUBLIC;
GRANT CONNECT ON DATABASE keystore TO keystore_backup;
REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;
