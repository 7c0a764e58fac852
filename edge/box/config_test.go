package box

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Every configuration in testdata/config that is at fault says where, and what to write instead.
func TestFaultsOfAConfigurationAreExplained(t *testing.T) {
	files, err := filepath.Glob("testdata/config/*.toml")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d configurations, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".toml"), func(t *testing.T) {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, fault := parse(b)
			if !errors.Is(fault, ErrConfig) {
				t.Fatalf("got %v, want ErrConfig", fault)
			}
			golden(t, strings.TrimSuffix(file, ".toml")+".txt", fault.Error()+"\n")
		})
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s: -want +got, rewrite with go test ./edge/box -update\n%s", file, d)
	}
}

const sound = `data = "data"
profiles = "/usr/share/markaz/firmware-configs"

[centre]
code = "ISB-01"
name_en = "One Window Centre, Islamabad"
name_ur = "ون ونڈو مرکز، اسلام آباد"

[web]
listen = "0.0.0.0:8080"
public = "http://10.1.0.1:8080"

[headquarters]
address = "hq.example:443"
name = "hq.example"
identity = "tls"

[[device]]
name = "hall-1"
profile = "printer.toml"
tcp = "10.1.0.9:9100"
`

func TestPathsAreRelativeToTheFile(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "box.toml")
	if err := os.WriteFile(file, []byte(sound), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	got := []string{c.Data, c.Profiles, c.Headquarters.Identity}
	want := []string{filepath.Join(dir, "data"), "/usr/share/markaz/firmware-configs", filepath.Join(dir, "tls")}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

func TestLoadNamesTheFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "box.toml")
	if _, err := Load(file); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("a missing file gives %v, want its name", err)
	}
	if err := os.WriteFile(file, []byte("dta = 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(file); !errors.Is(err, ErrConfig) || !strings.Contains(err.Error(), file) {
		t.Errorf("a wrong key gives %v, want ErrConfig and the file's name", err)
	}
}

// FuzzConfig holds that no file, however spoilt, does more than fail with ErrConfig.
func FuzzConfig(f *testing.F) {
	f.Add([]byte(sound))
	f.Add([]byte("data = [[[\n"))
	f.Add([]byte("[[device]]\nserial = 3\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := parse(b)
		if err != nil && !errors.Is(err, ErrConfig) {
			t.Fatalf("got %v, want ErrConfig", err)
		}
		if err == nil && (c.Data == "" || c.Centre.Code.Check() != nil) {
			t.Fatalf("passed %+v", c)
		}
	})
}
