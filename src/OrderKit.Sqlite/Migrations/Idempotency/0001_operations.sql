-- Operations that take effect once. Instants are microseconds since 1970 in UTC.
-- state: 1 running, 2 succeeded, 3 failed, 4 waiting, 5 unknown. For a waiting one, lease_until is the time of the next attempt.

CREATE TABLE {operations} (
    tenant text NOT NULL,
    scope text NOT NULL,
    key text NOT NULL,
    fingerprint blob NOT NULL,
    state integer NOT NULL,
    epoch integer NOT NULL,
    owner blob NOT NULL,
    attempts integer NOT NULL,
    lease_until integer,
    created_at integer NOT NULL,
    finished_at integer,
    expires_at integer,
    step text,
    step_content blob,
    result blob,
    error text,
    PRIMARY KEY (key, scope, tenant)
) WITHOUT ROWID;
CREATE INDEX {prefix}operations_expiry ON {operations} (expires_at) WHERE state IN (2, 3);
CREATE INDEX {prefix}operations_open ON {operations} (tenant, created_at) WHERE state IN (1, 5);
