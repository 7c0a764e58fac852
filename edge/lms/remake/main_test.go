package main

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"markaz.example/edge/lms"
)

// write puts the built-in figures back into tables of CSV.
func write(t *testing.T, f *lms.Figures, dir string) {
	t.Helper()
	for table := range lms.Table(lms.Tables) {
		var b strings.Builder
		b.WriteString("sex,x,l,m,s,loh\n")
		for _, sex := range []lms.Sex{lms.Male, lms.Female} {
			c := f.Curve(table, sex)
			for i, r := range c.Rows {
				fmt.Fprintf(&b, "%d,%s,%s,%s,%s,L\n", sex, x(table, int(c.First)+i), decimal(r.L, 1e4), decimal(r.M, 1e4), decimal(r.S, 1e5))
			}
		}
		if err := os.WriteFile(filepath.Join(dir, table.String()+".csv"), []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func x(t lms.Table, key int) string {
	if t.ByStature() {
		return decimal(int32(key), 10)
	}
	return strconv.Itoa(key)
}

func decimal(n int32, by float64) string { return strconv.FormatFloat(float64(n)/by, 'f', -1, 64) }

// Tables written from the built-in figures make the built-in figures again.
func TestRemade(t *testing.T) {
	want, err := lms.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, want, dir)
	to := filepath.Join(dir, "again.lms")
	if err := remake(lms.Set{Name: "who2006", Source: source, Terms: terms}, dir, to); err != nil {
		t.Fatal(err)
	}
	got, err := lms.Open(to)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Error("other figures came out than went in")
	}
	if err := remake(lms.Set{}, "", ""); err == nil {
		t.Error("made from nothing")
	}
}

func TestBadTables(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "another header": "sex,age,l,m,s\n1,0,1,2,3\n", "a third sex": "sex,x,l,m,s\n3,0,1,2,0.1\n", "a gap": "sex,x,l,m,s\n1,0,1,2,0.1\n1,2,1,2,0.1\n",
		"too exact": "sex,x,l,m,s\n1,0,1.00001,2,0.1\n", "a word": "sex,x,l,m,s\n1,0,one,2,0.1\n", "half a day": "sex,x,l,m,s\n1,0.5,1,2,0.1\n", "short": "sex,x,l,m,s\n1,0\n",
		"a digit of elsewhere": "sex,x,l,m,s\n1,٣,1,2,0.1\n", "long": "sex,x,l,m,s\n1,99999,1,2,0.1\n",
	} {
		if _, err := table(strings.NewReader(text), lms.WFA); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
