package warehouse

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math"
	"math/big"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

var update = flag.Bool("update", false, "write the vectors anew")

const vectorsFile = "testdata/bodies.json"

// vector is a body and the JSON it becomes, or the error it must name.
type vector struct {
	Name  string `json:"name"`
	CBOR  string `json:"cbor"`
	JSON  string `json:"json,omitempty"`
	Error string `json:"error,omitempty"`
}

// TestVectors: with -update what becomes of each body is written anew; the bodies stand in the file alone.
func TestVectors(t *testing.T) {
	b, err := os.ReadFile(vectorsFile)
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	for i, v := range all {
		body, err := hex.DecodeString(v.CBOR)
		if err != nil {
			t.Fatal(err)
		}
		got := vector{Name: v.Name, CBOR: v.CBOR}
		out, err := appendJSON(nil, body)
		if got.JSON = string(out); errors.Is(err, ErrBody) {
			got.Error = "ErrBody"
		}
		if *update {
			all[i] = got
		} else if got != v {
			t.Errorf("got  %+v %v\nwant %+v", got, err, v)
		}
	}
	if *update {
		writeVectors(t, all)
	}
}

func writeVectors(t *testing.T, all []vector) {
	t.Helper()
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := errors.Join(e.Encode(all), os.WriteFile(vectorsFile, out.Bytes(), 0o644)); err != nil {
		t.Fatal(err)
	}
}

var (
	general, _ = cbor.DecOptions{
		DupMapKey: cbor.DupMapKeyEnforcedAPF, IndefLength: cbor.IndefLengthForbidden, TagsMd: cbor.TagsForbidden,
		MaxNestedLevels: nestingMax, UTF8: cbor.UTF8RejectInvalid,
	}.DecMode()
	deterministic, _ = cbor.CoreDetEncOptions().EncMode()
)

// FuzzJSON holds to the general decoder: what is written says the same as that reads, and what chain.EncodeBody can have
// written is never refused, but for what FORMAT.md names.
func FuzzJSON(f *testing.F) {
	b, err := os.ReadFile(vectorsFile)
	if err != nil {
		f.Fatal(err)
	}
	var all []vector
	if err := json.Unmarshal(b, &all); err != nil {
		f.Fatal(err)
	}
	for _, v := range all {
		body, _ := hex.DecodeString(v.CBOR)
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		out, err := appendJSON(nil, body)
		var want any
		fault := general.Unmarshal(body, &want)
		if err != nil {
			again, _ := deterministic.Marshal(want)
			if fault == nil && bytes.Equal(again, body) && plain(want) {
				t.Fatalf("%x is refused: %v", body, err)
			}
			return
		}
		got, err := parsed(out)
		if err != nil {
			t.Fatalf("%x became %s: %v", body, out, err)
		}
		if fault == nil && !agrees(want, got) {
			t.Fatalf("%x became %s, the general decoder read %v", body, out, want)
		}
	})
}

// plain says that a value has none of the keys that FORMAT.md refuses.
func plain(v any) bool {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			if !plain(item) {
				return false
			}
		}
	case map[any]any:
		for key, item := range v {
			switch key := key.(type) {
			case string:
				if strings.Contains(key, "\x00") {
					return false
				}
			case uint64, int64, big.Int:
			default:
				return false
			}
			if !plain(item) {
				return false
			}
		}
	}
	return true
}

// agrees compares what the general decoder read with what stands in the JSON.
func agrees(want, got any) bool {
	wrapped, _ := got.(map[string]any)
	switch want := want.(type) {
	case nil:
		return got == nil || fmt.Sprint(wrapped["$simple"]) == "23"
	case bool:
		return got == want
	case uint64, int64:
		return got == json.Number(fmt.Sprint(want))
	case big.Int:
		return got == json.Number(want.String())
	case float64:
		return sameFloat(want, got, wrapped)
	case string:
		if strings.Contains(want, "\x00") {
			return wrapped["$text"] == base64Of([]byte(want))
		}
		return got == want
	case []byte:
		return wrapped["$bytes"] == base64Of(want)
	case cbor.SimpleValue:
		return fmt.Sprint(wrapped["$simple"]) == strconv.Itoa(int(want))
	case []any:
		return sameArray(want, got)
	case map[any]any:
		return sameMap(want, wrapped)
	}
	return false
}

func base64Of(b []byte) string {
	out, _ := json.Marshal(b)
	return strings.Trim(string(out), `"`)
}

func sameFloat(want float64, got any, wrapped map[string]any) bool {
	text, isNumber := got.(json.Number)
	if !isNumber {
		text = json.Number(fmt.Sprint(wrapped["$float"]))
	}
	f, err := strconv.ParseFloat(string(text), 64)
	return err == nil && (!isNumber || strings.Contains(string(text), ".")) &&
		(math.Float64bits(f) == math.Float64bits(want) || f != f && want != want)
}

func sameArray(want []any, got any) bool {
	items, ok := got.([]any)
	if !ok || len(items) != len(want) {
		return false
	}
	for i := range want {
		if !agrees(want[i], items[i]) {
			return false
		}
	}
	return true
}

func sameMap(want map[any]any, got map[string]any) bool {
	for key, value := range want {
		name := fmt.Sprint(key)
		switch k := key.(type) {
		case string:
			name = ":" + k
		case big.Int:
			name = k.String()
		}
		item, ok := got[name]
		if !ok || !agrees(value, item) {
			return false
		}
	}
	return got != nil && len(got) == len(want)
}
