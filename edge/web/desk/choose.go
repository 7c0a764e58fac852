package desk

import (
	"net/http"

	"markaz.example/edge/desk"
	"markaz.example/edge/web/page"
)

// choosePage is the struct of choose.tmpl.
type choosePage struct{ Desks []chosenDesk }

type chosenDesk struct {
	Desk     string
	Services []page.Service
}

func (d *Desk) showChoose(w http.ResponseWriter, r *http.Request) {
	p := choosePage{}
	for _, place := range d.Catalogue.Desks {
		p.Desks = append(p.Desks, chosenDesk{string(place.Code), d.served(place)})
	}
	d.choose.Write(w, http.StatusOK, page.Frame{
		Lang: page.LangOf(r), Title: "choose.title", Self: bare(r.URL), Data: p,
	})
}

// served is what a desk serves, in its order.
func (d *Desk) served(place desk.Desk) []page.Service {
	var out []page.Service
	for _, code := range place.Serves {
		for _, s := range d.Catalogue.Services {
			if s.Code == code {
				out = append(out, page.ServiceOf(s))
			}
		}
	}
	return out
}
