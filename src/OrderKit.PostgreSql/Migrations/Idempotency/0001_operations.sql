-- Operations that take effect once. Keys are compared byte for byte (COLLATE "C").
-- state: 1 running, 2 succeeded, 3 failed, 4 waiting, 5 unknown. For a waiting one, lease_until is the time of the next attempt.

CREATE TABLE {operations} (
    tenant text COLLATE "C" NOT NULL,
    scope text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    fingerprint bytea NOT NULL,
    state smallint NOT NULL,
    epoch bigint NOT NULL,
    owner bytea NOT NULL,
    attempts integer NOT NULL,
    lease_until timestamptz,
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    expires_at timestamptz,
    step text,
    step_content bytea,
    result bytea,
    error text,
    PRIMARY KEY (key, scope, tenant)
);
CREATE INDEX {prefix}operations_expiry ON {operations} (expires_at) WHERE state IN (2, 3);
CREATE INDEX {prefix}operations_open ON {operations} (tenant, created_at) WHERE state IN (1, 5);
