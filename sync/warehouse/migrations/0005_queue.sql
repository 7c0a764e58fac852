-- Views for the records of the whole queue: every state and action of a visit, the day, the desks and the hall.

-- +goose Up
CREATE VIEW fact.visit_opened_2 AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS token,
       markaz.as_text(body, '2') AS code,
       markaz.as_texts(body, '3') AS stops,
       markaz.as_text(body, '4') AS lang,
       markaz.as_integer(body, '5') AS persons,
       markaz.as_text(body, '6') AS journey,
       markaz.as_text(body, '7') AS class,
       markaz.as_text(body, '8') AS fact,
       markaz.as_integer(body, '9') AS appointment,
       markaz.as_text(body, '10') AS language,
       markaz.as_text(body, '11') AS sex,
       markaz.as_boolean(body, '12') AS ground,
       markaz.as_text(body, '13') AS skill,
       markaz.as_text(body, '14') AS from
FROM fact.record WHERE kind = 'visit.opened/2';
SELECT markaz.describe('fact.visit_opened_2', 'A person or family was received and given a number. It is not in hand before Issued.', 'Name of the visit.');
COMMENT ON COLUMN fact.visit_opened_2.token IS 'Letter of the first service; unique per business day.';
COMMENT ON COLUMN fact.visit_opened_2.code IS 'Of the slip.';
COMMENT ON COLUMN fact.visit_opened_2.stops IS 'What they came for, in order; at least one, none twice.';
COMMENT ON COLUMN fact.visit_opened_2.lang IS 'Two or three letters: ur.';
COMMENT ON COLUMN fact.visit_opened_2.persons IS 'Who walk together; 0 is not known.';
COMMENT ON COLUMN fact.visit_opened_2.journey IS 'Code of the template it follows; empty for none.';
COMMENT ON COLUMN fact.visit_opened_2.class IS 'Empty is normal.';
COMMENT ON COLUMN fact.visit_opened_2.fact IS 'Why the class, a code; the actor saw it.';
COMMENT ON COLUMN fact.visit_opened_2.appointment IS 'Booked time, wall milliseconds since 1970 UTC; 0 for none.';
COMMENT ON COLUMN fact.visit_opened_2.language IS 'That staff must speak; empty for any.';
COMMENT ON COLUMN fact.visit_opened_2.sex IS 'That staff must be of: f, m; empty for any.';
COMMENT ON COLUMN fact.visit_opened_2.ground IS 'Must be reached without stairs.';
COMMENT ON COLUMN fact.visit_opened_2.skill IS 'That staff must have; empty for none.';
COMMENT ON COLUMN fact.visit_opened_2.from IS 'That it was split from; empty for none.';

CREATE VIEW fact.visit_called_2 AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS desk,
       markaz.as_integer(body, '2') AS stop,
       markaz.as_text(body, '3') AS rule,
       markaz.as_integer(body, '4') AS overtook,
       markaz.as_text(body, '5') AS reason,
       markaz.as_boolean(body, '6') AS with
FROM fact.record WHERE kind = 'visit.called/2';
SELECT markaz.describe('fact.visit_called_2', 'A desk called a visit.', 'Name of the visit.');
COMMENT ON COLUMN fact.visit_called_2.desk IS 'The desk.';
COMMENT ON COLUMN fact.visit_called_2.stop IS 'Index of the stop in the visit, from 0, in the order the stops came into it.';
COMMENT ON COLUMN fact.visit_called_2.rule IS 'What made it next: a rule of package queue; empty when it was picked.';
COMMENT ON COLUMN fact.visit_called_2.overtook IS 'How many stood before it whom the desk could have called.';
COMMENT ON COLUMN fact.visit_called_2.reason IS 'Why it was picked out of turn, a code; empty otherwise.';
COMMENT ON COLUMN fact.visit_called_2.with IS 'In one press with what the desk recorded before.';

CREATE VIEW fact.visit_finished_2 AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS desk,
       markaz.as_integer(body, '2') AS stop,
       markaz.as_text(body, '3') AS outcome,
       markaz.as_integer(body, '4') AS next,
       markaz.as_boolean(body, '5') AS with
FROM fact.record WHERE kind = 'visit.finished/2';
SELECT markaz.describe('fact.visit_finished_2', 'A stop was served. The next stop is waiting from here on; after the last the visit is done.', 'Name of the visit.');
COMMENT ON COLUMN fact.visit_finished_2.desk IS 'The desk.';
COMMENT ON COLUMN fact.visit_finished_2.stop IS 'Index of the stop in the visit, from 0, in the order the stops came into it.';
COMMENT ON COLUMN fact.visit_finished_2.outcome IS 'A code of the service: done, papers-missing.';
COMMENT ON COLUMN fact.visit_finished_2.next IS '1 + index of the stop to go on with, in a journey without an order; 0 for as planned.';
COMMENT ON COLUMN fact.visit_finished_2.with IS 'In one press with what the desk recorded before.';

CREATE VIEW fact.visit_failed AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS desk,
       markaz.as_integer(body, '2') AS stop,
       markaz.as_text(body, '3') AS reason,
       markaz.as_integer(body, '4') AS next,
       markaz.as_boolean(body, '5') AS with
FROM fact.record WHERE kind = 'visit.failed/1';
SELECT markaz.describe('fact.visit_failed', 'A stop could not be done here: a system was down, a machine broke. The visit goes on.', 'Name of the visit.');
COMMENT ON COLUMN fact.visit_failed.desk IS 'The desk.';
COMMENT ON COLUMN fact.visit_failed.stop IS 'Index of the stop in the visit, from 0, in the order the stops came into it.';
COMMENT ON COLUMN fact.visit_failed.reason IS 'A code: system-down.';
COMMENT ON COLUMN fact.visit_failed.next IS '1 + index of the stop to go on with; 0 for as planned.';
COMMENT ON COLUMN fact.visit_failed.with IS 'In one press with what the desk recorded before.';

CREATE VIEW fact.visit_returned AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_integer(body, '1') AS stop,
       markaz.as_integer(body, '2') AS behind
FROM fact.record WHERE kind = 'visit.returned/1';
SELECT markaz.describe('fact.visit_returned', 'Somebody who had not come when called is here after all. They are in line again, behind others.', 'Name of the visit.');
COMMENT ON COLUMN fact.visit_returned.stop IS 'Index of the stop in the visit, from 0, in the order the stops came into it.';
COMMENT ON COLUMN fact.visit_returned.behind IS 'How many are called of this line before.';

CREATE VIEW fact.visit_held AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS desk,
       markaz.as_integer(body, '2') AS stop,
       markaz.as_text(body, '3') AS reason
FROM fact.record WHERE kind = 'visit.held/1';
SELECT markaz.describe('fact.visit_held', 'Whoever a desk serves went to fetch something. They keep their seniority.', 'Name of the visit.');
COMMENT ON COLUMN fact.visit_held.desk IS 'The desk.';
COMMENT ON COLUMN fact.visit_held.stop IS 'Index of the stop in the visit, from 0, in the order the stops came into it.';
COMMENT ON COLUMN fact.visit_held.reason IS 'A code: nadra, photocopy.';

CREATE VIEW fact.visit_parked AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS desk,
       markaz.as_integer(body, '2') AS stop,
       markaz.as_text(body, '3') AS reason,
       markaz.as_boolean(body, '4') AS pool
FROM fact.record WHERE kind = 'visit.parked/1';
SELECT markaz.describe('fact.visit_parked', 'A desk waits for an answer about whoever it serves.', 'Name of the visit.');
COMMENT ON COLUMN fact.visit_parked.desk IS 'The desk.';
COMMENT ON COLUMN fact.visit_parked.stop IS 'Index of the stop in the visit, from 0, in the order the stops came into it.';
COMMENT ON COLUMN fact.visit_parked.reason IS 'A code: awaiting-answer.';
COMMENT ON COLUMN fact.visit_parked.pool IS 'Any desk of the service may take it up, not this one only.';

CREATE VIEW fact.visit_resumed AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_integer(body, '1') AS stop
FROM fact.record WHERE kind = 'visit.resumed/1';
SELECT markaz.describe('fact.visit_resumed', 'Somebody is back from a hold, or that the answer for somebody parked is there: they are in line again, where they were.', 'Name of the visit.');
COMMENT ON COLUMN fact.visit_resumed.stop IS 'Index of the stop in the visit, from 0, in the order the stops came into it.';

CREATE VIEW fact.visit_transferred AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS desk,
       markaz.as_integer(body, '2') AS stop,
       markaz.as_text(body, '3') AS service,
       markaz.as_text(body, '4') AS to,
       markaz.as_text(body, '5') AS staff,
       markaz.as_text(body, '6') AS note,
       markaz.as_text(body, '7') AS rule,
       markaz.as_integer(body, '8') AS seniority
FROM fact.record WHERE kind = 'visit.transferred/1';
SELECT markaz.describe('fact.visit_transferred', 'A desk handed whoever it serves on. The stop is done, and a new one waits.', 'Name of the visit.');
COMMENT ON COLUMN fact.visit_transferred.desk IS 'The desk.';
COMMENT ON COLUMN fact.visit_transferred.stop IS 'Index of the stop that ends, from 0.';
COMMENT ON COLUMN fact.visit_transferred.service IS 'Of the new stop.';
COMMENT ON COLUMN fact.visit_transferred.to IS 'The one desk that may call it; empty for any.';
COMMENT ON COLUMN fact.visit_transferred.staff IS 'The one person who may call it, by code; empty for anybody.';
COMMENT ON COLUMN fact.visit_transferred.note IS 'A code for whoever calls it; empty for none.';
COMMENT ON COLUMN fact.visit_transferred.rule IS 'How its place was chosen: keep, front, end.';
COMMENT ON COLUMN fact.visit_transferred.seniority IS 'Its place: milliseconds on the axis of this box''s visits.';

CREATE VIEW fact.visit_stop_added AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS desk,
       markaz.as_text(body, '2') AS service,
       markaz.as_boolean(body, '3') AS next,
       markaz.as_text(body, '4') AS cause,
       markaz.as_boolean(body, '5') AS with
FROM fact.record WHERE kind = 'visit.stop-added/1';
SELECT markaz.describe('fact.visit_stop_added', 'A visit wants one more service.', 'Name of the visit.');
COMMENT ON COLUMN fact.visit_stop_added.desk IS 'That added it; empty when somebody else did.';
COMMENT ON COLUMN fact.visit_stop_added.service IS 'The service.';
COMMENT ON COLUMN fact.visit_stop_added.next IS 'Before what is planned; otherwise behind it.';
COMMENT ON COLUMN fact.visit_stop_added.cause IS 'What it follows from in the journey: an outcome or a mark; empty when somebody chose it.';
COMMENT ON COLUMN fact.visit_stop_added.with IS 'In one press with what the desk recorded before.';

CREATE VIEW fact.visit_stop_cancelled AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_integer(body, '1') AS stop,
       markaz.as_text(body, '2') AS reason
FROM fact.record WHERE kind = 'visit.stop-cancelled/1';
SELECT markaz.describe('fact.visit_stop_cancelled', 'One stop that nobody is at is not wanted any more.', 'Name of the visit.');
COMMENT ON COLUMN fact.visit_stop_cancelled.stop IS 'Index of the stop in the visit, from 0, in the order the stops came into it.';
COMMENT ON COLUMN fact.visit_stop_cancelled.reason IS 'A code.';

CREATE VIEW fact.visit_cancelled AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS reason
FROM fact.record WHERE kind = 'visit.cancelled/1';
SELECT markaz.describe('fact.visit_cancelled', 'Somebody does not want any of their remaining stops.', 'Name of the visit.');
COMMENT ON COLUMN fact.visit_cancelled.reason IS 'A code: phone.';

CREATE VIEW fact.visit_undone AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS desk,
       markaz.as_integer(body, '2') AS first
FROM fact.record WHERE kind = 'visit.undone/1';
SELECT markaz.describe('fact.visit_undone', 'A desk took back its last press: every visit that it changed is as it was before.', 'Name of the first visit that the press changed.');
COMMENT ON COLUMN fact.visit_undone.desk IS 'The desk.';
COMMENT ON COLUMN fact.visit_undone.first IS 'The first record of that press.';

CREATE VIEW fact.visit_classed AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS class,
       markaz.as_text(body, '2') AS fact
FROM fact.record WHERE kind = 'visit.classed/1';
SELECT markaz.describe('fact.visit_classed', 'The class of a visit and the fact that it follows from. Who saw the fact is the record''s actor.', 'Name of the visit.');
COMMENT ON COLUMN fact.visit_classed.class IS 'Elder.';
COMMENT ON COLUMN fact.visit_classed.fact IS 'A code: card-seen.';

CREATE VIEW fact.visit_needed AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS language,
       markaz.as_text(body, '2') AS sex,
       markaz.as_boolean(body, '3') AS ground,
       markaz.as_text(body, '4') AS skill
FROM fact.record WHERE kind = 'visit.needed/1';
SELECT markaz.describe('fact.visit_needed', 'What a visit must have at a desk; it replaces what was recorded before.', 'Name of the visit.');
COMMENT ON COLUMN fact.visit_needed.language IS 'That staff speak: ps; empty for any.';
COMMENT ON COLUMN fact.visit_needed.sex IS 'Of staff: f, m; empty for any.';
COMMENT ON COLUMN fact.visit_needed.ground IS 'Reached without stairs.';
COMMENT ON COLUMN fact.visit_needed.skill IS 'Of staff; empty for none.';

CREATE VIEW fact.visit_marked AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS mark
FROM fact.record WHERE kind = 'visit.marked/1';
SELECT markaz.describe('fact.visit_marked', 'A code that another part found for a visit, on which its journey may turn: a child''s class "sam".', 'Name of the visit.');
COMMENT ON COLUMN fact.visit_marked.mark IS 'A code.';

CREATE VIEW fact.visit_renewed AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS code
FROM fact.record WHERE kind = 'visit.renewed/1';
SELECT markaz.describe('fact.visit_renewed', 'A lost paper was replaced: the code of the old one leads nowhere any more.', 'Name of the visit.');
COMMENT ON COLUMN fact.visit_renewed.code IS 'Of the new paper.';

CREATE VIEW fact.visit_promised AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_integer(body, '1') AS stop,
       markaz.as_integer(body, '2') AS low_min,
       markaz.as_integer(body, '3') AS high_min
FROM fact.record WHERE kind = 'visit.promised/1';
SELECT markaz.describe('fact.visit_promised', 'The wait that somebody was told when a stop began to wait.', 'Name of the visit.');
COMMENT ON COLUMN fact.visit_promised.stop IS 'Index of the stop in the visit, from 0, in the order the stops came into it.';
COMMENT ON COLUMN fact.visit_promised.low_min IS 'Minutes: half are called by then.';
COMMENT ON COLUMN fact.visit_promised.high_min IS 'And four in five by then.';

CREATE VIEW fact.visit_split AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS into,
       markaz.as_integer(body, '2') AS persons
FROM fact.record WHERE kind = 'visit.split/1';
SELECT markaz.describe('fact.visit_split', 'Some of a family go on by themselves, under a number of their own.', 'Name of the visit.');
COMMENT ON COLUMN fact.visit_split.into IS 'The visit of those who go.';
COMMENT ON COLUMN fact.visit_split.persons IS 'How many go.';

CREATE VIEW fact.visit_entered AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS token,
       markaz.as_text(body, '2') AS code,
       markaz.as_texts(body, '3') AS stops,
       markaz.as_text(body, '4') AS lang,
       markaz.as_integer(body, '5') AS persons,
       markaz.as_integer(body, '6') AS came,
       markaz.as_integers(body, '7') AS served,
       markaz.as_texts(body, '8') AS outcomes,
       markaz.as_integer(body, '9') AS seniority
FROM fact.record WHERE kind = 'visit.entered/1';
SELECT markaz.describe('fact.visit_entered', 'A visit that was kept in the paper book while nothing could be printed: under the number that was written there, with what was done by then. What is left to do waits from here on, at the place that its time gives it.', 'Name of the visit.');
COMMENT ON COLUMN fact.visit_entered.token IS 'The number, as written in the paper book.';
COMMENT ON COLUMN fact.visit_entered.code IS 'For a paper, should one be printed.';
COMMENT ON COLUMN fact.visit_entered.stops IS 'In order; at least one, none twice.';
COMMENT ON COLUMN fact.visit_entered.lang IS 'Language of the slip: ur.';
COMMENT ON COLUMN fact.visit_entered.persons IS '0 is not known.';
COMMENT ON COLUMN fact.visit_entered.came IS 'As written, wall milliseconds since 1970 UTC.';
COMMENT ON COLUMN fact.visit_entered.served IS 'When the first stops ended, as written, wall milliseconds; none for one that waits.';
COMMENT ON COLUMN fact.visit_entered.outcomes IS 'Of those stops, codes.';
COMMENT ON COLUMN fact.visit_entered.seniority IS 'Came on the axis of this box''s visits.';

CREATE VIEW fact.visit_day_closed AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS reason,
       markaz.as_boolean(body, '2') AS carry
FROM fact.record WHERE kind = 'visit.day-closed/1';
SELECT markaz.describe('fact.visit_day_closed', 'The manager closed the day: nobody new is taken.', 'Empty.');
COMMENT ON COLUMN fact.visit_day_closed.reason IS 'A code: evening, power.';
COMMENT ON COLUMN fact.visit_day_closed.carry IS 'Who is left goes over into the next day, at the front.';

CREATE VIEW fact.visit_day_reopened AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject
FROM fact.record WHERE kind = 'visit.day-reopened/1';
SELECT markaz.describe('fact.visit_day_reopened', 'The manager closed the day too early.', 'Empty.');

CREATE VIEW fact.visit_carried AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject
FROM fact.record WHERE kind = 'visit.carried/1';
SELECT markaz.describe('fact.visit_carried', 'A visit goes over from the day before into the open one: it waits again under its number, before all who come today.', 'Name of the visit.');

CREATE VIEW fact.visit_desk_set AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS desk,
       markaz.as_text(body, '2') AS state,
       markaz.as_text(body, '3') AS reason
FROM fact.record WHERE kind = 'visit.desk-set/1';
SELECT markaz.describe('fact.visit_desk_set', 'A desk was opened, paused or closed. A desk of which nothing was recorded is open.', 'Empty.');
COMMENT ON COLUMN fact.visit_desk_set.desk IS 'The desk.';
COMMENT ON COLUMN fact.visit_desk_set.state IS 'Open, paused, closed.';
COMMENT ON COLUMN fact.visit_desk_set.reason IS 'A code: prayer; empty for an open desk.';

CREATE VIEW fact.visit_line_set AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS service,
       markaz.as_boolean(body, '2') AS closed,
       markaz.as_text(body, '3') AS reason
FROM fact.record WHERE kind = 'visit.line-set/1';
SELECT markaz.describe('fact.visit_line_set', 'A service takes nobody new for the rest of the day, or does again. Who waits there is served.', 'Empty.');
COMMENT ON COLUMN fact.visit_line_set.service IS 'The service.';
COMMENT ON COLUMN fact.visit_line_set.closed IS 'Closed, or open again.';
COMMENT ON COLUMN fact.visit_line_set.reason IS 'Why it is closed, a code; empty otherwise.';

CREATE VIEW fact.visit_announced AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS text,
       markaz.as_text(body, '2') AS room,
       markaz.as_integer(body, '3') AS seconds
FROM fact.record WHERE kind = 'visit.announced/1';
SELECT markaz.describe('fact.visit_announced', 'What somebody says to the hall, as typed. It names nobody.', 'Empty.');
COMMENT ON COLUMN fact.visit_announced.text IS 'One line of 1 to 200 bytes.';
COMMENT ON COLUMN fact.visit_announced.room IS 'Empty for all.';
COMMENT ON COLUMN fact.visit_announced.seconds IS 'How long it is shown; a day at most.';

CREATE VIEW fact.visit_silenced AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_integer(body, '1') AS announced
FROM fact.record WHERE kind = 'visit.silenced/1';
SELECT markaz.describe('fact.visit_silenced', 'An announcement was taken back before its time.', 'Empty.');
COMMENT ON COLUMN fact.visit_silenced.announced IS 'Record that made it.';
