-- A view for the record of a box that was made anew.

-- +goose Up
CREATE VIEW fact.visit_restored AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject
FROM fact.record WHERE kind = 'visit.restored/1';
SELECT markaz.describe('fact.visit_restored', 'The ledger came back from headquarters on another box: numbers leave a gap from here on.', 'Empty.');
