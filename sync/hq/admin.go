package hq

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
)

// adminName is the socket of the admin door in the node's directory.
const adminName = "admin.sock"

// Admin is the door for whoever runs this machine: HTTP and JSON on a unix socket that only the node's own user may
// open. A verb is one path; a refusal says what to do.
type Admin struct {
	mux    *http.ServeMux
	socket net.Listener
}

// Refusal is an error of the admin door. Its Error is the text alone; a program that prints it adds the remedy.
type Refusal struct {
	Text   string `json:"error"`
	Remedy string `json:"remedy,omitempty"` // what a person can do now
}

// Error is what went wrong.
func (r Refusal) Error() string {
	if r.Remedy == "" {
		return r.Text
	}
	return r.Text + "\n" + r.Remedy
}

// openAdmin listens. A socket that an earlier run left is taken away: the raft log's lock has shown that nobody has it.
func openAdmin(dir string) (*Admin, error) {
	path, done, err := socketPath(dir)
	if err != nil {
		return nil, fmt.Errorf("open the admin door: %w", err)
	}
	defer done()
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("open the admin door: %w", err)
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("open the admin door: %w", err)
	}
	l.SetUnlinkOnClose(false) // its path is good only now; the next start removes it
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("open the admin door: %w", err), l.Close())
	}
	return &Admin{mux: http.NewServeMux(), socket: l}, nil
}

// socketPath leads to the socket through an open directory: the kernel takes no path of more than 107 bytes. It is good
// until done.
func socketPath(dir string) (path string, done func(), err error) {
	d, err := os.Open(dir)
	if err != nil {
		return "", nil, err
	}
	return filepath.Join("/proc/self/fd", fmt.Sprint(d.Fd()), adminName), func() { d.Close() }, nil
}

// Handle serves a pattern of http.ServeMux as it is, for what is too large for JSON.
func (a *Admin) Handle(pattern string, h http.Handler) { a.mux.Handle(pattern, h) }

// verb serves a pattern: the request's JSON becomes an In, what do gives becomes the answer's JSON. An error is
// answered as a Refusal.
func verb[In, Out any](a *Admin, pattern string, do func(context.Context, In) (Out, error)) {
	a.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		var in In
		if err := readJSON(http.MaxBytesReader(w, r.Body, adminBytesMax), &in); err != nil {
			refuse(w, http.StatusBadRequest, err)
			return
		}
		out, err := do(r.Context(), in)
		if err != nil {
			refuse(w, http.StatusConflict, err)
			return
		}
		writeJSON(w, http.StatusOK, out)
	})
}

// readJSON reads strictly: an unknown key is an error. No bytes at all are an empty request.
func readJSON(r io.Reader, in any) error {
	b, err := io.ReadAll(r)
	if err != nil || len(b) == 0 {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	return d.Decode(in)
}

func refuse(w http.ResponseWriter, status int, err error) {
	refusal, ok := errors.AsType[Refusal](err)
	if !ok {
		refusal.Text = err.Error()
	}
	writeJSON(w, status, refusal)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // who asked has gone: nobody is left to tell
}

// AdminClient speaks to the admin door of a node that runs on this machine.
type AdminClient struct {
	dir  string
	http http.Client
}

// ErrNotRunning is reported by an AdminClient when no node answers.
var ErrNotRunning = errors.New("no headquarters runs on that directory, or it belongs to another user")

// NewAdminClient makes a client for the node of a config.
func NewAdminClient(c Config) *AdminClient {
	a := &AdminClient{dir: c.Dir}
	a.http.Transport = &http.Transport{DialContext: a.dial, DisableKeepAlives: true}
	return a
}

func (a *AdminClient) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	path, done, err := socketPath(a.dir)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotRunning, err)
	}
	defer done()
	c, err := (&net.Dialer{}).DialContext(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotRunning, err)
	}
	return c, nil
}

// Call asks for a verb, "POST" and "/member/add", and reads its answer into out, which may be nil. It reports a Refusal
// or ErrNotRunning.
func (a *AdminClient) Call(ctx context.Context, method, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("ask headquarters for %s: %w", path, err)
	}
	answer, err := a.Do(ctx, method, path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer answer.Close()
	if out == nil {
		return nil
	}
	if err := json.NewDecoder(io.LimitReader(answer, adminBytesMax)).Decode(out); err != nil {
		return fmt.Errorf("read headquarters' answer to %s: %w", path, err)
	}
	return nil
}

// Do is Call for bodies that are not JSON. The caller closes the answer.
func (a *AdminClient) Do(ctx context.Context, method, path string, body io.Reader) (io.ReadCloser, error) {
	r, err := http.NewRequestWithContext(ctx, method, "http://admin"+path, body)
	if err != nil {
		return nil, fmt.Errorf("ask headquarters for %s: %w", path, err)
	}
	got, err := a.http.Do(r)
	if err != nil {
		return nil, fmt.Errorf("ask headquarters for %s: %w", path, err)
	}
	if got.StatusCode == http.StatusOK {
		return got.Body, nil
	}
	defer got.Body.Close()
	var refusal Refusal
	if err := json.NewDecoder(io.LimitReader(got.Body, adminBytesMax)).Decode(&refusal); err != nil || refusal.Text == "" {
		return nil, fmt.Errorf("ask headquarters for %s: it answers %s", path, got.Status)
	}
	return nil, refusal
}

func (h *HQ) openAdmin() (err error) {
	h.admin, err = openAdmin(h.config.Dir)
	return err
}

func (h *HQ) serveAdmin(ctx context.Context) error {
	return h.serve(ctx, "admin", h.admin.socket, &http.Server{Handler: h.admin.mux})
}
