package page_test

import (
	"flag"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"markaz.example/edge/web/page/pagetest"
)

var update = flag.Bool("update", false, "write the golden pages anew")

func TestGoldenSorry(t *testing.T) {
	kit := pagetest.Kit(t)
	for _, lang := range []string{"ur", "en"} {
		sorry, wait := httptest.NewRecorder(), httptest.NewRecorder()
		kit.Sorry(sorry, httptest.NewRequest("GET", "/x?lang="+lang, nil), 404, "sorry.not-found", "/")
		kit.Wait(wait, httptest.NewRequest("GET", "/x?lang="+lang, nil), "sorry.broken", "record 7 is <damaged>", 5)
		for name, w := range map[string]*httptest.ResponseRecorder{"sorry": sorry, "wait": wait} {
			file := filepath.Join("testdata", name+"-"+lang+".html")
			got := strings.ReplaceAll(w.Body.String(), kit.Build(), "BUILD")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if diff := cmp.Diff(string(want), got); diff != "" || err != nil {
				t.Errorf("%s: %v (-want +got)\n%s", file, err, diff)
			}
		}
	}
}
