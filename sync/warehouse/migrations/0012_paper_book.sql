-- Views for the records of the paper book.

-- +goose Up
CREATE VIEW fact.visit_book_opened AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject
FROM fact.record WHERE kind = 'visit.book-opened/1';
SELECT markaz.describe('fact.visit_book_opened', 'Numbers are written by hand from here on: nothing can be printed.', 'Empty.');

CREATE VIEW fact.visit_book_closed AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject
FROM fact.record WHERE kind = 'visit.book-closed/1';
SELECT markaz.describe('fact.visit_book_closed', 'Numbers are printed again.', 'Empty.');
