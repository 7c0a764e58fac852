package desk

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"markaz.example/edge/desk"
	"markaz.example/edge/id"
)

func TestReadOrder(t *testing.T) {
	const v = "K5QXG43UOVZGKZDT"
	for form, want := range map[string]*order{
		"act=next":                                           {Verb: "next"},
		"act=then-papers-missing&receipt=1":                  {Verb: "then", Word: "papers-missing", Receipt: true},
		"act=park-supervisor&pool=1":                         {Verb: "park", Word: "supervisor", Pool: true},
		"act=pick-ill&visit=" + v:                            {Verb: "pick", Word: "ill", Visit: v},
		"act=back&visit=" + v:                                {Verb: "back", Visit: v},
		"act=quick-survey":                                   {Verb: "quick", Word: "survey", Services: []id.Service{"survey"}},
		"act=cancel-3":                                       {Verb: "cancel", Word: "3", Stop: 3},
		"act=add&service=survey&when=next":                   {Verb: "add", Services: []id.Service{"survey"}, Next: true},
		"act=scan&code=http://10.0.0.1/T/" + v:               {Verb: "scan", Code: v},
		"act=scan&code=HTTP://10.0.0.1/T/" + v + "/":         {Verb: "scan", Code: v},
		"act=scan&code=k5qxg43uovzgkzdt":                     {Verb: "scan", Code: v},
		"act=scan&code=a+loaf+of+bread":                      {Verb: "scan"},
		"act=transfer&to=survey":                             {Verb: "transfer", To: desk.Handing{Service: "survey"}},
		"act=transfer&to=survey+desk/C&note=unwell":          {Verb: "transfer", To: desk.Handing{Service: "survey", Desk: "C", Note: "unwell"}},
		"act=transfer&to=survey+staff/S007":                  {Verb: "transfer", To: desk.Handing{Service: "survey", Staff: "S007"}},
		"act=split&persons=2&service=survey&service=payment": {Verb: "split", Persons: 2, Services: []id.Service{"survey", "payment"}},

		"act=return&token=a042": {Verb: "return", Token: "A042"},

		"act=return&token=no-such":          nil,
		"":                                  nil,
		"act=next-done":                     nil,
		"act=finish":                        nil,
		"act=finish-Done":                   nil,
		"act=hold-":                         nil,
		"act=pick-ill":                      nil,
		"act=pick-ill&visit=A001":           nil,
		"act=cancel-256":                    nil,
		"act=quick":                         nil,
		"act=quick-No":                      nil,
		"act=add":                           nil,
		"act=transfer&to=survey+room/3":     nil,
		"act=transfer&to=survey+desk/..":    nil,
		"act=transfer&to=survey&note=Hello": nil,
		"act=split&persons=-1":              nil,
		"act=burn":                          nil,
	} {
		values, err := url.ParseQuery(form)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := readOrder(values)
		if want == nil {
			if ok {
				t.Errorf("%q is read as %+v, want none", form, got)
			}
			continue
		}
		if diff := cmp.Diff(*want, got); !ok || diff != "" {
			t.Errorf("%q (%v, -want +got):\n%s", form, ok, diff)
		}
	}
}
