package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// A serving is a server of one test, on an address of its own.
type serving struct {
	t    *testing.T
	data string
	base string
	stop func() int // stops it and answers its exit code
}

// start runs "amend serve" and waits until it says where it listens.
func start(t *testing.T) *serving {
	t.Helper()
	s := &serving{t: t, data: filepath.Join(t.TempDir(), "data")}
	ctx, cancel := context.WithCancel(t.Context())
	said, err := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- quiet(ctx, io.Discard, err).run([]string{"serve", "--addr", "127.0.0.1:0", "--data", s.data, "--lang", "en"})
		_ = err.Close()
	}()
	lines := bufio.NewScanner(said)
	for s.base == "" && lines.Scan() {
		if m := regexp.MustCompile(`Listening on (\S+);`).FindStringSubmatch(lines.Text()); m != nil {
			s.base = "http://" + m[1]
		}
	}
	go func() { _, _ = io.Copy(io.Discard, said) }()
	s.stop = func() int {
		cancel()
		return <-ended
	}
	t.Cleanup(cancel)
	if s.base == "" {
		t.Fatalf("it never listened: exit code %d", s.stop())
	}
	return s
}

// command runs another command on the same data and answers what it printed.
func (s *serving) command(args ...string) string {
	s.t.Helper()
	var out, errs bytes.Buffer
	if code := quiet(s.t.Context(), &out, &errs).run(append(args, "--data", s.data, "--lang", "en")); code != exitOK {
		s.t.Fatalf("%v: exit code %d: %s", args, code, errs.String())
	}
	return strings.TrimSpace(out.String())
}

func (s *serving) get(path, token string) (int, string) {
	s.t.Helper()
	q, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.base+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if token != "" {
		q.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(q)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

func TestCommandsWorkBesideARunningServer(t *testing.T) {
	s := start(t)
	if code, body := s.get("/readyz", ""); code != http.StatusOK {
		t.Fatalf("%d %s", code, body)
	}
	if code, _ := s.get("/api/v1/board", ""); code != http.StatusUnauthorized {
		t.Fatalf("nobody was asked who they are: %d", code)
	}
	token := s.command("token", "add", "ada", "--role", "steward")
	if code, body := s.get("/api/v1/board", token); code != http.StatusOK {
		t.Fatalf("%d %s", code, body)
	}
	if got := s.command("user", "list"); !strings.Contains(got, "ada") {
		t.Fatal(got)
	}
	if code, body := s.get("/metrics", ""); code != http.StatusOK || !strings.Contains(body, `route="/api/v1/board"`) {
		t.Fatalf("%d %s", code, body)
	}
	if code := s.stop(); code != exitOK {
		t.Fatalf("exit code %d", code)
	}
}

// What a command wrote is placed in the log by the server's work loop.
func TestServerPlacesWhatCommandsWroteInTheLog(t *testing.T) {
	s := start(t)
	token := s.command("token", "add", "ada", "--role", "auditor")
	deadline, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for deadline.Err() == nil {
		code, body := s.get("/api/v1/log/checkpoint", token)
		var head struct{ Size int64 }
		if code == http.StatusOK && (json.Unmarshal([]byte(body), &head) != nil || head.Size > 0) {
			if code := s.stop(); code != exitOK {
				t.Fatalf("exit code %d", code)
			}
			if got := s.command("log", "verify"); !strings.Contains(got, "Record intact") {
				t.Fatal(got)
			}
			return
		}
	}
	t.Fatal("no head was ever signed")
}

func TestTakenAddressIsSaidAndNothingIsMade(t *testing.T) {
	s := start(t)
	var out, errs bytes.Buffer
	other := filepath.Join(t.TempDir(), "other")
	code := quiet(t.Context(), &out, &errs).run([]string{"serve", "--addr", strings.TrimPrefix(s.base, "http://"), "--data", other, "--lang", "en"})
	if code != exitFailed || !strings.Contains(errs.String(), "AMEND_ADDR") {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	if _, err := readFile(filepath.Join(other, "amend.key"), 1<<20); err == nil {
		t.Fatal("a key was made")
	}
}
