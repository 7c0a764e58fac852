-- A view for each kind of a centre's staff.

-- +goose Up
CREATE VIEW fact.staff_enrolled AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS name,
       markaz.as_text(body, '2') AS role,
       markaz.as_texts(body, '3') AS skills,
       markaz.as_texts(body, '4') AS languages,
       markaz.as_text(body, '5') AS sex
FROM fact.record WHERE kind = 'staff.enrolled/1';
SELECT markaz.describe('fact.staff_enrolled', 'Somebody joined the staff.', 'Their new code.');
COMMENT ON COLUMN fact.staff_enrolled.name IS 'What colleagues call them.';
COMMENT ON COLUMN fact.staff_enrolled.role IS 'helper, desk, nurse, teller, manager or technician.';
COMMENT ON COLUMN fact.staff_enrolled.skills IS 'Codes of what they can do besides.';
COMMENT ON COLUMN fact.staff_enrolled.languages IS 'Codes of languages they speak with visitors.';
COMMENT ON COLUMN fact.staff_enrolled.sex IS 'female or male, for desks that are asked for; empty when not said.';

CREATE VIEW fact.staff_changed AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS name,
       markaz.as_text(body, '2') AS role,
       markaz.as_texts(body, '3') AS skills,
       markaz.as_texts(body, '4') AS languages,
       markaz.as_text(body, '5') AS sex
FROM fact.record WHERE kind = 'staff.changed/1';
SELECT markaz.describe('fact.staff_changed', 'What is known of somebody is this from here on, whole.', 'Their code.');
COMMENT ON COLUMN fact.staff_changed.name IS 'What colleagues call them.';
COMMENT ON COLUMN fact.staff_changed.role IS 'As in staff_enrolled.';
COMMENT ON COLUMN fact.staff_changed.skills IS 'Codes of what they can do besides.';
COMMENT ON COLUMN fact.staff_changed.languages IS 'Codes of languages they speak with visitors.';
COMMENT ON COLUMN fact.staff_changed.sex IS 'As in staff_enrolled.';

CREATE VIEW fact.staff_ended AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS reason
FROM fact.record WHERE kind = 'staff.ended/1';
SELECT markaz.describe('fact.staff_ended', 'Somebody left the staff.', 'Their code, which is not given again.');
COMMENT ON COLUMN fact.staff_ended.reason IS 'A code: left.';

CREATE VIEW fact.staff_pin_set AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS verifier
FROM fact.record WHERE kind = 'staff.pin-set/1';
SELECT markaz.describe('fact.staff_pin_set', 'A new PIN of somebody; their account is open.', 'Their code.');
COMMENT ON COLUMN fact.staff_pin_set.verifier IS 'What a PIN is checked against; worth nothing without the secret of that box.';

CREATE VIEW fact.staff_locked AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS reason
FROM fact.record WHERE kind = 'staff.locked/1';
SELECT markaz.describe('fact.staff_locked', 'An account cannot sign in any more.', 'Their code.');
COMMENT ON COLUMN fact.staff_locked.reason IS 'A code: failures.';

CREATE VIEW fact.staff_unlocked AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS reason
FROM fact.record WHERE kind = 'staff.unlocked/1';
SELECT markaz.describe('fact.staff_unlocked', 'A second person opened an account.', 'Their code.');
COMMENT ON COLUMN fact.staff_unlocked.reason IS 'A code: asked.';

CREATE VIEW fact.staff_failed AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS place,
       markaz.as_text(body, '2') AS of
FROM fact.record WHERE kind = 'staff.failed/1';
SELECT markaz.describe('fact.staff_failed', 'A code and a PIN did not fit.', 'The code; empty when it is nobody''s.');
COMMENT ON COLUMN fact.staff_failed.place IS 'Where: desk/A, floor.';
COMMENT ON COLUMN fact.staff_failed.of IS 'What was tried: sign-in, take-over, hand-over, second or own-pin.';

CREATE VIEW fact.staff_signed_in AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS place,
       markaz.as_text(body, '2') AS console
FROM fact.record WHERE kind = 'staff.signed-in/1';
SELECT markaz.describe('fact.staff_signed_in', 'Somebody signed in where nobody was.', 'Their code.');
COMMENT ON COLUMN fact.staff_signed_in.place IS 'Where: desk/A, floor.';
COMMENT ON COLUMN fact.staff_signed_in.console IS 'Which browser: the hash of a random word.';

CREATE VIEW fact.staff_signed_out AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS place,
       markaz.as_text(body, '2') AS console,
       markaz.as_text(body, '3') AS reason
FROM fact.record WHERE kind = 'staff.signed-out/1';
SELECT markaz.describe('fact.staff_signed_out', 'Somebody left a place.', 'Their code.');
COMMENT ON COLUMN fact.staff_signed_out.place IS 'Where: desk/A, floor.';
COMMENT ON COLUMN fact.staff_signed_out.console IS 'Which browser.';
COMMENT ON COLUMN fact.staff_signed_out.reason IS 'left, elsewhere, long-ago or manager.';

CREATE VIEW fact.staff_took_over AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS place,
       markaz.as_text(body, '2') AS console,
       markaz.as_text(body, '3') AS "from"
FROM fact.record WHERE kind = 'staff.took-over/1';
SELECT markaz.describe('fact.staff_took_over', 'Somebody has a desk that somebody had from another console.', 'Who has it now.');
COMMENT ON COLUMN fact.staff_took_over.place IS 'The desk: desk/A.';
COMMENT ON COLUMN fact.staff_took_over.console IS 'Which browser.';
COMMENT ON COLUMN fact.staff_took_over."from" IS 'Who had it.';

CREATE VIEW fact.staff_handed_over AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS place,
       markaz.as_text(body, '2') AS console,
       markaz.as_text(body, '3') AS "from"
FROM fact.record WHERE kind = 'staff.handed-over/1';
SELECT markaz.describe('fact.staff_handed_over', 'Somebody has a desk that a colleague gave them.', 'Who has it now.');
COMMENT ON COLUMN fact.staff_handed_over.place IS 'The desk: desk/A.';
COMMENT ON COLUMN fact.staff_handed_over.console IS 'Which browser.';
COMMENT ON COLUMN fact.staff_handed_over."from" IS 'Who gave it.';

CREATE VIEW fact.staff_approved AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS act,
       markaz.as_text(body, '2') AS about,
       markaz.as_text(body, '3') AS place,
       markaz.as_text(body, '4') AS asked
FROM fact.record WHERE kind = 'staff.approved/1';
SELECT markaz.describe('fact.staff_approved', 'A second person let an act pass; it stands beside the act.', 'Who approved.');
COMMENT ON COLUMN fact.staff_approved.act IS 'reprint, correction, favour, undo, refund, reopen or hand-filled.';
COMMENT ON COLUMN fact.staff_approved.about IS 'The subject of the act''s own record.';
COMMENT ON COLUMN fact.staff_approved.place IS 'Where it was done.';
COMMENT ON COLUMN fact.staff_approved.asked IS 'Who did it.';
