-- Duplicate orders: the order that guards each subject, the pairs that were found, and the decisions. Subjects are digests.

CREATE TABLE {duplicate_guards} (
    tenant text NOT NULL,
    rule text NOT NULL,
    subject blob NOT NULL,
    order_id text NOT NULL,
    last_at integer NOT NULL,
    is_closed integer NOT NULL,
    orders integer NOT NULL,
    PRIMARY KEY (tenant, rule, subject)
) WITHOUT ROWID;
CREATE INDEX {prefix}duplicate_guards_order ON {duplicate_guards} (tenant, order_id) WHERE NOT is_closed;

CREATE TABLE {suspected_duplicates} (
    suspicion_no integer PRIMARY KEY,
    tenant text NOT NULL,
    order_id text NOT NULL,
    rule text NOT NULL,
    earlier_order_id text NOT NULL,
    state integer NOT NULL,
    found_at integer NOT NULL,
    apart integer NOT NULL,
    auto_release_at integer,
    payment_channel text,
    amount integer,
    currency text,
    currency_digits integer
);
CREATE UNIQUE INDEX {prefix}suspected_duplicates_order ON {suspected_duplicates} (tenant, order_id, rule);
CREATE INDEX {prefix}suspected_duplicates_earlier ON {suspected_duplicates} (tenant, earlier_order_id);
CREATE INDEX {prefix}suspected_duplicates_found ON {suspected_duplicates} (tenant, found_at, suspicion_no);
CREATE INDEX {prefix}suspected_duplicates_paid ON {suspected_duplicates} (tenant, payment_channel, found_at, suspicion_no);
CREATE INDEX {prefix}suspected_duplicates_held ON {suspected_duplicates} (auto_release_at, suspicion_no) WHERE state = 1;

CREATE TABLE {duplicate_acts} (
    act_no integer PRIMARY KEY,
    tenant text NOT NULL,
    order_id text NOT NULL,
    decision integer NOT NULL,
    operator text NOT NULL,
    reason text NOT NULL,
    at integer NOT NULL
);
CREATE INDEX {prefix}duplicate_acts_order ON {duplicate_acts} (tenant, order_id, act_no);
