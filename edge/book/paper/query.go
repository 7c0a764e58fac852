package paper

import (
	"errors"
	"fmt"

	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// What decisions report when the state does not allow them.
var (
	ErrNoJob = errors.New("no such print job")
	ErrTaken = errors.New("there is a print job already")
	ErrState = errors.New("the print job's state does not allow it")
)

// Get is a job by its name.
func Get(src ledger.Source, job id.Job) (Job, bool) { return read(src.Reader(Name), job) }

// For is the job of a subject.
func For(src ledger.Source, subject string) (Job, bool) {
	r := src.Reader(Name)
	name := r.Get(subjectKey(subject))
	if name == nil {
		return Job{}, false
	}
	return read(r, id.Job(name))
}

// Waiting is the first jobs that wait for a printer, limit at most, in order.
func Waiting(src ledger.Source, limit int) []Job { return some(src.Reader(Name), queuedPrefix, limit) }

// Held is the oldest jobs that wait to be asked for, limit at most, in order: certainly or possibly not out.
func Held(src ledger.Source, limit int) []Job { return some(src.Reader(Name), heldPrefix, limit) }

// Count is how many jobs are in each open state.
func Count(src ledger.Source) Counts { return counts(src.Reader(Name)) }

func counts(r ledger.Reader) (c Counts) {
	get(r, []byte(countName), &c)
	return c
}

// inState is a job that has to be in a state. It reports ErrNoJob or ErrState.
func inState(tx *ledger.Tx, job id.Job, want State) (Job, error) {
	j, ok := Get(tx, job)
	if !ok {
		return j, fmt.Errorf("print job %s: %w", job, ErrNoJob)
	}
	if j.State != want {
		return j, fmt.Errorf("print job %s is %s, not %s: %w", job, j.State, want, ErrState)
	}
	return j, nil
}

func read(r ledger.Reader, job id.Job) (j Job, ok bool) {
	ok = get(r, jobKey(job), &j)
	return j, ok
}

// each calls visit for the jobs of an index, in order, until it returns false.
func each(r ledger.Reader, prefix string, visit func(Job) bool) {
	r.Scan([]byte(prefix), func(_, name []byte) bool {
		j, ok := read(r, id.Job(name))
		if !ok {
			panic(fmt.Sprintf("BUG: view %s: index %q names a missing job %q", Name, prefix, name))
		}
		return visit(j)
	})
}

func some(r ledger.Reader, prefix string, limit int) []Job {
	var out []Job
	each(r, prefix, func(j Job) bool {
		if len(out) == limit {
			return false
		}
		out = append(out, j)
		return true
	})
	return out
}
