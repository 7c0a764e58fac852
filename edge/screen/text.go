package screen

import (
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"io/fs"
	"strconv"
	"strings"
)

// Texts is one language: key to sentence. Values stand in a sentence as {0}, {1}.
type Texts map[string]string

// ReadTexts reads the file text/LANG.json of a tree.
func ReadTexts(tree fs.FS, l Lang) (Texts, error) {
	b, err := fs.ReadFile(tree, "text/"+string(l)+".json")
	if err != nil {
		return nil, err
	}
	var t Texts
	if err := json.Unmarshal(b, &t); err != nil {
		return nil, fmt.Errorf("read texts of %s: %w", l, err)
	}
	return t, nil
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
