package main

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/jackc/pgx/v5"

	"markaz.example/edge/box"
	"markaz.example/edge/chain"
	"markaz.example/edge/ledger"
	"markaz.example/sync/archive"
	"markaz.example/sync/warehouse"
	"markaz.example/sync/warehouse/warehousetest"
	"markaz.example/sync/wire"
	"markaz.example/sync/wire/wiretest"
)

// common are the columns of every view; see markaz.describe in the migrations.
var common = []string{"centre", "chain", "seq", "month", "at", "clock", "boot", "mono_ms", "actor", "subject"}

// TestViewsShowEveryKind: every field of every event has a column of its name and type in the view of its kind, which
// shows what was recorded; and view and columns say what they are. A new kind or field needs a migration: the failure
// prints what it could begin with.
func TestViewsShowEveryKind(t *testing.T) {
	kinds := everyKind()
	c := wiretest.New("ISB-01", 1)
	for _, k := range kinds {
		c.AppendRecord(header(k), body(t, distinct(k)))
	}
	for _, k := range kinds {
		c.AppendRecord(header(k), odd(t, k)) // must spoil no query
	}
	conn := loaded(t, c)
	for i, k := range kinds {
		t.Run(string(k.Name()), func(t *testing.T) { checkView(t, conn, k, uint64(i)+1) })
	}
	noOtherViews(t, conn, kinds)
	documentedQueriesRun(t, conn)
}

func everyKind() (all []ledger.Kind) {
	for _, b := range append(box.Books(), ledger.Own()) {
		all = append(all, b.Kinds...)
	}
	return all
}

func header(k ledger.Kind) chain.Header {
	h := chain.Header{Kind: k.Name(), Actor: "desk/A", Subject: "K5QXG43UOVZGKZDT"}
	h.Stamp.Boot, h.Stamp.Wall = 1, time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC).UnixMilli()
	return h
}

func body(t *testing.T, event any) []byte {
	t.Helper()
	b, err := chain.EncodeBody(event)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// distinct is an event of a kind in which no two fields say the same.
func distinct(k ledger.Kind) any {
	v := reflect.New(reflect.TypeOf(k.Zero())).Elem()
	for i := range v.NumField() {
		fill(v.Field(i), i+1)
	}
	return v.Interface()
}

func fill(v reflect.Value, n int) {
	switch {
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case v.CanInt():
		v.SetInt(int64(n))
	case v.CanUint():
		v.SetUint(uint64(n))
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.Kind() == reflect.String:
		v.SetString(fmt.Sprint("text ", n))
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n+100)
	case v.Kind() == reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), n+i)
		}
	}
}

// odd is a body whose every field is of a type that no event has.
func odd(t *testing.T, k ledger.Kind) []byte {
	t.Helper()
	fields := map[int]any{}
	for i := range reflect.TypeOf(k.Zero()).NumField() {
		fields[i+1] = map[int]float64{1: 1.5}
	}
	return body(t, fields)
}

// loaded brings a chain to a database by way of an archive.
func loaded(t *testing.T, c *wiretest.Chain) *pgx.Conn {
	t.Helper()
	a, err := archive.Open(filepath.Join(t.TempDir(), "archive.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	b, err := wire.Pack(c.Key, c.In, c.At(0), 0, c.Records(1, c.Head().Seq))
	if err != nil {
		t.Fatal(err)
	}
	frame, err := wire.Encode(b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Apply([]archive.Entry{{Index: 1, Key: c.Key.Public().(ed25519.PublicKey), Batch: frame}}); err != nil {
		t.Fatal(err)
	}
	w := &warehouse.Warehouse{URL: warehousetest.New(t).Database(t), Archive: a, Log: slog.New(slog.DiscardHandler)}
	bringAll(t, w)
	conn, err := w.Connect(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// bringAll runs a warehouse until nothing waits.
func bringAll(t testing.TB, w *warehouse.Warehouse) {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), 2*time.Minute)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = w.Run(ctx)
	}()
	for s := w.State(); (!s.Loading || s.Waiting > 0) && ctx.Err() == nil; s = w.State() {
		time.Sleep(time.Millisecond)
	}
	stop()
	<-ended
	if s := w.State(); s.Waiting > 0 || s.Poison > 0 {
		t.Fatalf("the warehouse: %+v", s)
	}
}

func checkView(t *testing.T, conn *pgx.Conn, k ledger.Kind, seq uint64) {
	ctx, view, event := context.Background(), viewOf(k.Name()), reflect.ValueOf(distinct(k))
	rows, err := conn.Query(ctx, "SELECT * FROM fact."+view+" ORDER BY seq")
	if err != nil {
		t.Fatalf("%v; a migration could begin with\n%s", err, draft(k))
	}
	got, err := pgx.CollectRows(rows, pgx.RowToMap)
	if err != nil || len(got) != 2 || got[0]["seq"] != int64(seq) || got[0]["centre"] != "ISB-01" {
		t.Fatalf("the view has %v, %v", got, err)
	}
	want := slices.Clone(common)
	for i := range event.NumField() {
		column := columnOf(event.Type().Field(i))
		want = append(want, column)
		if readerOf(event.Type().Field(i).Type) == "" {
			continue // shown as jsonb
		}
		if said, meant := fmt.Sprint(got[0][column]), fmt.Sprint(plain(event.Field(i))); said != meant {
			t.Errorf("column %s shows %s, want %s; a migration could begin with\n%s", column, said, meant, draft(k))
		}
		if got[1][column] != nil {
			t.Errorf("column %s makes %v of a field that is none of its type", column, got[1][column])
		}
	}
	if has := described(t, conn, view); !slices.Equal(has, want) {
		t.Errorf("described columns are %v, want %v", has, want)
	}
}

// plain is a value without its own way of printing: sealed bytes print as their length.
func plain(v reflect.Value) any {
	v = reflect.Indirect(v)
	if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
		return v.Bytes()
	}
	return v.Interface()
}

// described are the columns of a view that have a comment and the right type, if the view has one too.
func described(t *testing.T, conn *pgx.Conn, view string) []string {
	t.Helper()
	rows, err := conn.Query(context.Background(), `
		SELECT a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
		WHERE c.oid = ('fact.' || $1::text)::regclass AND a.attnum > 0
		AND obj_description(c.oid, 'pg_class') <> '' AND col_description(c.oid, a.attnum) <> ''
		ORDER BY a.attnum`, view)
	if err != nil {
		t.Fatal(err)
	}
	columns, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return columns
}

// noOtherViews: nothing is left of a kind that is no more; but for fact.record, which shows all of them.
func noOtherViews(t *testing.T, conn *pgx.Conn, kinds []ledger.Kind) {
	t.Helper()
	want := []string{"record"}
	for _, k := range kinds {
		want = append(want, viewOf(k.Name()))
	}
	rows, err := conn.Query(context.Background(), "SELECT viewname FROM pg_views WHERE schemaname = 'fact'")
	if err != nil {
		t.Fatal(err)
	}
	has, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for _, view := range has {
		if !slices.Contains(want, view) {
			t.Errorf("fact.%s is the view of no kind", view)
		}
	}
}

// documentedQueriesRun: the examples of the manual are queries over what is there.
func documentedQueriesRun(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	b, err := os.ReadFile("../../docs/warehouse.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := regexp.MustCompile("(?s)```sql\n(.*?)```").FindAllStringSubmatch(string(b), -1)
	if len(examples) < 3 {
		t.Errorf("the manual has %d examples", len(examples))
	}
	for _, m := range examples {
		if _, err := conn.Exec(context.Background(), m[1]); err != nil {
			t.Errorf("%v:\n%s", err, m[1])
		}
	}
}

// viewOf names the view of a kind: visit.no-show/1 is visit_no_show; a later version has its number behind it.
func viewOf(k chain.Kind) string {
	name, version, _ := strings.Cut(string(k), "/")
	name = strings.NewReplacer(".", "_", "-", "_").Replace(name)
	if version == "1" {
		return name
	}
	return name + "_" + version
}

// columnOf names the column of a field: PaperOut is paper_out. Words in capitals stay together.
func columnOf(f reflect.StructField) string {
	var out strings.Builder
	name := []rune(f.Name)
	for i, r := range name {
		if i > 0 && unicode.IsUpper(r) && !unicode.IsUpper(name[i-1]) {
			out.WriteByte('_')
		}
		out.WriteRune(unicode.ToLower(r))
	}
	return out.String()
}

// draft is the SQL that a new kind's migration begins with.
func draft(k ledger.Kind) string {
	out := fmt.Sprintf("CREATE VIEW fact.%s AS\nSELECT %s", viewOf(k.Name()), strings.Join(common, ", "))
	shape := reflect.TypeOf(k.Zero())
	for i := range shape.NumField() {
		f := shape.Field(i)
		key, _, _ := strings.Cut(f.Tag.Get("cbor"), ",")
		value := fmt.Sprintf("markaz.%s(body, '%s')", readerOf(f.Type), key)
		if readerOf(f.Type) == "" {
			value = fmt.Sprintf("body -> '%s'", key)
		}
		out += fmt.Sprintf(",\n       %s AS %s", value, columnOf(f))
	}
	return out + fmt.Sprintf("\nFROM fact.record WHERE kind = '%s';\nSELECT markaz.describe(...); COMMENT ON COLUMN ...", k.Name())
}

// readerOf is the function of schema markaz that reads a field of a type out of a body; none for what stays jsonb.
func readerOf(t reflect.Type) string {
	if t.Kind() == reflect.Pointer { // what may be absent
		t = t.Elem()
	}
	kind, list := t.Kind(), ""
	if kind == reflect.Slice || kind == reflect.Array {
		if kind = t.Elem().Kind(); kind == reflect.Uint8 {
			return "as_bytes"
		}
		list = "s"
	}
	switch {
	case kind == reflect.Bool && list == "":
		return "as_boolean"
	case kind == reflect.String:
		return "as_text" + list
	case kind >= reflect.Int && kind <= reflect.Uint64:
		return "as_integer" + list
	}
	return ""
}
