-- Views for the books of people and households. What identifies somebody is sealed: these columns are bytes that nothing
-- here opens, and the marks can be compared within one centre only.

-- +goose Up
CREATE VIEW fact.person_registered AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS desk,
       markaz.as_text(body, '2') AS household,
       markaz.as_text(body, '3') AS sex,
       markaz.as_bytes(body, '4') AS name,
       markaz.as_text(body, '5') AS number_kind,
       markaz.as_bytes(body, '6') AS number,
       markaz.as_bytes(body, '7') AS mark,
       markaz.as_bytes(body, '8') AS birth,
       markaz.as_text(body, '9') AS precision,
       markaz.as_texts(body, '10') AS confirmed
FROM fact.record WHERE kind = 'person.registered/1';
SELECT markaz.describe('fact.person_registered', 'A person was registered.', 'The person: a random name that says nothing of who that is.');
COMMENT ON COLUMN fact.person_registered.desk IS 'The desk.';
COMMENT ON COLUMN fact.person_registered.household IS 'The household under whose key everything of this person is sealed.';
COMMENT ON COLUMN fact.person_registered.sex IS 'female, male or other.';
COMMENT ON COLUMN fact.person_registered.name IS 'The name, sealed. Only the centre''s vault opens it.';
COMMENT ON COLUMN fact.person_registered.number_kind IS 'cnic or b-form; empty without a number.';
COMMENT ON COLUMN fact.person_registered.number IS 'The identity number, sealed; NULL without one.';
COMMENT ON COLUMN fact.person_registered.mark IS 'HMAC-SHA-256 of the number under the centre''s own key. Equal marks of one centre are one number; those of two centres cannot be compared.';
COMMENT ON COLUMN fact.person_registered.birth IS 'The birth date, sealed; NULL without one.';
COMMENT ON COLUMN fact.person_registered.precision IS 'How well the birth date is known: exact, month or estimated. Empty without one.';
COMMENT ON COLUMN fact.person_registered.confirmed IS 'What staff looked at twice: province, sex, pattern, twin, same-name, no-number, old. NULL for nothing.';

CREATE VIEW fact.person_corrected AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS desk,
       markaz.as_text(body, '2') AS what,
       markaz.as_text(body, '3') AS reason,
       markaz.as_bytes(body, '4') AS sealed,
       markaz.as_text(body, '5') AS number_kind,
       markaz.as_bytes(body, '6') AS mark,
       markaz.as_text(body, '7') AS precision,
       markaz.as_text(body, '8') AS sex,
       markaz.as_texts(body, '9') AS confirmed,
       markaz.as_text(body, '10') AS approved
FROM fact.record WHERE kind = 'person.corrected/1';
SELECT markaz.describe('fact.person_corrected', 'One field of a person is another than was recorded.', 'The person.');
COMMENT ON COLUMN fact.person_corrected.desk IS 'The desk.';
COMMENT ON COLUMN fact.person_corrected.what IS 'name, number, birth or sex.';
COMMENT ON COLUMN fact.person_corrected.reason IS 'A code: typing, paper, registered-now.';
COMMENT ON COLUMN fact.person_corrected.sealed IS 'The new name, number or birth date, sealed; NULL for a sex.';
COMMENT ON COLUMN fact.person_corrected.number_kind IS 'cnic or b-form; empty for other fields.';
COMMENT ON COLUMN fact.person_corrected.mark IS 'Of the new number, as of person_registered; NULL for other fields.';
COMMENT ON COLUMN fact.person_corrected.precision IS 'Of the new birth date; empty for other fields.';
COMMENT ON COLUMN fact.person_corrected.sex IS 'The new sex; empty for other fields.';
COMMENT ON COLUMN fact.person_corrected.confirmed IS 'What staff looked at twice, as of person_registered.';
COMMENT ON COLUMN fact.person_corrected.approved IS 'The second person of staff who agreed; empty where nobody was asked.';

CREATE VIEW fact.person_looked AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS desk,
       markaz.as_text(body, '2') AS visit,
       markaz.as_texts(body, '3') AS fields,
       markaz.as_text(body, '4') AS reason
FROM fact.record WHERE kind = 'person.looked/1';
SELECT markaz.describe('fact.person_looked', 'Somebody was shown what is sealed of a person.', 'The person.');
COMMENT ON COLUMN fact.person_looked.desk IS 'The desk.';
COMMENT ON COLUMN fact.person_looked.visit IS 'Name of the visit that was in hand.';
COMMENT ON COLUMN fact.person_looked.fields IS 'name, number, birth.';
COMMENT ON COLUMN fact.person_looked.reason IS 'A code: compare, correct, asked.';

CREATE VIEW fact.person_forgotten AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS reason
FROM fact.record WHERE kind = 'person.forgotten/1';
SELECT markaz.describe('fact.person_forgotten', 'The key of a person''s household is deleted: what is sealed opens never again.', 'The person.');
COMMENT ON COLUMN fact.person_forgotten.reason IS 'A code: asked, retention.';

CREATE VIEW fact.household_formed AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS desk,
       markaz.as_text(body, '2') AS visit
FROM fact.record WHERE kind = 'household.formed/1';
SELECT markaz.describe('fact.household_formed', 'A household was made.', 'The household: a random name.');
COMMENT ON COLUMN fact.household_formed.desk IS 'The desk.';
COMMENT ON COLUMN fact.household_formed.visit IS 'Name of the visit on which.';

CREATE VIEW fact.household_joined AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS desk,
       markaz.as_text(body, '2') AS person,
       markaz.as_text(body, '3') AS place
FROM fact.record WHERE kind = 'household.joined/1';
SELECT markaz.describe('fact.household_joined', 'A person is of a household.', 'The household.');
COMMENT ON COLUMN fact.household_joined.desk IS 'The desk.';
COMMENT ON COLUMN fact.household_joined.person IS 'The person.';
COMMENT ON COLUMN fact.household_joined.place IS 'mother, father, guardian, child or member.';

CREATE VIEW fact.household_came AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS desk,
       markaz.as_text(body, '2') AS visit
FROM fact.record WHERE kind = 'household.came/1';
SELECT markaz.describe('fact.household_came', 'A visit is this household''s; the newest of a visit holds.', 'The household.');
COMMENT ON COLUMN fact.household_came.desk IS 'The desk.';
COMMENT ON COLUMN fact.household_came.visit IS 'Name of the visit.';

CREATE VIEW fact.household_forgotten AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS reason
FROM fact.record WHERE kind = 'household.forgotten/1';
SELECT markaz.describe('fact.household_forgotten', 'A household''s key is deleted.', 'The household.');
COMMENT ON COLUMN fact.household_forgotten.reason IS 'A code: asked, retention.';
