package chaos

import (
	"fmt"

	"markaz.example/cmd/markaz-sim/papers"
	"markaz.example/devices/printer"
	"markaz.example/edge/id"
)

// Sheet is one paper that came out, as the judge reads it.
type Sheet struct {
	Code   id.Code // empty for a torn one
	Marked bool    // says that it is a reprint
}

// read turns pages into sheets.
func read(pages []printer.Page) (out []Sheet) {
	for _, p := range pages {
		code, err := papers.Read(p)
		if err != nil {
			code = ""
		}
		out = append(out, Sheet{code, papers.Marked(p.Bitmap)})
	}
	return out
}

// judge is what is wrong with the papers of one job, in the order in which they came out; nothing when all is well.
func judge(job id.Code, sheets []Sheet) (wrong []string) {
	mine := 0
	for i, s := range sheets {
		switch {
		case s.Code == "":
		case s.Code != job:
			wrong = append(wrong, fmt.Sprintf("a paper of %s came out", s.Code))
		default:
			mine++
			if i > 0 && !s.Marked {
				wrong = append(wrong, "printed twice without the word for it")
			}
		}
	}
	if mine == 0 {
		wrong = append(wrong, "lost: the box says that it is in hand, and no paper came out")
	}
	return wrong
}
