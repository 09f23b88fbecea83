-- Dead letters, what was done with them, and which destinations and consumers rest. Instants are microseconds since 1970 in UTC.

-- flow: 0 outbox, 1 inbox. state: 0 dead, 1 redriven, 2 discarded.
CREATE TABLE {dead_letters} (
    number integer PRIMARY KEY AUTOINCREMENT,
    flow integer NOT NULL,
    name text NOT NULL,
    tenant text NOT NULL,
    message_id text NOT NULL,
    lane text NOT NULL,
    type text NOT NULL,
    body blob NOT NULL,
    error_class text NOT NULL,
    error_text text NOT NULL,
    attempts integer NOT NULL,
    first_at integer NOT NULL,
    dead_at integer NOT NULL,
    state integer NOT NULL DEFAULT 0
);
CREATE INDEX {prefix}dead_letters_state ON {dead_letters} (state, number);
CREATE INDEX {prefix}dead_letters_name ON {dead_letters} (name, state, number);
CREATE INDEX {prefix}dead_letters_lane ON {dead_letters} (lane, number);
CREATE INDEX {prefix}dead_letters_message ON {dead_letters} (message_id, number);

CREATE TABLE {dead_letter_acts} (
    act_no integer PRIMARY KEY AUTOINCREMENT,
    letter integer NOT NULL,
    to_state integer NOT NULL,
    done_by text NOT NULL,
    done_at integer NOT NULL,
    note text
);
CREATE INDEX {prefix}dead_letter_acts_letter ON {dead_letter_acts} (letter, act_no);

CREATE TABLE {delivery_pauses} (
    flow integer NOT NULL,
    name text NOT NULL,
    paused_by text NOT NULL,
    paused_at integer NOT NULL,
    reason text,
    PRIMARY KEY (flow, name)
) WITHOUT ROWID;
