package blackout

import (
	"bytes"
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"markaz.example/cmd/markaz-rig/machine"
	"markaz.example/edge/desk"
	"markaz.example/edge/web/proof"
)

// town is everybody outside of the machine, and what they were told. People press at once; each keeps his own notes.
type town struct {
	machine  *machine.Debian
	root     string // file with the authority that the box showed at its first start
	visitors []*visitor
	clerks   []*clerk
	sheets   sheets
}

func newTown(m *machine.Debian, random *rand.Rand) *town {
	t := &town{machine: m, root: filepath.Join(m.Work, "authority.crt"), sheets: sheets{file: m.Papers()}}
	for range kiosks {
		t.visitors = append(t.visitors, newVisitor(t, rand.New(rand.NewPCG(random.Uint64(), random.Uint64()))))
	}
	for _, code := range []string{"A", "B"} {
		t.clerks = append(t.clerks, newClerk(t, code))
	}
	return t
}

// at is the address of a page.
func (t *town) at(page string) string {
	if proof.AtDesks(page) {
		return "https://" + t.machine.Desks + page
	}
	return "http://" + t.machine.Public + page
}

func (t *town) String() string {
	var r Result
	t.count(&r)
	return fmt.Sprintf("%d numbers, %d acts, %d without an answer, %d papers so far", r.Numbers, r.Acts, r.Open, r.Papers)
}

// count adds up what everybody noted.
func (t *town) count(r *Result) {
	r.Numbers, r.Acts, r.Open = 0, 0, 0
	for _, v := range t.visitors {
		r.Numbers, r.Open = r.Numbers+len(v.given), r.Open+v.open
	}
	for _, c := range t.clerks {
		r.Acts, r.Open = r.Acts+c.acts, r.Open+c.open
	}
	r.Papers, r.Reprints = t.sheets.count()
}

// up waits for a box whose ledger is open, and takes note of its authority.
func (t *town) up(ctx context.Context) error {
	err := await(ctx, upLimit, "the box to serve", func() (bool, string) {
		status, _, err := fetch(ctx, t.at("/healthz"))
		return status == http.StatusOK, fmt.Sprint(status, " ", err)
	})
	if err != nil {
		return err
	}
	status, der, err := fetch(ctx, t.at("/trust/markaz-RIG-02.crt"))
	if err != nil || status != http.StatusOK {
		return fmt.Errorf("the certificate of the box's authority: status %d, %w", status, err)
	}
	return t.trust(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// trust keeps the authority of the first start: it must be the same at every other.
func (t *town) trust(shown []byte) error {
	kept, err := os.ReadFile(t.root)
	if errors.Is(err, os.ErrNotExist) {
		return os.WriteFile(t.root, shown, 0o644)
	}
	if err == nil && !bytes.Equal(kept, shown) {
		err = errors.New("the box has another authority than before: no desk trusts it")
	}
	return err
}

// holds looks whether everything is there that anybody was told.
func (t *town) holds(ctx context.Context) error {
	for _, v := range t.visitors {
		if err := v.holds(ctx); err != nil {
			return err
		}
	}
	for _, c := range t.clerks {
		if err := c.holds(ctx); err != nil {
			return err
		}
	}
	return t.settles(ctx)
}

// settles waits until everybody has a paper, and looks for each that the box says is in hand.
func (t *town) settles(ctx context.Context) error {
	for _, v := range t.visitors {
		if err := v.settles(ctx); err != nil {
			return err
		}
	}
	if err := t.sheets.holds(); err != nil {
		return err
	}
	for _, v := range t.visitors {
		for _, n := range v.given {
			if n.state == desk.SlipInHand && !t.sheets.has(n.code) {
				return fmt.Errorf("the paper of %s is in hand, says the box, and never came out", n.token)
			}
		}
	}
	return nil
}

// open lets everybody press until the context ends.
func (t *town) open(ctx context.Context) {
	var all sync.WaitGroup
	for _, v := range t.visitors {
		all.Go(func() { v.come(ctx) })
	}
	for _, c := range t.clerks {
		all.Go(func() { c.work(ctx) })
	}
	all.Wait()
}

// fetch reads a page that is for everybody.
func fetch(ctx context.Context, url string) (status int, body []byte, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, nil, err
	}
	answer, err := (&http.Client{Timeout: fetchLimit}).Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	body, err = io.ReadAll(io.LimitReader(answer.Body, pageBytes))
	return answer.StatusCode, body, err
}

// await looks until something holds; why says what was seen last.
func await(ctx context.Context, limit time.Duration, what string, holds func() (ok bool, why string)) error {
	ctx, stop := context.WithTimeout(ctx, limit)
	defer stop()
	for {
		ok, why := holds()
		if ok {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waited in vain for %s: %s: %w", what, why, context.Cause(ctx))
		case <-time.After(look):
		}
	}
}
