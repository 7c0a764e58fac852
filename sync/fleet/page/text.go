package page

import (
	"embed"
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"strconv"
	"strings"
)

//go:embed text/*.json
var textFiles embed.FS

// texts is one language: key to sentence. Values stand in a sentence as {0}, {1}.
type texts map[string]string

func readTexts(l Lang) (texts, error) {
	b, err := textFiles.ReadFile("text/" + string(l) + ".json")
	if err != nil {
		return nil, err
	}
	var t texts
	if err := json.Unmarshal(b, &t); err != nil {
		return nil, fmt.Errorf("read texts of %s: %w", l, err)
	}
	return t, nil
}

// Characters that set a value apart from the direction of the sentence round it, for places where no tag can stand.
const isolate, endIsolate = "\u2068", "\u2069"

// plain is a text for an attribute or a title.
func (t texts) plain(key string, values ...any) string {
	return fill(t.sentence(key), values, func(v string) string { return isolate + v + endIsolate })
}

// html is a text for a page: escaped, every value in its own <bdi>.
func (t texts) html(key string, values ...any) template.HTML {
	filled := fill(html.EscapeString(t.sentence(key)), values, func(v string) string {
		return "<bdi>" + html.EscapeString(v) + "</bdi>"
	})
	return template.HTML(filled)
}

// sentence is the key itself where there is none: a code of a newer box is better than nothing.
func (t texts) sentence(key string) string {
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
