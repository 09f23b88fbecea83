-- Quarantined messages, unchanged. state: 0 waiting, 1 released, 2 discarded.

CREATE TABLE {quarantine} (
    number integer PRIMARY KEY,
    tenant text NOT NULL,
    source text NOT NULL,
    message_id text NOT NULL,
    reason text NOT NULL,
    detail text NOT NULL,
    content blob NOT NULL,
    received_at integer NOT NULL,
    state integer NOT NULL DEFAULT 0,
    operator_id text,
    note text,
    decided_at integer
);
CREATE UNIQUE INDEX {prefix}quarantine_message ON {quarantine} (tenant, source, message_id, reason);
CREATE INDEX {prefix}quarantine_waiting ON {quarantine} (tenant, number) WHERE state = 0;
