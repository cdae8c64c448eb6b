-- Once, on the server of the main database, as its superuser: psql -f line.sql, then \password hotline, \password hotline_backup.

-- The nodes. The role owns its database, since nodes bring their tables up to date by themselves; beyond that it may do nothing.
-- 60 connections: a node takes 13 at most (hotline/databases.py, and one for its place: hotline/place.py); commands, and a node that starts, need theirs besides.
CREATE ROLE hotline LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION CONNECTION LIMIT 60;

-- The nightly pg_dump: reads, and only that.
CREATE ROLE hotline_backup LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION CONNECTION LIMIT 2;
GRANT pg_read_all_data TO hotline_backup;

CREATE DATABASE hotline OWNER hotline TEMPLATE template0 ENCODING 'UTF8';
REVOKE ALL ON DATABASE hotline FROM PUBLIC;
GRANT CONNECT ON DATABASE hotline TO hotline_backup;
REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;
