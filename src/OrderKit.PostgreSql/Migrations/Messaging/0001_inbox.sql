-- Keys are compared byte for byte (COLLATE "C"), whatever the collation of the database.
-- The inbox.

CREATE SEQUENCE {inbox_ids};

-- state: 0 pending, 1 done, 2 set aside as a dead letter. A row that is not pending keeps its identity and no body.
-- held: 1 while it is claimed. waiting: 1 while a row before it in its lane, with blocks = 1, keeps it from being claimed.
-- due_at is also the end of a claim, and of the retention of a row that is done.
CREATE TABLE {inbox} (
    id bigint NOT NULL DEFAULT nextval('{inbox_ids}') PRIMARY KEY,
    consumer text COLLATE "C" NOT NULL,
    tenant text COLLATE "C" NOT NULL,
    message_id text COLLATE "C" NOT NULL,
    lane text COLLATE "C" NOT NULL,
    type text NOT NULL,
    body bytea NOT NULL,
    state smallint NOT NULL DEFAULT 0,
    held smallint NOT NULL DEFAULT 0,
    waiting smallint NOT NULL DEFAULT 0,
    blocks smallint NOT NULL DEFAULT 0,
    received_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    epoch bigint NOT NULL DEFAULT 0,
    last_error text
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX {prefix}inbox_identity ON {inbox} (consumer, tenant, message_id);
CREATE INDEX {prefix}inbox_lane ON {inbox} (consumer, tenant, lane, held DESC, id) WHERE state = 0 AND waiting = 0;
CREATE INDEX {prefix}inbox_waiting ON {inbox} (consumer, tenant, lane, id) WHERE state = 0 AND waiting = 1;
CREATE INDEX {prefix}inbox_due ON {inbox} (consumer, due_at, id) WHERE state = 0 AND waiting = 0;
CREATE INDEX {prefix}inbox_age ON {inbox} (consumer, id) WHERE state = 0;
CREATE INDEX {prefix}inbox_done ON {inbox} (due_at) WHERE state = 1;
