-- One view for each kind of event: its fields under their names, in their types. What a box wrote into a field that is
-- of another type is NULL, so that one odd record spoils no query. A kind that a newer box writes gets its view in a
-- later migration; until then it is in fact.record. TestViewsShowEveryKind of cmd/markaz-hq demands a view for each.

-- +goose Up
CREATE FUNCTION markaz.as_text(body jsonb, key text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE jsonb_typeof(body -> key) WHEN 'string' THEN body ->> key END;

-- A number with a fraction, or beyond a bigint, is none.
CREATE FUNCTION markaz.whole(value jsonb) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN jsonb_typeof(value) <> 'number' THEN NULL
            WHEN value::numeric <> trunc(value::numeric) THEN NULL
            WHEN value::numeric NOT BETWEEN -9223372036854775808 AND 9223372036854775807 THEN NULL
            ELSE value::numeric::bigint END;

CREATE FUNCTION markaz.as_integer(body jsonb, key text) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN markaz.whole(body -> key);

CREATE FUNCTION markaz.as_boolean(body jsonb, key text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE jsonb_typeof(body -> key) WHEN 'boolean' THEN (body -> key)::boolean END;

CREATE FUNCTION markaz.as_bytes(body jsonb, key text) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN decode(body -> key ->> '$bytes', 'base64');

CREATE FUNCTION markaz.as_texts(body jsonb, key text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE jsonb_typeof(body -> key) WHEN 'array' THEN ARRAY(
    SELECT CASE jsonb_typeof(item) WHEN 'string' THEN item #>> '{}' END
    FROM jsonb_array_elements(body -> key) WITH ORDINALITY AS items(item, place) ORDER BY place) END;

CREATE FUNCTION markaz.as_integers(body jsonb, key text) RETURNS bigint[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE jsonb_typeof(body -> key) WHEN 'array' THEN ARRAY(
    SELECT markaz.whole(item)
    FROM jsonb_array_elements(body -> key) WITH ORDINALITY AS items(item, place) ORDER BY place) END;

CREATE SCHEMA fact;
COMMENT ON SCHEMA fact IS 'What happened at the centres, for people who work with the data. Whoever may read may be granted this schema alone.';

CREATE VIEW fact.record AS
SELECT c.centre, r.chain, r.seq, r.month, r.wall AS at,
       CASE r.grade WHEN 0 THEN 'unset' WHEN 1 THEN 'rtc' WHEN 2 THEN 'human' WHEN 3 THEN 'network' END AS clock,
       r.boot, r.mono AS mono_ms, r.kind, r.actor, r.subject, r.body
FROM markaz.record r JOIN markaz.chain c USING (chain);

-- describe says of a view what it shows, and of the columns that every view has what they are.
-- +goose StatementBegin
CREATE FUNCTION markaz.describe(view regclass, shows text, subject text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE said record;
BEGIN
    EXECUTE format('COMMENT ON VIEW %s IS %L', view, shows);
    FOR said IN VALUES
        ('centre',  'Code of the centre: ISB-01.'),
        ('chain',   'Short name of the chain in this database. A centre has another for each box that began anew.'),
        ('seq',     'Place in the chain: the order in which things happened. With chain it names a record.'),
        ('month',   'First day of the month of at, in UTC. A condition on it keeps a query to few partitions.'),
        ('at',      'When, as the box believed; see clock.'),
        ('clock',   'How far at is to be trusted: unset (only the order counts), rtc (the box''s own clock), human (typed), network (told by headquarters or a time server).'),
        ('boot',    'How often the box had started.'),
        ('mono_ms', 'Milliseconds since that start. Differences within a boot are right whatever the clock says.'),
        ('actor',   'Who did it: kiosk/1, desk/A, box.'),
        ('subject', subject)
    LOOP
        EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', view, said.column1, said.column2);
    END LOOP;
END $$;
-- +goose StatementEnd

SELECT markaz.describe('fact.record', 'Every record of every centre, also of kinds that have no view yet.', 'Whom or what it is about; may be empty.');
COMMENT ON COLUMN fact.record.kind IS 'What happened, and in which version: visit.opened/1.';
COMMENT ON COLUMN fact.record.body IS 'The event. Its keys are the numbers of its fields; the view of the kind gives them names.';

CREATE VIEW fact.ledger_started AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS software
FROM fact.record WHERE kind = 'ledger.started/1';
SELECT markaz.describe('fact.ledger_started', 'The box started.', 'Empty.');
COMMENT ON COLUMN fact.ledger_started.software IS 'The program and its version.';

CREATE VIEW fact.ledger_time_told AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_integer(body, '1') AS mono,
       markaz.as_integer(body, '2') AS wall,
       markaz.as_integer(body, '3') AS grade
FROM fact.record WHERE kind = 'ledger.time-told/1';
SELECT markaz.describe('fact.ledger_time_told', 'Somebody who is trusted told the box the time. With it every other moment of the same boot can be placed.', 'Empty.');
COMMENT ON COLUMN fact.ledger_time_told.mono IS 'When it was told: milliseconds since the start of this boot.';
COMMENT ON COLUMN fact.ledger_time_told.wall IS 'The true time then: milliseconds since 1970 UTC.';
COMMENT ON COLUMN fact.ledger_time_told.grade IS 'Who told it: 2 a person, 3 headquarters or a time server.';

CREATE VIEW fact.visit_day_opened AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS day
FROM fact.record WHERE kind = 'visit.day-opened/1';
SELECT markaz.describe('fact.visit_day_opened', 'A business day began: lines were empty and numbers start at 001 again.', 'Empty.');
COMMENT ON COLUMN fact.visit_day_opened.day IS 'Local date: 2026-11-22.';

CREATE VIEW fact.visit_opened AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS token,
       markaz.as_text(body, '2') AS code,
       markaz.as_texts(body, '3') AS stops,
       markaz.as_text(body, '4') AS lang
FROM fact.record WHERE kind = 'visit.opened/1';
SELECT markaz.describe('fact.visit_opened', 'A person or family was received and given a number. It is in hand only once the visit is issued.', 'Name of the visit.');
COMMENT ON COLUMN fact.visit_opened.token IS 'The number: letter of the first service and three digits, unique in a business day of the centre.';
COMMENT ON COLUMN fact.visit_opened.code IS 'What the QR of the slip carries.';
COMMENT ON COLUMN fact.visit_opened.stops IS 'What they came for, in order.';
COMMENT ON COLUMN fact.visit_opened.lang IS 'Language of the slip: ur.';

CREATE VIEW fact.visit_issued AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject
FROM fact.record WHERE kind = 'visit.issued/1';
SELECT markaz.describe('fact.visit_issued', 'The paper was confirmed: the first stop of the visit waits in line from here on.', 'Name of the visit.');

CREATE VIEW fact.visit_called AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS desk,
       markaz.as_integer(body, '2') AS stop
FROM fact.record WHERE kind = 'visit.called/1';
SELECT markaz.describe('fact.visit_called', 'A desk called a waiting visit.', 'Name of the visit.');
COMMENT ON COLUMN fact.visit_called.desk IS 'The desk.';
COMMENT ON COLUMN fact.visit_called.stop IS 'Index in stops of fact.visit_opened, from 0.';

CREATE VIEW fact.visit_recalled AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS desk,
       markaz.as_integer(body, '2') AS stop
FROM fact.record WHERE kind = 'visit.recalled/1';
SELECT markaz.describe('fact.visit_recalled', 'Whoever was called was called once more.', 'Name of the visit.');
COMMENT ON COLUMN fact.visit_recalled.desk IS 'The desk.';
COMMENT ON COLUMN fact.visit_recalled.stop IS 'Index in stops of fact.visit_opened, from 0.';

CREATE VIEW fact.visit_confirmed AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS desk,
       markaz.as_integer(body, '2') AS stop
FROM fact.record WHERE kind = 'visit.confirmed/1';
SELECT markaz.describe('fact.visit_confirmed', 'Whoever was called is there: serving begins.', 'Name of the visit.');
COMMENT ON COLUMN fact.visit_confirmed.desk IS 'The desk.';
COMMENT ON COLUMN fact.visit_confirmed.stop IS 'Index in stops of fact.visit_opened, from 0.';

CREATE VIEW fact.visit_finished AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS desk,
       markaz.as_integer(body, '2') AS stop,
       markaz.as_text(body, '3') AS outcome
FROM fact.record WHERE kind = 'visit.finished/1';
SELECT markaz.describe('fact.visit_finished', 'A stop was served. The next one waits from here on; after the last the visit is done.', 'Name of the visit.');
COMMENT ON COLUMN fact.visit_finished.desk IS 'The desk.';
COMMENT ON COLUMN fact.visit_finished.stop IS 'Index in stops of fact.visit_opened, from 0.';
COMMENT ON COLUMN fact.visit_finished.outcome IS 'A code of the service: done, papers-missing.';

CREATE VIEW fact.visit_no_show AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS desk,
       markaz.as_integer(body, '2') AS stop
FROM fact.record WHERE kind = 'visit.no-show/1';
SELECT markaz.describe('fact.visit_no_show', 'Whoever was called did not come.', 'Name of the visit.');
COMMENT ON COLUMN fact.visit_no_show.desk IS 'The desk.';
COMMENT ON COLUMN fact.visit_no_show.stop IS 'Index in stops of fact.visit_opened, from 0.';

CREATE VIEW fact.visit_left AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS reason
FROM fact.record WHERE kind = 'visit.left/1';
SELECT markaz.describe('fact.visit_left', 'A visit ended before all its stops were served.', 'Name of the visit.');
COMMENT ON COLUMN fact.visit_left.reason IS 'A code: went-home, day-end.';

CREATE VIEW fact.paper_queued AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS job,
       markaz.as_text(body, '2') AS form
FROM fact.record WHERE kind = 'paper.queued/1';
SELECT markaz.describe('fact.paper_queued', 'A slip is to be printed.', 'What the slip is for: the name of a visit.');
COMMENT ON COLUMN fact.paper_queued.job IS 'Name of the print job.';
COMMENT ON COLUMN fact.paper_queued.form IS 'A code: token.';

CREATE VIEW fact.paper_started AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS job,
       markaz.as_text(body, '2') AS printer,
       markaz.as_integer(body, '3') AS attempt
FROM fact.record WHERE kind = 'paper.started/1';
SELECT markaz.describe('fact.paper_started', 'A printer was given the job. This is on disk before the first byte leaves.', 'What the slip is for: the name of a visit.');
COMMENT ON COLUMN fact.paper_started.job IS 'Name of the print job.';
COMMENT ON COLUMN fact.paper_started.printer IS 'Name of the device.';
COMMENT ON COLUMN fact.paper_started.attempt IS 'Which attempt it is, from 1.';

CREATE VIEW fact.paper_printed AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS job
FROM fact.record WHERE kind = 'paper.printed/1';
SELECT markaz.describe('fact.paper_printed', 'The printer confirmed the slip: it is out.', 'What the slip is for: the name of a visit.');
COMMENT ON COLUMN fact.paper_printed.job IS 'Name of the print job.';

CREATE VIEW fact.paper_failed AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS job,
       markaz.as_text(body, '2') AS reason,
       markaz.as_boolean(body, '3') AS certain,
       markaz.as_boolean(body, '4') AS again
FROM fact.record WHERE kind = 'paper.failed/1';
SELECT markaz.describe('fact.paper_failed', 'A slip was not confirmed.', 'What the slip is for: the name of a visit.');
COMMENT ON COLUMN fact.paper_failed.job IS 'Name of the print job.';
COMMENT ON COLUMN fact.paper_failed.reason IS 'A code: paper-out.';
COMMENT ON COLUMN fact.paper_failed.certain IS 'No ink reached paper; otherwise it may or may not be out.';
COMMENT ON COLUMN fact.paper_failed.again IS 'The box tries again by itself.';

CREATE VIEW fact.paper_asked AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS job,
       markaz.as_boolean(body, '2') AS reprint
FROM fact.record WHERE kind = 'paper.asked/1';
SELECT markaz.describe('fact.paper_asked', 'The actor wants a slip that did not come out, or once more.', 'What the slip is for: the name of a visit.');
COMMENT ON COLUMN fact.paper_asked.job IS 'Name of the print job.';
COMMENT ON COLUMN fact.paper_asked.reprint IS 'An earlier copy is or may be out; the paper says so.';

CREATE VIEW fact.paper_withdrawn AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS job,
       markaz.as_text(body, '2') AS reason
FROM fact.record WHERE kind = 'paper.withdrawn/1';
SELECT markaz.describe('fact.paper_withdrawn', 'A slip will not be printed.', 'What the slip is for: the name of a visit.');
COMMENT ON COLUMN fact.paper_withdrawn.job IS 'Name of the print job.';
COMMENT ON COLUMN fact.paper_withdrawn.reason IS 'A code: day-end.';

CREATE VIEW fact.identity_tried AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS desk,
       markaz.as_integer(body, '2') AS stop,
       markaz.as_text(body, '3') AS device,
       markaz.as_text(body, '4') AS finger,
       markaz.as_text(body, '5') AS result,
       markaz.as_integer(body, '6') AS quality
FROM fact.record WHERE kind = 'identity.tried/1';
SELECT markaz.describe('fact.identity_tried', 'One finger was tried on one reader. The finger itself is kept nowhere.', 'Name of the visit.');
COMMENT ON COLUMN fact.identity_tried.desk IS 'The desk.';
COMMENT ON COLUMN fact.identity_tried.stop IS 'Index of the stop that is being served, from 0.';
COMMENT ON COLUMN fact.identity_tried.device IS 'The reader.';
COMMENT ON COLUMN fact.identity_tried.finger IS 'Which of the ten: right-index.';
COMMENT ON COLUMN fact.identity_tried.result IS 'taken, no-finger, messy, small, poor, no-match, different; trouble is of the reader and does not count.';
COMMENT ON COLUMN fact.identity_tried.quality IS '0 to 100; 0 when there was no picture.';

CREATE VIEW fact.identity_excepted AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS desk,
       markaz.as_integer(body, '2') AS stop,
       markaz.as_text(body, '3') AS reason
FROM fact.record WHERE kind = 'identity.excepted/1';
SELECT markaz.describe('fact.identity_excepted', 'Staff went on without a finger.', 'Name of the visit.');
COMMENT ON COLUMN fact.identity_excepted.desk IS 'The desk.';
COMMENT ON COLUMN fact.identity_excepted.stop IS 'Index of the stop that is being served, from 0.';
COMMENT ON COLUMN fact.identity_excepted.reason IS 'A code: worn, injured, missing, henna, reader-down.';

CREATE VIEW fact.identity_filed AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS desk,
       markaz.as_integer(body, '2') AS stop,
       markaz.as_text(body, '3') AS "case",
       markaz.as_text(body, '4') AS reason
FROM fact.record WHERE kind = 'identity.filed/1';
SELECT markaz.describe('fact.identity_filed', 'A case was filed because no finger could be read. The person has its reference on paper.', 'Name of the visit.');
COMMENT ON COLUMN fact.identity_filed.desk IS 'The desk.';
COMMENT ON COLUMN fact.identity_filed.stop IS 'Index of the stop that is being served, from 0.';
COMMENT ON COLUMN fact.identity_filed."case" IS 'Reference of the case, unique in the centre.';
COMMENT ON COLUMN fact.identity_filed.reason IS 'A code, as of fact.identity_excepted.';

CREATE VIEW fact.reading_taken AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS desk,
       markaz.as_integer(body, '2') AS stop,
       markaz.as_text(body, '3') AS who,
       markaz.as_text(body, '4') AS what,
       markaz.as_integer(body, '5') AS value,
       markaz.as_text(body, '6') AS how,
       markaz.as_integers(body, '7') AS raw,
       markaz.as_text(body, '8') AS device,
       markaz.as_text(body, '9') AS text
FROM fact.record WHERE kind = 'reading.taken/1';
SELECT markaz.describe('fact.reading_taken', 'One measurement at a desk.', 'Name of the visit.');
COMMENT ON COLUMN fact.reading_taken.desk IS 'The desk.';
COMMENT ON COLUMN fact.reading_taken.stop IS 'Index of the stop that is being served, from 0.';
COMMENT ON COLUMN fact.reading_taken.who IS 'child or mother.';
COMMENT ON COLUMN fact.reading_taken.what IS 'weight, length, height, muac or head.';
COMMENT ON COLUMN fact.reading_taken.value IS 'Grams for weight, millimetres for everything else.';
COMMENT ON COLUMN fact.reading_taken.how IS 'scale, difference (mother with child, less mother alone) or typed (twice, by a person).';
COMMENT ON COLUMN fact.reading_taken.raw IS 'The readings it was made from, in order; of a difference with the child first, then alone.';
COMMENT ON COLUMN fact.reading_taken.device IS 'The instrument; empty when typed.';
COMMENT ON COLUMN fact.reading_taken.text IS 'The last thing the instrument said, as it said it; empty when typed, NULL when it is no plain text.';

CREATE VIEW fact.paypoint_changed AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS terminal,
       markaz.as_text(body, '2') AS what,
       markaz.as_text(body, '3') AS now,
       markaz.as_text(body, '4') AS reason,
       markaz.as_text(body, '5') AS source
FROM fact.record WHERE kind = 'paypoint.changed/1';
SELECT markaz.describe('fact.paypoint_changed', 'Something that people act on changed at a payment terminal.', 'Empty.');
COMMENT ON COLUMN fact.paypoint_changed.terminal IS 'Bank and terminal: hbl/047.';
COMMENT ON COLUMN fact.paypoint_changed.what IS 'can-pay, link, service, cash, receipt or card-reader.';
COMMENT ON COLUMN fact.paypoint_changed.now IS 'A code: no, out.';
COMMENT ON COLUMN fact.paypoint_changed.reason IS 'Why it cannot pay: cash. Empty for everything but can-pay.';
COMMENT ON COLUMN fact.paypoint_changed.source IS 'Who said so: push. Empty when time alone did.';
