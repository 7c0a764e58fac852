package box

import (
	"log/slog"
	"os"
	"reflect"
	"regexp"
	"testing"
)

// A site begins with the example: it must be read, and it must show every key there is.
func TestExampleShowsEveryKey(t *testing.T) {
	const path = "../../docs/box.toml"
	c, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.catalogue().Check(); err != nil {
		t.Error(err)
	}
	if s := c.catalogue().Services[1]; s.Pictogram != string(s.Code) {
		t.Errorf("a service without a pictogram got %q, want its code", s.Pictogram)
	}
	c.Profiles = "../../firmware-configs"
	if _, err := openDevices(c, &belief{unset: Options{}.unset}, slog.New(slog.DiscardHandler)); err != nil {
		t.Error(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keysOf(reflect.TypeFor[Config]()) {
		shown := regexp.MustCompile(`(?m)^(# )?(` + key + ` = |\[+([a-z]+\.)?` + key + `\]+$)`)
		if !shown.Match(text) {
			t.Errorf("%s does not show %q", path, key)
		}
	}
}

// keysOf is every key that a configuration of this shape may have, those of its tables too.
func keysOf(shape reflect.Type) (keys []string) {
	switch shape.Kind() {
	case reflect.Pointer, reflect.Slice:
		return keysOf(shape.Elem())
	case reflect.Struct:
		for i := range shape.NumField() {
			f := shape.Field(i)
			if !f.IsExported() {
				continue // of no file
			}
			keys = append(append(keys, f.Tag.Get("toml")), keysOf(f.Type)...)
		}
	}
	return keys
}
