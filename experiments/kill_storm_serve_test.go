package experiments

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"amend/customer"
	"amend/desk"
	"amend/internal/keys"
	"amend/internal/store"
	"amend/policy"
)

// A served is "amend serve" on loopback, with a data directory of its own: the real
// program, which can be killed and started again. Clients find it by its address, which is
// another one after each start.
type served struct {
	t       testing.TB
	program string
	data    string
	at      atomic.Value // string: where it listens; "" while it does not
	cmd     *exec.Cmd
	errors  servedTail
	starts  []time.Duration // from the start of the process until it listens
}

// newServed prepares a data directory with n people on record. Nothing runs yet.
func newServed(t testing.TB, program, data string, n int) *served {
	t.Helper()
	s := &served{t: t, program: program, data: data}
	s.at.Store("")
	t.Cleanup(s.kill)
	var table strings.Builder
	table.WriteString("name,phone\n")
	for i := range n {
		fmt.Fprintf(&table, "Wang Fang,138%08d\n", i)
	}
	path := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(path, []byte(table.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	s.command("import", path, "--migration", "--operator", "ada")
	return s
}

// command runs another command on the same data and answers what it printed.
func (s *served) command(args ...string) string {
	s.t.Helper()
	cmd := exec.Command(s.program, append(args, "--data", s.data, "--lang", "en")...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		s.t.Fatalf("amend %s: %v\n%s%s", strings.Join(args, " "), err, out, said.Bytes())
	}
	return strings.TrimSpace(string(out))
}

// token makes a bearer token of a role.
func (s *served) token(role string) string {
	s.t.Helper()
	return s.command("token", "add", role, "--role", role)
}

// listening is what the program says once everything is open.
var listening = regexp.MustCompile(`Listening on (\S+);`)

// spawn starts the program and answers where it will say that it listens, which is closed
// if it ends before.
func (s *served) spawn() <-chan string {
	s.t.Helper()
	s.cmd = exec.Command(s.program, "serve", "--addr", "127.0.0.1:0", "--data", s.data, "--lang", "en", "--log-level", "error")
	said, err := s.cmd.StderrPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	where := make(chan string, 1)
	go func() {
		defer close(where)
		lines := bufio.NewScanner(said)
		for lines.Scan() {
			if m := listening.FindStringSubmatch(lines.Text()); m != nil {
				where <- "http://" + m[1]
				continue
			}
			s.errors.add(lines.Text())
		}
	}()
	return where
}

// start starts the program and waits until it listens.
func (s *served) start() {
	s.t.Helper()
	began := time.Now()
	at, ok := <-s.spawn()
	if !ok {
		s.kill()
		s.t.Fatalf("it never listened:\n%s", s.errors.String())
	}
	s.starts = append(s.starts, time.Since(began))
	s.at.Store(at)
}

// kill is SIGKILL: nothing of the process runs any more.
func (s *served) kill() {
	s.at.Store("")
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait() // it was killed: that is its outcome
	s.cmd = nil
}

// stop asks the program to end, and waits for it.
func (s *served) stop() {
	s.t.Helper()
	s.at.Store("")
	err := s.cmd.Process.Signal(os.Interrupt)
	if err == nil {
		err = s.cmd.Wait()
	}
	s.cmd = nil
	if err != nil {
		s.t.Fatalf("it did not end well: %v\n%s", err, s.errors.String())
	}
}

// errDown is the answer of a program that does not listen.
var errDown = errors.New("nobody listens")

// maxAnswer bounds an answer that a client reads, in bytes.
const maxAnswer = 1 << 20

// ask sends one request. header holds names and values in turn.
func (s *served) ask(ctx context.Context, c *http.Client, method, path, body string, header ...string) (int, []byte, error) {
	at := s.at.Load().(string)
	if at == "" {
		return 0, nil, errDown
	}
	q, err := http.NewRequestWithContext(ctx, method, at+path, strings.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	for i := 0; i+1 < len(header); i += 2 {
		q.Header.Set(header[i], header[i+1])
	}
	res, err := c.Do(q)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	return res.StatusCode, text, err
}

// servedTail keeps the last lines that a process wrote, for whoever looks into a failure.
type servedTail struct {
	mu    sync.Mutex
	lines []string
}

// maxTail bounds the lines that are kept.
const maxTail = 60

func (k *servedTail) add(line string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.lines = append(k.lines, line); len(k.lines) > maxTail {
		k.lines = k.lines[1:]
	}
}

// String answers the kept lines.
func (k *servedTail) String() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return strings.Join(k.lines, "\n")
}

// openServed opens the database of a program that has ended, as the program does. Whoever
// calls it closes the store.
func openServed(r *run, data string) (*store.Store, *keys.Master, *desk.Desk) {
	r.Helper()
	master, err := keys.OpenFile(filepath.Join(data, "amend.key"))
	r.must(err)
	db, err := store.Open(r.Context(), store.Options{URL: "sqlite://" + filepath.Join(data, "amend.db"), Keys: master, Catalog: customer.Shipped()})
	r.must(err)
	d := desk.New(db, master, desk.House{Catalog: customer.Shipped(), Policy: policy.Shipped()}, desk.Outside{})
	return db, master, d
}
