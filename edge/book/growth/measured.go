package growth

import (
	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// How an age is known, how a child lay, whether it is swollen. Empty is unknown.
const (
	AgeEstimated = "estimated"
	AgeInMonths  = "months"
	AgeExact     = "exact"

	Lying    = "lying"
	Standing = "standing"

	OedemaNo  = "no"
	OedemaYes = "yes"

	Male   = "male"
	Female = "female"
)

// Measured records that a child was measured. The record's subject is the person.
// Readings are whole grams and millimetres, means and the corrected length milligrams and micrometres, scores hundredths.
type Measured struct {
	Visit id.Visit `cbor:"1,keyasint"`
	Stop  uint8    `cbor:"2,keyasint"` // index of the stop being served
	Desk  id.Desk  `cbor:"3,keyasint"`

	Sex          string `cbor:"4,keyasint"` // male, female or empty; what was scored with
	AgeDays      *int32 `cbor:"5,keyasint,omitempty"`
	AgePrecision string `cbor:"6,keyasint"` // exact, months or estimated; empty exactly if there is no age

	WeightsG   []uint32 `cbor:"7,keyasint"` // every reading, in order
	StaturesMM []uint32 `cbor:"8,keyasint"` // length or height
	HeadsMM    []uint32 `cbor:"9,keyasint"`
	ArmsMM     []uint32 `cbor:"10,keyasint"`

	WeightMG    uint32 `cbor:"11,keyasint"` // mean of the readings that agree; 0: not measured
	StatureUM   uint32 `cbor:"12,keyasint"`
	HeadUM      uint32 `cbor:"13,keyasint"`
	ArmUM       uint32 `cbor:"14,keyasint"`
	Position    string `cbor:"15,keyasint"` // how the stature was taken: lying, standing or empty
	CorrectedUM uint32 `cbor:"16,keyasint"` // stature as it went into the tables
	TakenAs     string `cbor:"17,keyasint"` // lying: a length, standing: a height
	UnderNine   bool   `cbor:"18,keyasint"` // less than nine months and said to stand
	Oedema      string `cbor:"19,keyasint"` // yes, no or empty

	WAZ *int32 `cbor:"20,keyasint,omitempty"` // weight-for-age
	HAZ *int32 `cbor:"21,keyasint,omitempty"` // length- or height-for-age
	WHZ *int32 `cbor:"22,keyasint,omitempty"` // weight-for-length or -height
	BAZ *int32 `cbor:"23,keyasint,omitempty"` // BMI-for-age
	HCZ *int32 `cbor:"24,keyasint,omitempty"` // head-for-age
	ACZ *int32 `cbor:"25,keyasint,omitempty"` // arm-for-age

	Flagged []string `cbor:"26,keyasint"` // scores that are not plausible and were kept all the same: "haz"
	Doubts  []string `cbor:"27,keyasint"` // what did not fit the visit before and was kept all the same: "shrunk"

	Stunting      string `cbor:"28,keyasint"` // normal, moderate, severe or empty
	Underweight   string `cbor:"29,keyasint"`
	Wasting       string `cbor:"30,keyasint"`
	Overweight    string `cbor:"31,keyasint"` // by weight-for-stature: normal, overweight, obese or empty
	OverweightBMI string `cbor:"32,keyasint"`
	ArmClass      string `cbor:"33,keyasint"`
	Acute         string `cbor:"34,keyasint"` // the worst of wasting, arm and oedema
	SevereBy      string `cbor:"35,keyasint"` // criteria joined by "+": "muac+oedema"
	ModerateBy    string `cbor:"36,keyasint"`

	Figures     string   `cbor:"37,keyasint"` // version: "who2006-caf93411"
	Instruments []string `cbor:"38,keyasint"` // names of scale, board, tapes
	Calibrated  []string `cbor:"39,keyasint"` // date of each one's last calibration, "2026-11-01", or empty
}

// Kind is growth.measured/1.
func (Measured) Kind() chain.Kind { return "growth.measured/1" }

func (e Measured) project(v ledger.View, h chain.Header) error {
	person := id.Person(h.Subject)
	if err := put(v, personKey(person, h.Seq), Kept{e, person, h.Actor, h.Seq, h.Stamp.Wall, uint8(h.Stamp.Grade)}); err != nil {
		return err
	}
	return v.Put(visitKey(e.Visit, h.Seq), []byte(person))
}
