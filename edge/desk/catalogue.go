package desk

import (
	"markaz.example/edge/id"
)

// Catalogue is what a centre offers and where. It does not change while the box runs.
type Catalogue struct {
	Services []Service
	Desks    []Desk
}

// Service is something people come for.
type Service struct {
	Code      id.Service
	Letter    string // of its tokens; one of A-Z except I, O and Q; services may share one
	NameUr    string
	NameEn    string
	Pictogram string // name of a picture on the kiosk
	Room      string // "3"
	WayUr     string // how to get there, one line
	WayEn     string
	BringUr   []string // papers to have ready
	BringEn   []string
}

// Desk is a place that people are called to.
type Desk struct {
	Code   id.Desk
	NameUr string
	NameEn string
	Room   string
	Serves []id.Service // in order of preference
}
