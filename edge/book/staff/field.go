package staff

import "slices"

// Field is something that is known of people and not everybody may see.
type Field string

// The fields. Those that are sealed have the names that book person gives them.
const (
	SeeName   Field = "name"
	SeeNumber Field = "number"
	SeeBirth  Field = "birth"
	SeePhone  Field = "phone"
	SeeGrowth Field = "growth" // what was measured of children and mothers, and what follows from it
	SeeMoney  Field = "money"  // what is paid to somebody, and whether
)

// Fields are all of them, in the order in which they are offered.
func Fields() []Field { return []Field{SeeName, SeeNumber, SeeBirth, SeePhone, SeeGrowth, SeeMoney} }

// sees is who may see what. A field that is not here is nobody's. Who measures needs ages and no numbers; who pays compares
// a card and has no business with a child's weight; who helps at the door knows faces.
var sees = map[Field][]Role{
	SeeName:   {Clerk, Nurse, Teller, Manager},
	SeeNumber: {Clerk, Teller, Manager},
	SeeBirth:  {Clerk, Nurse, Manager},
	SeePhone:  {Clerk, Manager},
	SeeGrowth: {Clerk, Nurse, Manager},
	SeeMoney:  {Teller, Manager},
}

// Sees says whether somebody of this role may see a field.
func (r Role) Sees(f Field) bool { return slices.Contains(sees[f], r) }
