-- A view for what became of updates of a box's program.

-- +goose Up
CREATE VIEW fact.box_updated AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_integer(body, '1') AS number,
       markaz.as_text(body, '2') AS was,
       markaz.as_text(body, '3') AS version,
       markaz.as_text(body, '4') AS result,
       markaz.as_text(body, '5') AS reason
FROM fact.record WHERE kind = 'box.updated/1';
SELECT markaz.describe('fact.box_updated', 'An update of the box''s program is over, whichever way.', 'Empty.');
COMMENT ON COLUMN fact.box_updated.number IS 'Of this machine''s updates, from 1.';
COMMENT ON COLUMN fact.box_updated.was IS 'The version before.';
COMMENT ON COLUMN fact.box_updated.version IS 'The version that was to be; empty where the file did not say.';
COMMENT ON COLUMN fact.box_updated.result IS 'updated: it serves. returned: it did not come up, and the version before serves again. refused: nothing was changed.';
COMMENT ON COLUMN fact.box_updated.reason IS 'For a technician; may be cut short.';
