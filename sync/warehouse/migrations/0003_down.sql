-- A view for each kind of what headquarters sends down and centres say of it.

-- +goose Up
CREATE VIEW fact.post_received AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_integer(body, '1') AS number,
       markaz.as_text(body, '2') AS of,
       markaz.as_text(body, '3') AS fate
FROM fact.record WHERE kind = 'post.received/1';
SELECT markaz.describe('fact.post_received', 'A letter of headquarters that the centre received, and what came of it.', 'Empty.');
COMMENT ON COLUMN fact.post_received.number IS 'Of the letter, from 1 for each centre.';
COMMENT ON COLUMN fact.post_received.of IS 'The letter''s kind.';
COMMENT ON COLUMN fact.post_received.fate IS 'Empty when it had its effect, which stands beside it; else unknown, unreadable, unsigned, other-chain or no-question.';

CREATE VIEW fact.pack_offered AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_bytes(body, '1') AS manifest,
       markaz.as_bytes(body, '2') AS signature
FROM fact.record WHERE kind = 'pack.offered/1';
SELECT markaz.describe('fact.pack_offered', 'A pack that headquarters offered.', 'Name of the pack.');
COMMENT ON COLUMN fact.pack_offered.manifest IS 'What it is, as headquarters signed it: see edge/pack/FORMAT.md.';
COMMENT ON COLUMN fact.pack_offered.signature IS 'Headquarters'' signature over the manifest.';

CREATE VIEW fact.pack_rolled_back AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_bytes(body, '1') AS manifest,
       markaz.as_bytes(body, '2') AS signature
FROM fact.record WHERE kind = 'pack.rolled-back/1';
SELECT markaz.describe('fact.pack_rolled_back', 'An order of headquarters to go back to an older pack.', 'Name of the pack.');
COMMENT ON COLUMN fact.pack_rolled_back.manifest IS 'Of the version to go back to, as headquarters signed it.';
COMMENT ON COLUMN fact.pack_rolled_back.signature IS 'Headquarters'' signature over the manifest.';

CREATE VIEW fact.pack_activated AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS name,
       markaz.as_integer(body, '2') AS version,
       markaz.as_bytes(body, '3') AS digest
FROM fact.record WHERE kind = 'pack.activated/1';
SELECT markaz.describe('fact.pack_activated', 'A pack that is in use from here on.', 'Name of the pack.');
COMMENT ON COLUMN fact.pack_activated.name IS 'Of the pack: texts.';
COMMENT ON COLUMN fact.pack_activated.version IS 'Of the pack.';
COMMENT ON COLUMN fact.pack_activated.digest IS 'SHA-256 of its content.';

CREATE VIEW fact.pack_refused AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS name,
       markaz.as_integer(body, '2') AS version,
       markaz.as_bytes(body, '3') AS digest,
       markaz.as_text(body, '4') AS reason,
       markaz.as_text(body, '5') AS detail
FROM fact.record WHERE kind = 'pack.refused/1';
SELECT markaz.describe('fact.pack_refused', 'A pack that the box will not use.', 'Name of the pack.');
COMMENT ON COLUMN fact.pack_refused.name IS 'Of the pack: texts.';
COMMENT ON COLUMN fact.pack_refused.version IS 'Of the pack.';
COMMENT ON COLUMN fact.pack_refused.digest IS 'SHA-256 of its content.';
COMMENT ON COLUMN fact.pack_refused.reason IS 'older, kind, content or try.';
COMMENT ON COLUMN fact.pack_refused.detail IS 'For whoever made the pack; may be empty.';

CREATE VIEW fact.lease_granted AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS id,
       markaz.as_text(body, '2') AS what,
       markaz.as_integer(body, '3') AS from,
       markaz.as_integer(body, '4') AS count,
       markaz.as_integer(body, '5') AS until,
       markaz.as_bytes(body, '6') AS nonce
FROM fact.record WHERE kind = 'lease.granted/1';
SELECT markaz.describe('fact.lease_granted', 'Numbers of something scarce that headquarters lent.', 'The lease.');
COMMENT ON COLUMN fact.lease_granted.id IS 'The lease.';
COMMENT ON COLUMN fact.lease_granted.what IS 'The pool: bed.';
COMMENT ON COLUMN fact.lease_granted.from IS 'The first number.';
COMMENT ON COLUMN fact.lease_granted.count IS 'How many, one after the other.';
COMMENT ON COLUMN fact.lease_granted.until IS 'When it ends, milliseconds since 1970 UTC.';
COMMENT ON COLUMN fact.lease_granted.nonce IS 'Of the chain that it was granted to: another chain of the centre must not draw it again.';

CREATE VIEW fact.lease_drawn AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS id,
       markaz.as_text(body, '2') AS what,
       markaz.as_integer(body, '3') AS number
FROM fact.record WHERE kind = 'lease.drawn/1';
SELECT markaz.describe('fact.lease_drawn', 'A number of something scarce that was given away.', 'Name of the visit.');
COMMENT ON COLUMN fact.lease_drawn.id IS 'The lease.';
COMMENT ON COLUMN fact.lease_drawn.what IS 'The pool: bed.';
COMMENT ON COLUMN fact.lease_drawn.number IS 'The number.';

CREATE VIEW fact.lease_returned AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS id,
       markaz.as_text(body, '2') AS what,
       markaz.as_integer(body, '3') AS from,
       markaz.as_integer(body, '4') AS count
FROM fact.record WHERE kind = 'lease.returned/1';
SELECT markaz.describe('fact.lease_returned', 'What was not drawn of a lease went back to headquarters.', 'The lease.');
COMMENT ON COLUMN fact.lease_returned.id IS 'The lease.';
COMMENT ON COLUMN fact.lease_returned.what IS 'The pool: bed.';
COMMENT ON COLUMN fact.lease_returned.from IS 'The first number that went back.';
COMMENT ON COLUMN fact.lease_returned.count IS 'How many, to the end of the lease.';

CREATE VIEW fact.check_asked AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS id,
       markaz.as_text(body, '2') AS what,
       markaz.as_text(body, '3') AS provisional
FROM fact.record WHERE kind = 'check.asked/1';
SELECT markaz.describe('fact.check_asked', 'A question to headquarters.', 'Name of the visit that it is about.');
COMMENT ON COLUMN fact.check_asked.id IS 'The question.';
COMMENT ON COLUMN fact.check_asked.what IS 'What is asked: eligible.';
COMMENT ON COLUMN fact.check_asked.provisional IS 'What the desk went by until there was an answer.';

CREATE VIEW fact.check_answered AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS id,
       markaz.as_text(body, '2') AS result,
       markaz.as_text(body, '3') AS source,
       markaz.as_integer(body, '4') AS wall,
       markaz.as_boolean(body, '5') AS cached
FROM fact.record WHERE kind = 'check.answered/1';
SELECT markaz.describe('fact.check_answered', 'An answer of headquarters to a question.', 'Name of the visit that it is about.');
COMMENT ON COLUMN fact.check_answered.id IS 'The question.';
COMMENT ON COLUMN fact.check_answered.result IS 'A code: yes.';
COMMENT ON COLUMN fact.check_answered.source IS 'Who knows it.';
COMMENT ON COLUMN fact.check_answered.wall IS 'When the source knew it, milliseconds since 1970 UTC.';
COMMENT ON COLUMN fact.check_answered.cached IS 'From what was known before, not asked anew.';

CREATE VIEW fact.diagnosis_asked AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS id,
       markaz.as_text(body, '2') AS who,
       markaz.as_text(body, '3') AS why
FROM fact.record WHERE kind = 'diagnosis.asked/1';
SELECT markaz.describe('fact.diagnosis_asked', 'Headquarters'' wish to look into the box.', 'The wish.');
COMMENT ON COLUMN fact.diagnosis_asked.id IS 'The wish.';
COMMENT ON COLUMN fact.diagnosis_asked.who IS 'Who asks.';
COMMENT ON COLUMN fact.diagnosis_asked.why IS 'What for.';

CREATE VIEW fact.diagnosis_given AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS id,
       markaz.as_text(body, '2') AS format,
       markaz.as_bytes(body, '3') AS report
FROM fact.record WHERE kind = 'diagnosis.given/1';
SELECT markaz.describe('fact.diagnosis_given', 'A report on the box that somebody at the centre allowed.', 'The wish.');
COMMENT ON COLUMN fact.diagnosis_given.id IS 'The wish.';
COMMENT ON COLUMN fact.diagnosis_given.format IS 'Of the report: text+gzip.';
COMMENT ON COLUMN fact.diagnosis_given.report IS 'The report, masked.';

CREATE VIEW fact.diagnosis_refused AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS id
FROM fact.record WHERE kind = 'diagnosis.refused/1';
SELECT markaz.describe('fact.diagnosis_refused', 'A wish to look into the box that somebody at the centre refused.', 'The wish.');
COMMENT ON COLUMN fact.diagnosis_refused.id IS 'The wish.';
