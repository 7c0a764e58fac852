-- A view for what befell a business day.

-- +goose Up
CREATE VIEW fact.visit_day_marked AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS mark
FROM fact.record WHERE kind = 'visit.day-marked/1';
SELECT markaz.describe('fact.visit_day_marked', 'Something befell the open business day that its figures have to be read with.', 'Empty.');
COMMENT ON COLUMN fact.visit_day_marked.mark IS 'link: the line to headquarters was down for a quarter of an hour.';
