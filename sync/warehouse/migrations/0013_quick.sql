-- A view for who was served without a number.

-- +goose Up
CREATE VIEW fact.visit_quick_served AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS desk,
       markaz.as_text(body, '2') AS service
FROM fact.record WHERE kind = 'visit.quick-served/1';
SELECT markaz.describe('fact.visit_quick_served', 'A desk served somebody in a moment, without a number. It is no visit.', 'Empty.');
COMMENT ON COLUMN fact.visit_quick_served.desk IS 'The desk.';
COMMENT ON COLUMN fact.visit_quick_served.service IS 'What it was about.';
