package page

import "reflect"

// memo keeps what was rendered last: of a thousand rows a few change in a second, and to compare one is ten times cheaper
// than to render it. It belongs to one board, whose renders do not overlap.
type memo map[string]rendered

// rendered is one part, and what it was made of. The same always makes the same.
type rendered struct {
	from any
	html string
}

// part is the named template over data, rendered anew only when data is not what it was under this id.
func (m memo) part(s *Site, l Lang, id, name string, data any) (string, error) {
	if was, ok := m[id]; ok && reflect.DeepEqual(was.from, data) {
		return was.html, nil
	}
	html, err := s.part(l, name, data)
	if err == nil {
		m[id] = rendered{data, html}
	}
	return html, err
}

// keep forgets parts that are no more.
func (m memo) keep(parts map[string]string) {
	for id := range m {
		if _, ok := parts[id]; !ok {
			delete(m, id)
		}
	}
}
