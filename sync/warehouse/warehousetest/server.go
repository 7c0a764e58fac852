// Package warehousetest runs a PostgreSQL of its own for tests and measurements: a process on a socket in a directory of
// its own, without TCP, gone when it is closed.
package warehousetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// ErrMissing is reported when the server is not installed.
var ErrMissing = errors.New("PostgreSQL is not installed: install Debian's package postgresql (its service need not run)")

// binaries is where Debian keeps the servers, one directory a version.
const binaries = "/usr/lib/postgresql/*/bin"

// startMax bounds a start: on a machine under load it takes seconds, after a kill it reads its log first.
const startMax = 2 * time.Minute

// Server is one PostgreSQL. It is not for several goroutines.
type Server struct {
	dir      string // of everything
	bin      string
	settings []string
	who      *syscall.SysProcAttr
	cmd      *exec.Cmd
	ended    chan error
}

// Open starts a server in a new directory under parent, whose path must be short enough for a socket and open to every
// user. Settings are of postgresql.conf: "fsync=off" where only processes die and never the machine.
// It reports ErrMissing.
func Open(parent string, settings ...string) (s *Server, err error) {
	s = &Server{settings: settings, who: &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT}}
	if s.bin, err = newest(); err != nil {
		return nil, err
	}
	if s.dir, err = os.MkdirTemp(parent, "markaz-pg-"); err != nil {
		return nil, fmt.Errorf("make the server's directory: %w", err)
	}
	if err = errors.Join(s.become(), s.init()); err == nil {
		err = s.Start()
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.dir))
	}
	return s, nil
}

// newest is the directory of the newest server that is installed.
func newest() (string, error) {
	found, err := filepath.Glob(filepath.Join(binaries, "postgres"))
	if err != nil || len(found) == 0 {
		return "", errors.Join(ErrMissing, err)
	}
	version := func(p string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(p))))
		return n
	}
	best := slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })
	return filepath.Dir(best), nil
}

// become chooses another user when this is root, as whom PostgreSQL refuses to run, and gives it the directory.
func (s *Server) become() error {
	if os.Geteuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		return fmt.Errorf("find a user for the server: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	gid, fault := strconv.ParseUint(u.Gid, 10, 32)
	if err := errors.Join(err, fault); err != nil {
		return fmt.Errorf("find a user for the server: %w", err)
	}
	s.who.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return os.Chown(s.dir, int(uid), int(gid))
}

func (s *Server) init() error {
	out, err := s.command("initdb", "--pgdata", s.data(), "--auth", "trust", "--username", "markaz",
		"--encoding", "UTF8", "--no-locale", "--no-sync", "--no-instructions").CombinedOutput()
	if err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	return nil
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir, cmd.SysProcAttr = s.dir, s.who
	cmd.Env = []string{"LC_ALL=C", "PATH=/usr/bin:/bin"}
	return cmd
}

// Start starts the server that was stopped or killed, and returns when it answers.
func (s *Server) Start() error {
	args := []string{"-D", s.data(), "-k", s.dir, "-c", "listen_addresses=", "-c", "max_connections=20"}
	for _, c := range s.settings {
		args = append(args, "-c", c)
	}
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	s.cmd = s.command("postgres", args...)
	s.cmd.Stdout, s.cmd.Stderr = log, log
	if err := s.launch(); err != nil {
		return fmt.Errorf("start postgres: %w", err)
	}
	return s.await()
}

// launch starts the process so that it goes at once when this one dies. The kernel means the thread that started it, so
// that one is kept for as long.
func (s *Server) launch() error {
	started, ended := make(chan error), make(chan error, 1)
	s.ended = ended
	go func(cmd *exec.Cmd) {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		if started <- err; err == nil {
			ended <- cmd.Wait()
		}
	}(s.cmd)
	return <-started
}

// await asks until the server answers. There is nothing else to wait for: its socket is there before it is.
func (s *Server) await() error {
	ctx, stop := context.WithTimeout(context.Background(), startMax)
	defer stop()
	for {
		c, err := pgx.Connect(ctx, s.URL("postgres"))
		if err == nil {
			return c.Close(ctx)
		}
		select {
		case <-s.ended:
			return fmt.Errorf("postgres ended at once: %s", s.log())
		case <-ctx.Done():
			return fmt.Errorf("postgres does not answer: %w: %s", err, s.log())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (s *Server) log() []byte {
	b, _ := os.ReadFile(filepath.Join(s.dir, "log"))
	return b
}

// URL is how to reach a database of the server.
func (s *Server) URL(database string) string {
	return "postgres:///" + database + "?user=markaz&host=" + s.dir
}

// Create makes an empty database.
func (s *Server) Create(ctx context.Context, database string) error {
	c, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		return err
	}
	_, err = c.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{database}.Sanitize()+" TEMPLATE template0")
	return errors.Join(err, c.Close(ctx))
}

// Kill ends the server and everything that it started, without a word, as a power cut ends them.
func (s *Server) Kill() error {
	parent := s.cmd.Process
	if err := parent.Signal(syscall.SIGSTOP); err != nil { // so that it starts no more
		return err
	}
	children, err := childrenOf(parent.Pid)
	err = errors.Join(err, parent.Kill())
	<-s.ended
	for _, pid := range children {
		if fault := syscall.Kill(pid, syscall.SIGKILL); fault != nil && !errors.Is(fault, syscall.ESRCH) {
			err = errors.Join(err, fault)
		}
	}
	for _, pid := range children {
		awaitGone(pid)
	}
	return err
}

// awaitGone returns when a killed process has let go of its memory: a server does not start beside one that has not.
func awaitGone(pid int) {
	for {
		state, _ := stateOf(pid)
		if state == "" || state == "Z" || state == "X" {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// stateOf is a process's state and parent, as the kernel's proc(5) has them; empty for one that is gone.
func stateOf(pid int) (state, parent string) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, rest, _ := strings.Cut(string(b), ") ") // behind the name
	fields := strings.Fields(rest)
	if err != nil || len(fields) < 2 {
		return "", ""
	}
	return fields[0], fields[1]
}

// childrenOf are the processes that a process started. PostgreSQL's are in no group of their parent's.
func childrenOf(parent int) (pids []int, err error) {
	all, err := filepath.Glob("/proc/[0-9]*")
	for _, path := range all {
		pid, _ := strconv.Atoi(filepath.Base(path))
		if _, of := stateOf(pid); of == strconv.Itoa(parent) {
			pids = append(pids, pid)
		}
	}
	return pids, err
}

// Close stops the server and removes everything it wrote.
func (s *Server) Close() error {
	err := s.cmd.Process.Signal(syscall.SIGINT) // fast: open sessions are ended
	if err == nil {
		<-s.ended
	}
	if errors.Is(err, os.ErrProcessDone) {
		err = nil
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}
