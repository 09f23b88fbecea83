-- Leases, the outbox and cases. Instants are microseconds since 1970 in UTC.

CREATE TABLE {leases} (
    name text NOT NULL PRIMARY KEY,
    owner text NOT NULL,
    epoch integer NOT NULL,
    until_at integer NOT NULL
) WITHOUT ROWID;

-- AUTOINCREMENT, so that numbers are never reused: a claim of a removed row cannot match a newer row.
-- held: 1 while the row is claimed. waiting: 1 while an earlier row in its lane, with blocks = 1, keeps it from being claimed.
CREATE TABLE {outbox} (
    id integer PRIMARY KEY AUTOINCREMENT,
    destination text NOT NULL,
    lane text NOT NULL,
    message_id text NOT NULL,
    tenant text NOT NULL,
    type text NOT NULL,
    body blob NOT NULL,
    created_at integer NOT NULL,
    due_at integer NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    epoch integer NOT NULL DEFAULT 0,
    held integer NOT NULL DEFAULT 0,
    waiting integer NOT NULL DEFAULT 0,
    blocks integer NOT NULL DEFAULT 0,
    last_error text
);
CREATE INDEX {prefix}outbox_lane ON {outbox} (destination, tenant, lane, held DESC, id) WHERE waiting = 0;
CREATE INDEX {prefix}outbox_waiting ON {outbox} (destination, tenant, lane, id) WHERE waiting = 1;
CREATE INDEX {prefix}outbox_due ON {outbox} (destination, due_at, id) WHERE waiting = 0;
CREATE INDEX {prefix}outbox_age ON {outbox} (destination, id);

CREATE TABLE {cases} (
    case_no integer PRIMARY KEY,
    order_no integer NOT NULL,
    code text NOT NULL,
    tenant text NOT NULL,
    owner text NOT NULL,
    reason text NOT NULL,
    opened_version integer NOT NULL,
    opened_at integer NOT NULL,
    due_at integer,
    closed_at integer,
    closed_version integer
);
CREATE UNIQUE INDEX {prefix}cases_open ON {cases} (order_no, code) WHERE closed_at IS NULL;
CREATE INDEX {prefix}cases_order ON {cases} (order_no);
CREATE INDEX {prefix}cases_due ON {cases} (tenant, due_at, case_no) WHERE closed_at IS NULL;
