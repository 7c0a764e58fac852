-- Views for the records of children's growth.

-- +goose Up
CREATE VIEW fact.growth_measured AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS visit,
       markaz.as_integer(body, '2') AS stop,
       markaz.as_text(body, '3') AS desk,
       markaz.as_text(body, '4') AS sex,
       markaz.as_integer(body, '5') AS age_days,
       markaz.as_text(body, '6') AS age_precision,
       markaz.as_integers(body, '7') AS weights_g,
       markaz.as_integers(body, '8') AS statures_mm,
       markaz.as_integers(body, '9') AS heads_mm,
       markaz.as_integers(body, '10') AS arms_mm,
       markaz.as_integer(body, '11') AS weight_mg,
       markaz.as_integer(body, '12') AS stature_um,
       markaz.as_integer(body, '13') AS head_um,
       markaz.as_integer(body, '14') AS arm_um,
       markaz.as_text(body, '15') AS position,
       markaz.as_integer(body, '16') AS corrected_um,
       markaz.as_text(body, '17') AS taken_as,
       markaz.as_boolean(body, '18') AS under_nine,
       markaz.as_text(body, '19') AS oedema,
       markaz.as_integer(body, '20') AS waz,
       markaz.as_integer(body, '21') AS haz,
       markaz.as_integer(body, '22') AS whz,
       markaz.as_integer(body, '23') AS baz,
       markaz.as_integer(body, '24') AS hcz,
       markaz.as_integer(body, '25') AS acz,
       markaz.as_texts(body, '26') AS flagged,
       markaz.as_texts(body, '27') AS doubts,
       markaz.as_text(body, '28') AS stunting,
       markaz.as_text(body, '29') AS underweight,
       markaz.as_text(body, '30') AS wasting,
       markaz.as_text(body, '31') AS overweight,
       markaz.as_text(body, '32') AS overweight_bmi,
       markaz.as_text(body, '33') AS arm_class,
       markaz.as_text(body, '34') AS acute,
       markaz.as_text(body, '35') AS severe_by,
       markaz.as_text(body, '36') AS moderate_by,
       markaz.as_text(body, '37') AS figures,
       markaz.as_texts(body, '38') AS instruments,
       markaz.as_texts(body, '39') AS calibrated
FROM fact.record WHERE kind = 'growth.measured/1';
SELECT markaz.describe('fact.growth_measured', 'A child was measured: every reading, what was computed with, scores, flags and classes.', 'Name of the person.');
COMMENT ON COLUMN fact.growth_measured.visit IS 'The visit.';
COMMENT ON COLUMN fact.growth_measured.stop IS 'Index of the stop being served, from 0.';
COMMENT ON COLUMN fact.growth_measured.desk IS 'The desk.';
COMMENT ON COLUMN fact.growth_measured.sex IS 'male or female, as scored with; empty: unknown.';
COMMENT ON COLUMN fact.growth_measured.age_days IS 'Age in whole days; NULL: unknown.';
COMMENT ON COLUMN fact.growth_measured.age_precision IS 'How the birth date is known: exact, months (the month only), estimated.';
COMMENT ON COLUMN fact.growth_measured.weights_g IS 'Every reading of the weight, in grams, in order.';
COMMENT ON COLUMN fact.growth_measured.statures_mm IS 'Every reading of length or height, in millimetres.';
COMMENT ON COLUMN fact.growth_measured.heads_mm IS 'Every reading of the head circumference, in millimetres.';
COMMENT ON COLUMN fact.growth_measured.arms_mm IS 'Every reading of the mid-upper-arm circumference, in millimetres.';
COMMENT ON COLUMN fact.growth_measured.weight_mg IS 'Weight that was computed with, in milligrams: mean of the readings that agree; 0: not measured.';
COMMENT ON COLUMN fact.growth_measured.stature_um IS 'Length or height as read, in micrometres; 0: not measured.';
COMMENT ON COLUMN fact.growth_measured.head_um IS 'Head circumference, in micrometres; 0: not measured.';
COMMENT ON COLUMN fact.growth_measured.arm_um IS 'Mid-upper-arm circumference, in micrometres; 0: not measured.';
COMMENT ON COLUMN fact.growth_measured.position IS 'How the stature was taken: lying, standing; empty: not known.';
COMMENT ON COLUMN fact.growth_measured.corrected_um IS 'Stature as it went into the tables, in micrometres.';
COMMENT ON COLUMN fact.growth_measured.taken_as IS 'lying: a length; standing: a height.';
COMMENT ON COLUMN fact.growth_measured.under_nine IS 'Less than nine months old and said to stand: not corrected.';
COMMENT ON COLUMN fact.growth_measured.oedema IS 'Pitting oedema of both feet: yes, no; empty: not known.';
COMMENT ON COLUMN fact.growth_measured.waz IS 'Weight-for-age, in hundredths of a standard deviation; NULL: none.';
COMMENT ON COLUMN fact.growth_measured.haz IS 'Length- or height-for-age, in hundredths; NULL: none.';
COMMENT ON COLUMN fact.growth_measured.whz IS 'Weight-for-length or -height, in hundredths; NULL: none.';
COMMENT ON COLUMN fact.growth_measured.baz IS 'BMI-for-age, in hundredths; NULL: none.';
COMMENT ON COLUMN fact.growth_measured.hcz IS 'Head-circumference-for-age, in hundredths; NULL: none.';
COMMENT ON COLUMN fact.growth_measured.acz IS 'Arm-circumference-for-age, in hundredths; NULL: none.';
COMMENT ON COLUMN fact.growth_measured.flagged IS 'Scores that are not plausible; keep them out of statistics.';
COMMENT ON COLUMN fact.growth_measured.doubts IS 'What did not fit the visit before and was kept: shrunk, shot, wasted, swelled, head-shrunk.';
COMMENT ON COLUMN fact.growth_measured.stunting IS 'normal, moderate, severe; empty: no verdict.';
COMMENT ON COLUMN fact.growth_measured.underweight IS 'normal, moderate, severe; empty: no verdict.';
COMMENT ON COLUMN fact.growth_measured.wasting IS 'normal, moderate, severe; empty: no verdict.';
COMMENT ON COLUMN fact.growth_measured.overweight IS 'By weight-for-length or -height: normal, overweight, obese; empty: no verdict.';
COMMENT ON COLUMN fact.growth_measured.overweight_bmi IS 'By BMI-for-age: normal, overweight, obese; empty: no verdict.';
COMMENT ON COLUMN fact.growth_measured.arm_class IS 'By the arm, 6 to 59 months: normal, moderate, severe; empty: no verdict.';
COMMENT ON COLUMN fact.growth_measured.acute IS 'Acute malnutrition, the worst of wasting, arm and oedema: normal, moderate, severe; empty: no verdict.';
COMMENT ON COLUMN fact.growth_measured.severe_by IS 'Criteria that say severe: weight-for-stature, muac, oedema, joined by +.';
COMMENT ON COLUMN fact.growth_measured.moderate_by IS 'Criteria that say moderate.';
COMMENT ON COLUMN fact.growth_measured.figures IS 'Version of the figures. Source: World Health Organization, WHO Child Growth Standards, 2006 and 2007.';
COMMENT ON COLUMN fact.growth_measured.instruments IS 'Scale, board and tapes.';
COMMENT ON COLUMN fact.growth_measured.calibrated IS 'Date of the last calibration of each of instruments; empty: not known.';

CREATE VIEW fact.growth_screened AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_text(body, '1') AS visit,
       markaz.as_integer(body, '2') AS stop,
       markaz.as_text(body, '3') AS desk,
       markaz.as_integers(body, '4') AS arms_mm,
       markaz.as_integer(body, '5') AS arm_um,
       markaz.as_integer(body, '6') AS cut_off_mm,
       markaz.as_text(body, '7') AS class
FROM fact.record WHERE kind = 'growth.screened/1';
SELECT markaz.describe('fact.growth_screened', 'A pregnant or breastfeeding woman was screened by her arm.', 'Name of the person.');
COMMENT ON COLUMN fact.growth_screened.visit IS 'The visit.';
COMMENT ON COLUMN fact.growth_screened.stop IS 'Index of the stop being served, from 0.';
COMMENT ON COLUMN fact.growth_screened.desk IS 'The desk.';
COMMENT ON COLUMN fact.growth_screened.arms_mm IS 'Every reading of the arm, in millimetres.';
COMMENT ON COLUMN fact.growth_screened.arm_um IS 'Their mean, in micrometres.';
COMMENT ON COLUMN fact.growth_screened.cut_off_mm IS 'The cut-off that was applied, in millimetres.';
COMMENT ON COLUMN fact.growth_screened.class IS 'normal, or low: below the cut-off.';

CREATE VIEW fact.growth_withdrawn AS
SELECT centre, chain, seq, month, at, clock, boot, mono_ms, actor, subject,
       markaz.as_integer(body, '1') AS of,
       markaz.as_text(body, '2') AS reason
FROM fact.record WHERE kind = 'growth.withdrawn/1';
SELECT markaz.describe('fact.growth_withdrawn', 'A measurement does not count.', 'Name of the person.');
COMMENT ON COLUMN fact.growth_withdrawn.of IS 'Place in the chain of the measurement that does not count.';
COMMENT ON COLUMN fact.growth_withdrawn.reason IS 'wrong-person, misread.';
