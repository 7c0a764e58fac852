-- A view for the copies that were made of boxes.

-- +goose Up
CREATE VIEW fact.box_backed_up AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_integer(body, '1') AS head,
       markaz.as_bytes(body, '2') AS hash,
       markaz.as_integer(body, '3') AS bytes,
       markaz.as_bytes(body, '4') AS sum,
       markaz.as_text(body, '5') AS label
FROM fact.record WHERE kind = 'box.backed-up/1';
SELECT markaz.describe('fact.box_backed_up', 'A copy of the box was written to a stick, synced and read back.', 'Empty.');
COMMENT ON COLUMN fact.box_backed_up.head IS 'The newest record in it.';
COMMENT ON COLUMN fact.box_backed_up.hash IS 'That record''s hash, 32 bytes.';
COMMENT ON COLUMN fact.box_backed_up.bytes IS 'Of the file.';
COMMENT ON COLUMN fact.box_backed_up.sum IS 'SHA-256 of the sealed part, 32 bytes.';
COMMENT ON COLUMN fact.box_backed_up.label IS 'Of what it was written to, as a stick is called.';
