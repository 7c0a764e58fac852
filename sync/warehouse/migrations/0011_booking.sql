-- Views for the book of appointments.

-- +goose Up
CREATE VIEW fact.booking_booked AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS pass,
       markaz.as_text(body, '2') AS plan,
       markaz.as_text(body, '3') AS service,
       markaz.as_text(body, '4') AS day,
       markaz.as_integer(body, '5') AS minute,
       markaz.as_integer(body, '6') AS place,
       markaz.as_boolean(body, '7') AS lent,
       markaz.as_integer(body, '8') AS persons,
       markaz.as_text(body, '9') AS lang,
       markaz.as_text(body, '10') AS channel,
       markaz.as_text(body, '11') AS household,
       markaz.as_integer(body, '12') AS weeks,
       markaz.as_integer(body, '13') AS "left",
       markaz.as_text(body, '14') AS after
FROM fact.record WHERE kind = 'booking.booked/1';
SELECT markaz.describe('fact.booking_booked', 'A place of a slot is somebody''s.', 'The booking: a random name that says nothing of who comes.');
COMMENT ON COLUMN fact.booking_booked.pass IS 'Eight digits to check in with.';
COMMENT ON COLUMN fact.booking_booked.plan IS 'The template of the slots.';
COMMENT ON COLUMN fact.booking_booked.service IS 'What they come for.';
COMMENT ON COLUMN fact.booking_booked.day IS 'The date, in Pakistan''s time.';
COMMENT ON COLUMN fact.booking_booked.minute IS 'The time, in minutes after midnight.';
COMMENT ON COLUMN fact.booking_booked.place IS 'Which of the slot''s places, from 1.';
COMMENT ON COLUMN fact.booking_booked.lent IS 'Whether headquarters lent the number; otherwise it is of the box''s own share.';
COMMENT ON COLUMN fact.booking_booked.persons IS 'How many come together.';
COMMENT ON COLUMN fact.booking_booked.lang IS 'The language of the paper.';
COMMENT ON COLUMN fact.booking_booked.channel IS 'How they asked: door, desk, phone or series.';
COMMENT ON COLUMN fact.booking_booked.household IS 'The household, a random name; empty when it is not known.';
COMMENT ON COLUMN fact.booking_booked.weeks IS 'Of a series, the weeks from one visit to the next; 0 for none.';
COMMENT ON COLUMN fact.booking_booked."left" IS 'Of a series, how many visits follow this one.';
COMMENT ON COLUMN fact.booking_booked.after IS 'Of a series, the booking before; empty for the first.';

CREATE VIEW fact.booking_moved AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS plan,
       markaz.as_text(body, '2') AS day,
       markaz.as_integer(body, '3') AS minute,
       markaz.as_integer(body, '4') AS place,
       markaz.as_boolean(body, '5') AS lent
FROM fact.record WHERE kind = 'booking.moved/1';
SELECT markaz.describe('fact.booking_moved', 'A booking is for another time.', 'The booking: a random name that says nothing of who comes.');
COMMENT ON COLUMN fact.booking_moved.plan IS 'The template of the slots.';
COMMENT ON COLUMN fact.booking_moved.day IS 'The new date, in Pakistan''s time.';
COMMENT ON COLUMN fact.booking_moved.minute IS 'The new time, in minutes after midnight.';
COMMENT ON COLUMN fact.booking_moved.place IS 'Which of the slot''s places, from 1.';
COMMENT ON COLUMN fact.booking_moved.lent IS 'Whether headquarters lent the number.';

CREATE VIEW fact.booking_cancelled AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS reason
FROM fact.record WHERE kind = 'booking.cancelled/1';
SELECT markaz.describe('fact.booking_cancelled', 'Nobody will come to a booking.', 'The booking: a random name that says nothing of who comes.');
COMMENT ON COLUMN fact.booking_cancelled.reason IS 'A code: asked, centre.';

CREATE VIEW fact.booking_checked_in AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS visit
FROM fact.record WHERE kind = 'booking.checked-in/1';
SELECT markaz.describe('fact.booking_checked_in', 'They came, and were given a number.', 'The booking: a random name that says nothing of who comes.');
COMMENT ON COLUMN fact.booking_checked_in.visit IS 'The visit.';

CREATE VIEW fact.booking_released AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_integer(body, '1') AS late
FROM fact.record WHERE kind = 'booking.released/1';
SELECT markaz.describe('fact.booking_released', 'Nobody came until the late window was over.', 'The booking: a random name that says nothing of who comes.');
COMMENT ON COLUMN fact.booking_released.late IS 'The window, in minutes.';
