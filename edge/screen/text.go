package screen

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"html/template"
	"io/fs"
	"strconv"
	"strings"
)

// Texts is one language: key to sentence. Values stand in a sentence as {0}, {1}.
type Texts map[string]string

// ErrTwice is reported for a key that stands in two files of a language. The text names the key and both files.
var ErrTwice = errors.New("a key has two texts: take one of them out")

// ReadTexts reads the files text/LANG/PART.json of a tree, one file a part of the pages. It reports ErrTwice.
func ReadTexts(tree fs.FS, l Lang) (Texts, error) {
	files, err := fs.Glob(tree, "text/"+string(l)+"/*.json")
	if err != nil {
		return nil, err
	}
	all, from := Texts{}, map[string]string{}
	for _, file := range files {
		part, err := readPart(tree, file)
		if err != nil {
			return nil, fmt.Errorf("read texts of %s: %w", l, err)
		}
		for key, text := range part {
			if first, known := from[key]; known {
				return nil, fmt.Errorf("read texts of %s: %w: %s in %s and %s", l, ErrTwice, key, first, file)
			}
			all[key], from[key] = text, file
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("read texts of %s: %w", l, fs.ErrNotExist)
	}
	return all, nil
}

// readPart reads one file, token by token: a JSON decoder left to itself keeps the last of two equal keys without a word.
func readPart(tree fs.FS, file string) (Texts, error) {
	b, err := fs.ReadFile(tree, file)
	if err != nil {
		return nil, err
	}
	part, d := Texts{}, json.NewDecoder(bytes.NewReader(b))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, fmt.Errorf("%s: want key to text, begins with %v: %w", file, open, err)
	}
	for d.More() {
		var text string
		key, err := d.Token()
		if err == nil {
			err = d.Decode(&text)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if _, known := part[key.(string)]; known {
			return nil, fmt.Errorf("%w: %s, twice in %s", ErrTwice, key, file)
		}
		part[key.(string)] = text
	}
	if _, err := d.Token(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return part, nil
}

// Characters that set a value apart from the direction of the sentence round it, for places where no tag can stand.
const isolate, endIsolate = "\u2068", "\u2069"

// Plain is a text for an attribute or a title.
func (t Texts) Plain(key string, values ...any) string {
	return fill(t.Sentence(key), values, func(v string) string { return isolate + v + endIsolate })
}

// HTML is a text for a page: escaped, every value in its own <bdi>.
func (t Texts) HTML(key string, values ...any) template.HTML {
	filled := fill(html.EscapeString(t.Sentence(key)), values, func(v string) string {
		return "<bdi>" + html.EscapeString(v) + "</bdi>"
	})
	return template.HTML(filled)
}

// Sentence is a text as it is written. Where there is none it is what stands behind the key's first dot: the code of a
// newer program is better than nothing.
func (t Texts) Sentence(key string) string {
	if s, ok := t[key]; ok {
		return s
	}
	_, code, _ := strings.Cut(key, ".")
	return code
}

// fill puts values into their places, in one pass: a value is never looked into.
func fill(s string, values []any, wrap func(string) string) string {
	pairs := make([]string, 0, 2*len(values))
	for i, v := range values {
		pairs = append(pairs, "{"+strconv.Itoa(i)+"}", wrap(fmt.Sprint(v)))
	}
	return strings.NewReplacer(pairs...).Replace(s)
}
