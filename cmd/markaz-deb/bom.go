package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"time"
)

// What follows is as much of CycloneDX 1.5 as says which code is in a package.
// Source: https://cyclonedx.org/docs/1.5/json/

type bom struct {
	Format     string      `json:"bomFormat"`
	Spec       string      `json:"specVersion"`
	Version    int         `json:"version"`
	Metadata   metadata    `json:"metadata"`
	Components []component `json:"components"`
}

type metadata struct {
	Timestamp string    `json:"timestamp"`
	Component component `json:"component"`
}

type component struct {
	Type    string     `json:"type"`
	Name    string     `json:"name"`
	Version string     `json:"version"`
	PURL    string     `json:"purl,omitempty"`
	Hashes  []bomHash  `json:"hashes,omitempty"`
	Facts   []property `json:"properties,omitempty"`
}

type bomHash struct {
	Alg     string `json:"alg"`
	Content string `json:"content"`
}

type property struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// bom lists the programs of the package with their digests, and every module that is linked into one of them with the sum
// that go.sum holds.
func (p parcel) bom(built []program) ([]byte, error) {
	list := bom{
		Format: "CycloneDX", Spec: "1.5", Version: 1,
		Metadata: metadata{
			Timestamp: p.time().Format(time.RFC3339),
			Component: component{Type: "application", Name: p.Name, Version: p.Version, PURL: "pkg:deb/" + p.Name + "@" + p.Version + "?arch=" + p.Arch},
		},
	}
	for _, b := range built {
		content, err := os.ReadFile(b.path)
		if err != nil {
			return nil, err
		}
		list.Components = append(list.Components, component{
			Type: "application", Name: b.name, Version: p.Version,
			Hashes: []bomHash{{"SHA-256", fmt.Sprintf("%x", sha256.Sum256(content))}},
			Facts:  []property{{"go:version", b.info.GoVersion}},
		})
	}
	for _, m := range modules(built) {
		list.Components = append(list.Components, component{
			Type: "library", Name: m.Path, Version: m.Version, PURL: "pkg:golang/" + m.Path + "@" + m.Version,
			Facts: []property{{"go:sum", m.Sum}},
		})
	}
	return json.MarshalIndent(list, "", " ")
}
