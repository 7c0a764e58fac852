-- Where each chain stands, its records, and what could not become a row. FORMAT.md of sync/warehouse explains the rows.

-- +goose Up
CREATE TABLE markaz.chain (
    chain  integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    centre text  NOT NULL,
    nonce  bytea NOT NULL CHECK (octet_length(nonce) = 16),
    UNIQUE (centre, nonce)
);
COMMENT ON TABLE  markaz.chain        IS 'Every history that a box wrote: a centre has one for each box it ever had that began anew.';
COMMENT ON COLUMN markaz.chain.chain  IS 'Short name of the chain in this database. Another database may have another.';
COMMENT ON COLUMN markaz.chain.centre IS 'Code of the centre: ISB-01.';
COMMENT ON COLUMN markaz.chain.nonce  IS 'The 16 random bytes that the box drew when it began the chain.';

CREATE TABLE markaz.cursor (
    chain   integer PRIMARY KEY REFERENCES markaz.chain,
    seq     bigint  NOT NULL,
    hash    bytea   NOT NULL CHECK (octet_length(hash) = 32),
    poison  bigint  NOT NULL DEFAULT 0,
    rewinds integer NOT NULL DEFAULT 0,
    moved   timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE  markaz.cursor         IS 'How far each chain is loaded. It moves in the transaction that brings the rows, and only there.';
COMMENT ON COLUMN markaz.cursor.seq     IS 'Newest record that is here, as a row or as poison; 0 when there is none.';
COMMENT ON COLUMN markaz.cursor.hash    IS 'Its hash, which stands for everything before it.';
COMMENT ON COLUMN markaz.cursor.poison  IS 'How many of them are in markaz.poison.';
COMMENT ON COLUMN markaz.cursor.rewinds IS 'How often the end of the chain was taken back, because headquarters settled a fork the other way.';
COMMENT ON COLUMN markaz.cursor.moved   IS 'When rows of the chain came last.';

CREATE TABLE markaz.loader (
    one     boolean PRIMARY KEY DEFAULT true CHECK (one),
    applied bigint  NOT NULL DEFAULT 0
);
INSERT INTO markaz.loader DEFAULT VALUES;
COMMENT ON TABLE  markaz.loader         IS 'One row: the state of headquarters that was loaded last.';
COMMENT ON COLUMN markaz.loader.applied IS 'Index of the raft entry up to which the node had its archive. A node that is further behind waits.';

-- The columns of eight bytes come first, so that none is padded.
CREATE TABLE markaz.record (
    seq     bigint      NOT NULL,
    wall    timestamptz NOT NULL,
    boot    bigint      NOT NULL,
    mono    bigint      NOT NULL,
    chain   integer     NOT NULL,
    month   date        NOT NULL,
    grade   smallint    NOT NULL,
    hash    bytea       NOT NULL,
    kind    text        NOT NULL,
    actor   text        NOT NULL,
    subject text        NOT NULL,
    body    jsonb       NOT NULL,
    PRIMARY KEY (chain, seq, month)
) PARTITION BY RANGE (month);
CREATE INDEX record_kind ON markaz.record (kind, wall);
COMMENT ON TABLE  markaz.record         IS 'Every record, as headquarters holds it. Read it through the views of schema fact.';
COMMENT ON COLUMN markaz.record.seq     IS 'Place in the chain, from 1. This is the order in which things happened at a centre.';
COMMENT ON COLUMN markaz.record.wall    IS 'What the box believed to be the time; see grade. An infinity when it believed in a year beyond 1 to 9999.';
COMMENT ON COLUMN markaz.record.boot    IS 'How often the box had started.';
COMMENT ON COLUMN markaz.record.mono    IS 'Milliseconds since that start. Differences within a boot are right whatever the wall time says.';
COMMENT ON COLUMN markaz.record.chain   IS 'The chain: see markaz.chain. Not a foreign key: the check would cost more than the row.';
COMMENT ON COLUMN markaz.record.month   IS 'First day of the month of wall in UTC, which names the partition; not before 2020-01 and not after 2099-12, whatever the box believed.';
COMMENT ON COLUMN markaz.record.grade   IS 'How far wall is to be trusted: 0 unset, 1 rtc, 2 human, 3 network.';
COMMENT ON COLUMN markaz.record.hash    IS 'SHA-256 over the hash before it and the stored bytes.';
COMMENT ON COLUMN markaz.record.kind    IS 'What happened, and in which version: visit.opened/1.';
COMMENT ON COLUMN markaz.record.actor   IS 'Who did it: desk/A.';
COMMENT ON COLUMN markaz.record.subject IS 'Whom or what it is about: the name of a visit; may be empty.';
COMMENT ON COLUMN markaz.record.body    IS 'The event. Its keys are the numbers of its fields; the views give them names.';

CREATE TABLE markaz.poison (
    chain  integer NOT NULL REFERENCES markaz.chain,
    seq    bigint  NOT NULL,
    hash   bytea   NOT NULL CHECK (octet_length(hash) = 32),
    reason text    NOT NULL,
    stored bytea   NOT NULL,
    found  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (chain, seq)
);
COMMENT ON TABLE  markaz.poison        IS 'Records that could not become a row. Each has its place in its chain all the same.';
COMMENT ON COLUMN markaz.poison.reason IS 'What is wrong with it.';
COMMENT ON COLUMN markaz.poison.stored IS 'Its bytes, as the box stored them.';
