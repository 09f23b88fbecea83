-- Orders, their journal, numbers and deadlines. Instants are microseconds since 1970 in UTC.

CREATE TABLE {orders} (
    order_no integer PRIMARY KEY,
    tenant text NOT NULL,
    order_id text NOT NULL,
    model integer NOT NULL,
    version integer NOT NULL,
    states integer NOT NULL,
    since_0 integer NOT NULL,
    since_1 integer NOT NULL,
    since_2 integer NOT NULL,
    since_3 integer NOT NULL,
    holds integer NOT NULL,
    cases integer NOT NULL,
    anchors integer NOT NULL,
    profile integer NOT NULL,
    due integer NOT NULL,
    captured integer NOT NULL,
    refunded integer NOT NULL,
    ordered integer NOT NULL,
    packed integer NOT NULL,
    shipped integer NOT NULL,
    delivered integer NOT NULL,
    returned integer NOT NULL,
    currency text NOT NULL,
    currency_digits integer NOT NULL,
    headline text NOT NULL,
    placed_at integer NOT NULL,
    updated_at integer NOT NULL,
    ship_by integer,
    deliver_by integer
);
CREATE UNIQUE INDEX {prefix}orders_key ON {orders} (tenant, order_id);
CREATE INDEX {prefix}orders_updated ON {orders} (tenant, updated_at, order_no, headline);

CREATE TABLE {journal} (
    order_no integer NOT NULL,
    version integer NOT NULL,
    is_transition integer NOT NULL,
    model integer NOT NULL,
    trigger_name text NOT NULL,
    standing integer NOT NULL,
    kind integer NOT NULL,
    reason integer NOT NULL,
    states integer NOT NULL,
    moved_facets integer NOT NULL,
    holds integer NOT NULL,
    cases integer NOT NULL,
    anchors integer NOT NULL,
    profile integer NOT NULL,
    first_index integer NOT NULL,
    first_change integer NOT NULL,
    second_index integer NOT NULL,
    second_change integer NOT NULL,
    failed_guards text,
    source text NOT NULL,
    fact_id text NOT NULL,
    evidence text,
    occurred_at integer,
    recorded_at integer NOT NULL,
    amount integer,
    currency text,
    quantity integer,
    reported_state integer,
    raw_status text,
    ship_by integer,
    deliver_by integer,
    operator_id text,
    trace_id text,
    response_code text,
    attachments blob,
    detail_digest blob,
    segment integer,
    PRIMARY KEY (order_no, version)
);
CREATE UNIQUE INDEX {prefix}journal_fact ON {journal} (order_no, source, fact_id);
-- Unsealed rows are adjacent in this index, in the order written, so that a new row changes no additional page.
CREATE INDEX {prefix}journal_segment ON {journal} (segment);

-- Personal data. Rows can be erased; their digest stays in the journal.
CREATE TABLE {journal_details} (
    order_no integer NOT NULL,
    version integer NOT NULL,
    salt blob NOT NULL,
    note blob,
    payload blob NOT NULL,
    PRIMARY KEY (order_no, version)
);

CREATE TABLE {journal_segments} (
    number integer PRIMARY KEY,
    previous blob NOT NULL,
    sealed_at integer NOT NULL,
    hash blob NOT NULL,
    leaves blob NOT NULL
);

CREATE TABLE {references} (
    tenant text NOT NULL,
    value text NOT NULL,
    kind text NOT NULL,
    order_no integer NOT NULL,
    PRIMARY KEY (tenant, value, kind, order_no)
) WITHOUT ROWID;
CREATE INDEX {prefix}references_order ON {references} (order_no);

-- claimable_at is the later of due_at and the end of the lease.
CREATE TABLE {deadlines} (
    order_no integer NOT NULL,
    facet integer NOT NULL,
    due_at integer NOT NULL,
    claimable_at integer NOT NULL,
    version integer NOT NULL,
    trigger_name text NOT NULL,
    probe text,
    PRIMARY KEY (order_no, facet)
) WITHOUT ROWID;
CREATE INDEX {prefix}deadlines_claimable ON {deadlines} (claimable_at);

CREATE TABLE {parked} (
    parked_no integer PRIMARY KEY,
    tenant text NOT NULL,
    value text NOT NULL,
    kind text NOT NULL,
    source text NOT NULL,
    fact_id text NOT NULL,
    reason integer NOT NULL,
    parked_at integer NOT NULL,
    fact blob NOT NULL
);
CREATE UNIQUE INDEX {prefix}parked_fact ON {parked} (tenant, value, kind, source, fact_id);
CREATE INDEX {prefix}parked_at ON {parked} (tenant, parked_at, parked_no);
