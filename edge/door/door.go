package door

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

// Door is HTTP and JSON on a unix socket that only its owner's user may open. A verb is one path; a refusal says what to
// do. Verbs are added before Run.
type Door struct {
	mux    *http.ServeMux
	socket net.Listener
}

// Refusal is an error of a door. Its Error is the text alone; a program that prints it adds the remedy.
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

// Open listens on a socket of a directory. One that an earlier run left is taken away: the caller has a lock on the
// directory that shows that nobody has it.
func Open(dir, name string) (*Door, error) {
	path, done, err := socketPath(dir, name)
	if err != nil {
		return nil, fmt.Errorf("open the door %s: %w", name, err)
	}
	defer done()
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("open the door %s: %w", name, err)
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("open the door %s: %w", name, err)
	}
	l.SetUnlinkOnClose(false) // its path is good only now; the next start removes it
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("open the door %s: %w", name, err), l.Close())
	}
	return &Door{mux: http.NewServeMux(), socket: l}, nil
}

// socketPath leads to the socket through an open directory: the kernel takes no path of more than 107 bytes. It is good
// until done.
func socketPath(dir, name string) (path string, done func(), err error) {
	d, err := os.Open(dir)
	if err != nil {
		return "", nil, err
	}
	return filepath.Join("/proc/self/fd", fmt.Sprint(d.Fd()), name), func() { d.Close() }, nil
}

// Handle serves a pattern of http.ServeMux as it is, for what is too large for JSON.
func (d *Door) Handle(pattern string, h http.Handler) { d.mux.Handle(pattern, h) }

// Verb serves a pattern: the request's JSON becomes an In, what do gives becomes the answer's JSON. An error is
// answered as a Refusal.
func Verb[In, Out any](d *Door, pattern string, do func(context.Context, In) (Out, error)) {
	d.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		var in In
		if err := readJSON(http.MaxBytesReader(w, r.Body, bodyBytesMax), &in); err != nil {
			refuse(w, http.StatusBadRequest, err)
			return
		}
		out, err := do(r.Context(), in)
		if err != nil {
			Refuse(w, err)
			return
		}
		Answer(w, out)
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

// Refuse answers with an error, for a handler of Handle.
func Refuse(w http.ResponseWriter, err error) { refuse(w, http.StatusConflict, err) }

// Answer answers with JSON, for a handler of Handle.
func Answer(w http.ResponseWriter, v any) { writeJSON(w, http.StatusOK, v) }

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

// Client speaks to a door of this machine.
type Client struct {
	dir, name string
	closed    error // what its owner calls a door that nobody answers at
	http      http.Client
}

// NewClient makes a client for the door of a directory. It reports closed when nobody answers there.
func NewClient(dir, name string, closed error) *Client {
	c := &Client{dir: dir, name: name, closed: closed}
	c.http.Transport = &http.Transport{DialContext: c.dial, DisableKeepAlives: true}
	return c
}

func (c *Client) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	path, done, err := socketPath(c.dir, c.name)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", c.closed, err)
	}
	defer done()
	line, err := (&net.Dialer{}).DialContext(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", c.closed, err)
	}
	return line, nil
}

// Call asks for a verb, "POST" and "/member/add", and reads its answer into out, which may be nil. It reports a Refusal
// or what the client calls a closed door.
func (c *Client) Call(ctx context.Context, method, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("ask for %s: %w", path, err)
	}
	return c.Ask(ctx, method, path, bytes.NewReader(body), out)
}

// Ask is Call with a body that is not JSON.
func (c *Client) Ask(ctx context.Context, method, path string, body io.Reader, out any) error {
	answer, err := c.Do(ctx, method, path, body)
	if err != nil {
		return err
	}
	defer answer.Close()
	if out == nil {
		return nil
	}
	if err := json.NewDecoder(io.LimitReader(answer, bodyBytesMax)).Decode(out); err != nil {
		return fmt.Errorf("read the answer to %s: %w", path, err)
	}
	return nil
}

// Do is Call for bodies and answers that are not JSON. The caller closes the answer.
func (c *Client) Do(ctx context.Context, method, path string, body io.Reader) (io.ReadCloser, error) {
	r, err := http.NewRequestWithContext(ctx, method, "http://door"+path, body)
	if err != nil {
		return nil, fmt.Errorf("ask for %s: %w", path, err)
	}
	got, err := c.http.Do(r)
	if err != nil {
		return nil, fmt.Errorf("ask for %s: %w", path, err)
	}
	if got.StatusCode == http.StatusOK {
		return got.Body, nil
	}
	defer got.Body.Close()
	var refusal Refusal
	if err := json.NewDecoder(io.LimitReader(got.Body, bodyBytesMax)).Decode(&refusal); err != nil || refusal.Text == "" {
		return nil, fmt.Errorf("ask for %s: it answers %s", path, got.Status)
	}
	return nil, refusal
}

// Run serves until the context ends.
func (d *Door) Run(ctx context.Context) error {
	s := &http.Server{Handler: d.mux, ReadHeaderTimeout: headerMax}
	served := make(chan error, 1)
	go func() { served <- s.Serve(d.socket) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve the door: %w", err)
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopMax)
	defer cancel()
	if err := s.Shutdown(stopping); err != nil {
		_ = s.Close() // whoever still asks is cut off
	}
	<-served
	return nil
}

// Close lets go of the socket of a door that does not run.
func (d *Door) Close() error { return d.socket.Close() }
