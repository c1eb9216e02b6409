package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"amend/fault"
	"amend/internal/lang"
)

// quiet is a run of the command that keeps what it writes.
func quiet(ctx context.Context, out, err io.Writer) *app {
	return &app{ctx: ctx, out: out, err: err, getenv: func(string) string { return "" }}
}

func TestDemoOnceEndsWithoutServing(t *testing.T) {
	var out, errs bytes.Buffer
	code := quiet(t.Context(), &out, &errs).run([]string{"demo", "--once", "--lang", "zh", "--data", t.TempDir()})
	if code != exitOK || !strings.Contains(out.String(), "9/9") || strings.Contains(out.String(), "/api/v1") {
		t.Errorf("exit code %d, after:\n%s%s", code, out.String(), errs.String())
	}
}

func TestDemoThatCannotBeToldFails(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "amend.db"), []byte("something else"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	if code := quiet(t.Context(), &out, &errs).run([]string{"demo", "--once", "--data", dir}); code != exitFailed {
		t.Errorf("exit code %d, want %d: %s", code, exitFailed, errs.String())
	}
}

func TestStoryFailsWhereARefusalIsMissing(t *testing.T) {
	var out bytes.Buffer
	s := &story{s: &screen{out: &out, lang: lang.EN}}
	for _, err := range []error{nil, errors.New("broken"), fault.New(fault.Denied, "not_allowed")} {
		if s.denied(err, "customer_only", "他请坐席代填：", "He asks the agent:") == nil {
			t.Errorf("%v was taken for the refusal that the story tells", err)
		}
	}
	if out.Len() > 0 {
		t.Errorf("the screen says: %s", out.String())
	}
	if err := s.denied(fault.New(fault.Denied, "customer_only"), "customer_only", "他请坐席代填：", "He asks the agent:"); err != nil {
		t.Error(err)
	}
}

func TestDemoServesTheWorldOfItsStory(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var out bytes.Buffer
	said, log := io.Pipe()
	code := make(chan int)
	go func() {
		code <- quiet(ctx, &out, log).run([]string{"demo", "--lang", "en", "--addr", "127.0.0.1:0", "--data", t.TempDir()})
		_ = log.Close()
	}()
	lines := bufio.NewScanner(said)
	for lines.Scan() && !strings.Contains(lines.Text(), "Listening") {
		t.Log(lines.Text())
	}
	guide := out.String() // whole before the server listens
	go func() { _, _ = io.Copy(io.Discard, said) }()

	base := found(t, guide, `portal\s+(http://\S+)/\n`)
	for _, address := range []string{base + "/readyz", base + "/", found(t, guide, `console\s+(http://\S+)\n`), found(t, guide, `app codes\s+(http://\S+)\n`)} {
		answer, err := http.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Errorf("%s answers %d", address, answer.StatusCode)
		}
	}
	stop()
	if got := <-code; got != exitOK {
		t.Errorf("exit code %d", got)
	}
}

// found answers what a pattern's group matches in text.
func found(t *testing.T, text, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("%s is not in:\n%s", pattern, text)
	}
	return m[1]
}

func TestCommandsInQuotesGoOnWithoutABackslash(t *testing.T) {
	var out bytes.Buffer
	s := &screen{out: &out, lang: lang.EN}
	s.command("curl URL", `-d '{"a":1,`, `"b":2}'`)
	want := "     $ curl URL \\\n         -d '{\"a\":1,\n         \"b\":2}'\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}
