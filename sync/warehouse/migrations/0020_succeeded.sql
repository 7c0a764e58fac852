-- Chains that go on after another's records, and the record that says so.

-- +goose Up
SELECT markaz.describe('fact.visit_restored', 'The ledger came back from headquarters on another box, or is an older state: numbers leave a gap from here on.', 'Empty.');

ALTER TABLE markaz.chain ADD COLUMN after bigint NOT NULL DEFAULT 0 CHECK (after >= 0);
COMMENT ON COLUMN markaz.chain.after IS 'The records up to this one are another chain''s: the box was put back from an older state of it. 0 for a chain that begins by itself.';

CREATE VIEW fact.ledger_succeeded AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS ancestor,
       markaz.as_integer(body, '2') AS last,
       markaz.as_bytes(body, '3') AS hash,
       markaz.as_text(body, '4') AS reason
FROM fact.record WHERE kind = 'ledger.succeeded/1';
SELECT markaz.describe('fact.ledger_succeeded', 'The first record of a chain that goes on after another''s: the box was put back from an older state. What the other chain has behind last happened too, and that box does not know it.', 'Empty.');
COMMENT ON COLUMN fact.ledger_succeeded.ancestor IS 'The other chain: centre, slash, its nonce in hex; @ and a sequence when it goes on after one itself.';
COMMENT ON COLUMN fact.ledger_succeeded.last IS 'Its last record that is at this box: this chain goes on after it.';
COMMENT ON COLUMN fact.ledger_succeeded.hash IS 'The hash of that record.';
COMMENT ON COLUMN fact.ledger_succeeded.reason IS 'Why, in a person''s words.';
