package bench

import (
	"bufio"
	"context"
	"crypto/rand"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"amend/internal/keys"
)

// Start measures how long "amend serve" takes from its start until it says that it is ready,
// on a database with customers, and what it takes of memory and disk then.
func Start(ctx context.Context, o Options) (_ []Line, err error) {
	program := o.Program
	if program == "" {
		if program, err = os.Executable(); err != nil {
			return nil, err
		}
	}
	folder, err := os.MkdirTemp("", "amend-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	p, err := openPlace(o.URL)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.clear(ctx)) }()
	url, err := p.fresh(ctx, "start")
	if err != nil {
		return nil, err
	}
	c := child{program: program, folder: folder, database: url}
	if err := c.found(ctx, o); err != nil {
		return nil, err
	}
	line, err := c.starts(ctx, max(o.Rounds, 1))
	return []Line{line}, err
}

// A child is the program's own server on a database of the run.
type child struct {
	program, folder, database string
	cmd                       *exec.Cmd
	base                      string // where it listens
}

// found makes the house that is served: customers on record, systems, and a log that is done.
func (c *child) found(ctx context.Context, o Options) error {
	master, err := keys.CreateFile(c.keyFile(), rand.Reader)
	if err != nil {
		return err
	}
	g, err := foundGround(ctx, c.database, master, nil)
	if err != nil {
		return err
	}
	o.say("导入 %d 位客户", "bringing in %d customers", o.Customers)
	return errors.Join(g.load(ctx, o.Customers), g.loop(ctx, nil), g.close())
}

func (c *child) keyFile() string { return filepath.Join(c.folder, "amend.key") }

// settling is how long a server that is ready is left alone before its memory is looked at.
const settling = time.Second

// starts starts it once to warm the machine, and then as often as there are rounds.
func (c *child) starts(ctx context.Context, rounds int) (Line, error) {
	var took []float64
	var resident int64
	for i := range rounds + 1 {
		ready, err := c.start(ctx)
		if err != nil {
			return Line{}, err
		}
		if i == rounds {
			resident = c.settled(ctx)
		}
		if err := c.stop(); err != nil {
			return Line{}, err
		}
		if i > 0 {
			took = append(took, float64(ready)/float64(time.Millisecond))
		}
	}
	ms := median(took, func(f float64) float64 { return f })
	line := Line{Job: "start", Name: "amend serve, warm", Unit: "ms", Ours: ms}
	goals := []Goal{most("ours", 200)}
	if resident > 0 {
		line.Facts = append(line.Facts, Fact{"idle memory", "MiB", float64(resident) / (1 << 20)})
		goals = append(goals, most("idle memory", 60))
	}
	size, stripped, err := sizeOf(c.program)
	if err != nil {
		return line, err
	}
	line.Facts = append(line.Facts, Fact{"program", "MB", float64(size) / 1e6})
	if stripped {
		goals = append(goals, most("program", 45))
	}
	return line.judged(goals...), nil
}

// listening is what serve says once it has its address.
var listening = regexp.MustCompile(`Listening on (127\.0\.0\.1:[0-9]+);`)

// start answers how long it took from the start of the process to its first "ready".
func (c *child) start(ctx context.Context) (time.Duration, error) {
	c.cmd = exec.CommandContext(ctx, c.program, "serve", "--addr", "127.0.0.1:0", "--lang", "en", "--log-level", "error",
		"--data", filepath.Join(c.folder, "data"), "--key-file", c.keyFile(), "--base-url", "http://localhost")
	c.cmd.Env = append(strangers(os.Environ()), "AMEND_DATABASE_URL="+c.database)
	said, err := c.cmd.StderrPipe()
	if err != nil {
		return 0, err
	}
	began := time.Now()
	if err := c.cmd.Start(); err != nil {
		return 0, err
	}
	lines := bufio.NewScanner(said)
	for c.base = ""; c.base == "" && lines.Scan(); {
		if m := listening.FindStringSubmatch(lines.Text()); m != nil {
			c.base = "http://" + m[1]
		}
	}
	if c.base == "" {
		return 0, errors.Join(errors.New("amend serve did not listen"), c.cmd.Wait())
	}
	go func() { _, _ = io.Copy(io.Discard, said) }()
	for {
		ready, err := c.ready(ctx)
		if ready || ctx.Err() != nil {
			return time.Since(began), ctx.Err()
		}
		if time.Since(began) > patience {
			return 0, errors.Join(fmt.Errorf("amend serve is not ready after %s", patience), err, c.stop())
		}
		time.Sleep(time.Millisecond)
	}
}

// strangers leaves out the settings of the house that the run was started in: none of its
// files and addresses may be touched.
func strangers(env []string) []string {
	return slices.DeleteFunc(env, func(v string) bool { return strings.HasPrefix(v, "AMEND_") })
}

// patience bounds how long a start may take.
const patience = time.Minute

func (c *child) ready(ctx context.Context) (bool, error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/readyz", nil)
	if err != nil {
		return false, err
	}
	res, err := http.DefaultClient.Do(q)
	if err != nil {
		return false, err
	}
	return res.StatusCode == http.StatusOK, res.Body.Close()
}

// settled is what it has in memory when it has been left alone for a while, in bytes.
func (c *child) settled(ctx context.Context) int64 {
	select {
	case <-ctx.Done():
	case <-time.After(settling):
	}
	return status(fmt.Sprint(c.cmd.Process.Pid), "VmRSS")
}

// stop lets it end as an operator does.
func (c *child) stop() error {
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return c.cmd.Wait()
}

// sizeOf answers the size of a program, and whether its symbols were left out, as they are
// of the one that is shipped. Elsewhere than on Linux nobody can tell.
func sizeOf(program string) (size int64, stripped bool, err error) {
	info, err := os.Stat(program)
	if err != nil {
		return 0, false, err
	}
	file, err := elf.Open(program)
	if err != nil {
		return info.Size(), false, nil
	}
	defer file.Close()
	return info.Size(), file.Section(".symtab") == nil, nil
}
