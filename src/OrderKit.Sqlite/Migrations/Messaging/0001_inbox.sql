-- The inbox. Instants are microseconds since 1970 in UTC.

-- state: 0 pending, 1 done, 2 set aside as a dead letter. A row that is not pending keeps its identity and no body.
-- held: 1 while it is claimed. waiting: 1 while a row before it in its lane, with blocks = 1, keeps it from being claimed.
-- due_at is also the end of a claim, and of the retention of a row that is done.
-- AUTOINCREMENT, so that a claim on a row that is gone can never hit a younger row of the same number.
CREATE TABLE {inbox} (
    id integer PRIMARY KEY AUTOINCREMENT,
    consumer text NOT NULL,
    tenant text NOT NULL,
    message_id text NOT NULL,
    lane text NOT NULL,
    type text NOT NULL,
    body blob NOT NULL,
    state integer NOT NULL DEFAULT 0,
    held integer NOT NULL DEFAULT 0,
    waiting integer NOT NULL DEFAULT 0,
    blocks integer NOT NULL DEFAULT 0,
    received_at integer NOT NULL,
    due_at integer NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    epoch integer NOT NULL DEFAULT 0,
    last_error text
);
CREATE UNIQUE INDEX {prefix}inbox_identity ON {inbox} (consumer, tenant, message_id);
CREATE INDEX {prefix}inbox_lane ON {inbox} (consumer, tenant, lane, held DESC, id) WHERE state = 0 AND waiting = 0;
CREATE INDEX {prefix}inbox_waiting ON {inbox} (consumer, tenant, lane, id) WHERE state = 0 AND waiting = 1;
CREATE INDEX {prefix}inbox_due ON {inbox} (consumer, due_at, id) WHERE state = 0 AND waiting = 0;
CREATE INDEX {prefix}inbox_age ON {inbox} (consumer, id) WHERE state = 0;
CREATE INDEX {prefix}inbox_done ON {inbox} (due_at) WHERE state = 1;
