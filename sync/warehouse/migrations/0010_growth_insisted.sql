-- +goose Up
-- Why a doubtful measurement was kept.
CREATE VIEW fact.growth_insisted AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS visit,
       markaz.as_integer(body, '2') AS stop,
       markaz.as_text(body, '3') AS desk,
       markaz.as_text(body, '4') AS reason
FROM fact.record WHERE kind = 'growth.insisted/1';
SELECT markaz.describe('fact.growth_insisted', 'Why the next measurement of this person is kept although it is not plausible.', 'Name of the person.');
COMMENT ON COLUMN fact.growth_insisted.visit IS 'The visit.';
COMMENT ON COLUMN fact.growth_insisted.stop IS 'Index of the stop being served, from 0.';
COMMENT ON COLUMN fact.growth_insisted.desk IS 'The desk.';
COMMENT ON COLUMN fact.growth_insisted.reason IS 'measured-again, child-gone, known-cause.';
