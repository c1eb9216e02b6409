package experiments

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// strace answers a command that runs this test binary as one of its children under
// strace, which writes into trace what it saw. It fails where strace is not installed, or
// may not look at other processes.
func strace(t testing.TB, trace string, options []string, child string, env ...string) *exec.Cmd {
	t.Helper()
	all := append([]string{"-f", "--seccomp-bpf", "-qq", "-y", "-xx", "-o", trace}, options...)
	cmd := exec.Command("strace", append(all, "--", os.Args[0])...)
	cmd.Env = append(append(os.Environ(), childVar+"="+child), env...)
	return cmd
}

// mayTrace fails the test with what to do where strace cannot work.
func mayTrace(t testing.TB) {
	t.Helper()
	said, err := exec.Command("strace", "-f", "--seccomp-bpf", "-qq", "-o", os.DevNull, "true").CombinedOutput()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		t.Fatal("strace is not installed: run 'scripts/ready test', or install it")
	case err != nil:
		t.Fatalf("strace may not trace: allow ptrace (in a container: --cap-add SYS_PTRACE; else kernel.yama.ptrace_scope 0): %v\n%s", err, said)
	}
}

// A straced call is one system call as strace saw it end.
type straced struct {
	thread   int
	name     string
	path     string   // of the descriptor, or the name that was opened or removed
	args     []string // those behind the first, strings decoded
	result   int64
	errno    string // of a call that failed
	injected bool   // it failed because strace was told to fail it
}

// readTrace gives each every call of a trace, in the order in which they ended.
func readTrace(trace string, each func(straced) error) error {
	f, err := os.Open(trace)
	if err != nil {
		return err
	}
	defer f.Close()
	begun := map[string]string{} // by thread: a call that another thread's interrupted
	lines := bufio.NewReaderSize(f, 1<<20)
	for {
		line, err := lines.ReadString('\n')
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		line = strings.TrimSuffix(line, "\n")
		thread, rest, _ := strings.Cut(line, " ")
		rest = strings.TrimLeft(rest, " ")
		if first, cut := strings.CutSuffix(rest, " <unfinished ...>"); cut {
			begun[thread] = first
			continue
		}
		if strings.HasSuffix(rest, " <detached ...>") {
			continue // a thread that was still waiting when the program ended
		}
		if m := resumedForm.FindStringIndex(rest); m != nil {
			rest = begun[thread] + rest[m[1]:]
		}
		c, ok, err := parseCall(thread, rest)
		if err != nil {
			return fmt.Errorf("%w: %.300s", err, line)
		}
		if !ok {
			continue
		}
		if err := each(c); err != nil {
			return err
		}
	}
}

var (
	resumedForm = regexp.MustCompile(`^<\.\.\. \w+ resumed>`)
	callForm    = regexp.MustCompile(`^(\w+)\((.*)\) += (-?\d+|\?)(?:<[^>]*>)?(?: (E[A-Z0-9]+) \([^)]*\))?( \(INJECTED\))?$`)
	boundForm   = regexp.MustCompile(`^\d+<([^>]*)>$`)
)

// parseCall reads one line; false for what is no call, such as a signal.
func parseCall(thread, line string) (c straced, ok bool, err error) {
	m := callForm.FindStringSubmatch(line)
	if m == nil {
		if strings.HasPrefix(line, "---") || strings.HasPrefix(line, "+++") || strings.HasSuffix(line, "= ?") {
			return c, false, nil
		}
		return c, false, errors.New("a line of strace that cannot be read")
	}
	if c.thread, err = strconv.Atoi(thread); err != nil {
		return c, false, err
	}
	c.name, c.errno, c.injected = m[1], m[4], m[5] != ""
	c.result, _ = strconv.ParseInt(m[3], 10, 64)
	c.args = strings.Split(m[2], ", ") // the strings are all in hex: no comma stands in them
	for i, arg := range c.args {
		if c.args[i], err = decodeHex(arg); err != nil {
			return c, false, err
		}
	}
	if bound := boundForm.FindStringSubmatch(c.args[0]); bound != nil {
		c.path = bound[1]
		c.args = c.args[1:]
		return c, true, nil
	}
	if strings.HasPrefix(c.args[0], "AT_FDCWD") {
		c.args = c.args[1:]
	}
	if len(c.args) > 0 {
		c.path, c.args = c.args[0], c.args[1:]
	}
	return c, true, nil
}

// decodeHex answers what strace wrote as "\x41\x42", quoted or inside angle brackets.
func decodeHex(s string) (string, error) {
	if !strings.Contains(s, `\x`) {
		return strings.Trim(s, `"`), nil
	}
	before, hexed, _ := strings.Cut(s, `\x`)
	hexed, after := cutHex(`\x` + hexed)
	raw, err := hex.DecodeString(strings.ReplaceAll(hexed, `\x`, ""))
	if strings.HasPrefix(after, `"...`) {
		return "", errors.New("strace cut a string short")
	}
	return strings.Trim(before, `"`) + string(raw) + strings.Trim(after, `"`), err
}

// cutHex splits behind the last \xHH that s begins with.
func cutHex(s string) (hexed, after string) {
	n := 0
	for n+4 <= len(s) && s[n] == '\\' && s[n+1] == 'x' {
		n += 4
	}
	return s[:n], s[n:]
}
