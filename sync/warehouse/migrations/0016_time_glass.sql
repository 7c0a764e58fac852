-- When things truly happened, wherever the box was told the time in the same boot: before or after. And views for rights that
-- somebody took who has them not.

-- +goose Up
CREATE INDEX record_told ON markaz.record (chain, boot) WHERE kind = 'ledger.time-told/1';

-- The word of whoever is trusted most counts: the newest before the moment, else the first after it. Times that no calendar
-- has are an infinity, as in markaz.record.
CREATE FUNCTION markaz.true_time(of_chain integer, of_boot bigint, of_mono bigint) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (
    SELECT CASE WHEN t.ms < -62135596800000 THEN '-infinity'::timestamptz
                WHEN t.ms > 253402300799999 THEN 'infinity'::timestamptz
                ELSE 'epoch'::timestamptz + t.ms * interval '1 millisecond' END
    FROM (SELECT (wall::numeric + of_mono - mono) AS ms, mono, grade, seq
          FROM (SELECT markaz.as_integer(r.body, '1') AS mono, markaz.as_integer(r.body, '2') AS wall,
                       markaz.as_integer(r.body, '3') AS grade, r.seq
                FROM markaz.record r
                WHERE r.chain = of_chain AND r.boot = of_boot AND r.kind = 'ledger.time-told/1') AS read
          WHERE mono IS NOT NULL AND wall IS NOT NULL AND grade IN (2, 3)) AS t
    ORDER BY t.grade DESC, t.mono > of_mono, abs(t.mono::numeric - of_mono), t.seq DESC
    LIMIT 1);

CREATE OR REPLACE VIEW fact.record AS
SELECT c.centre, r.chain, r.seq, r.month, r.wall AS at,
       CASE r.grade WHEN 0 THEN 'unset' WHEN 1 THEN 'rtc' WHEN 2 THEN 'human' WHEN 3 THEN 'network' END AS clock,
       r.boot, r.mono AS mono_ms, r.kind, r.actor, r.subject, r.body,
       markaz.true_time(r.chain, r.boot, r.mono) AS true_at
FROM markaz.record r JOIN markaz.chain c USING (chain);
COMMENT ON COLUMN fact.record.true_at IS 'When, exactly, whatever the box believed. NULL where nobody told the box the time between two starts: then at is all there is. Join it to the view of a kind by chain, seq and month.';

CREATE VIEW fact.staff_broke_glass AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS place,
       markaz.as_text(body, '2') AS field,
       markaz.as_text(body, '3') AS act,
       markaz.as_text(body, '4') AS about,
       markaz.as_text(body, '5') AS reason,
       markaz.as_integer(body, '6') AS seconds
FROM fact.record WHERE kind = 'staff.broke-glass/1';
SELECT markaz.describe('fact.staff_broke_glass', 'Somebody took a right that their role has not, because nobody was there who has it.', 'Code of who took it.');
COMMENT ON COLUMN fact.staff_broke_glass.place IS 'Where they sat: desk/A.';
COMMENT ON COLUMN fact.staff_broke_glass.field IS 'What they may see: name, number, birth, phone, growth. Empty for an act.';
COMMENT ON COLUMN fact.staff_broke_glass.act IS 'What they may do: serve, class, measure, devices. Empty for a field.';
COMMENT ON COLUMN fact.staff_broke_glass.about IS 'The visit in hand; empty when none was.';
COMMENT ON COLUMN fact.staff_broke_glass.reason IS 'A code: nobody-here, urgent, told-to.';
COMMENT ON COLUMN fact.staff_broke_glass.seconds IS 'For how long.';

CREATE VIEW fact.staff_saw_glass AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_integer(body, '1') AS broke
FROM fact.record WHERE kind = 'staff.saw-glass/1';
SELECT markaz.describe('fact.staff_saw_glass', 'A manager confirmed to have seen that somebody broke glass.', 'Code of who broke it.');
COMMENT ON COLUMN fact.staff_saw_glass.broke IS 'The record in which it was broken: seq of fact.staff_broke_glass in the same chain.';
