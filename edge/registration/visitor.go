package registration

import (
	"markaz.example/edge/book/household"
	"markaz.example/edge/book/person"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// VisitorSex is the sex of who came, as far as it is known: that of the adults of the household whose visit it was said to
// be, when all are of one. Who came is recorded nowhere else. It is a floor's VisitorSex.
func VisitorSex(src ledger.Source, v id.Visit) (sex string) {
	of, _ := household.At(src, v)
	for _, m := range of.Members {
		p, known := person.Get(src, m.Person)
		if m.As == household.Child || !known {
			continue
		}
		if sex != "" && sex != string(p.Sex) {
			return ""
		}
		sex = string(p.Sex)
	}
	return sex
}
