package experiments

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// Words say one thing in Chinese and in English.
type Words struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// A Trial says what an experiment does, for the page.
type Trial struct {
	Name   string `json:"name"`   // "kill-storm": of the outcome's file
	Title  Words  `json:"title"`  // a few words
	Broken Words  `json:"broken"` // what is broken on purpose, and how often
	Holds  Words  `json:"holds"`  // what must hold all the same
}

// A Count is a number that an experiment ends with: how often something was broken, how
// much was done meanwhile, how much was lost.
type Count struct {
	What Words `json:"what"`
	N    int64 `json:"n"`
}

// An Outcome is a trial that was run.
type Outcome struct {
	Trial
	Test    string    `json:"test"` // name of the test, which its command ends with
	Full    bool      `json:"full"`
	Seed    uint64    `json:"seed,omitempty"`
	Counts  []Count   `json:"counts"`
	Held    bool      `json:"held"` // nothing failed
	Took    float64   `json:"took"` // seconds
	At      time.Time `json:"at"`
	Commit  string    `json:"commit"`
	Machine string    `json:"machine"`
}

// Command is how a reader runs the same again.
func (o Outcome) Command() string {
	return fmt.Sprintf("scripts/with-postgres go test ./experiments -run '^%s$' -count 1 -timeout 60m -full", o.Test)
}

// Keep writes the outcome as JSON into dir.
func (o Outcome) Keep(dir string) error {
	text, err := json.MarshalIndent(o, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, o.Name+".json"), append(text, '\n'), 0o644)
}

// ReadOutcome reads what Keep wrote.
func ReadOutcome(path string) (o Outcome, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return o, err
	}
	if err := json.Unmarshal(text, &o); err != nil {
		return o, fmt.Errorf("read outcome %s: %w", path, err)
	}
	return o, nil
}

// Commit is the commit that the tree stands on, with a plus if files differ from it.
func Commit() string {
	head, err := exec.Command("git", "rev-parse", "--short=10", "HEAD").Output()
	if err != nil {
		return "unknown"
	}
	changed, err := exec.Command("git", "status", "--porcelain", "--untracked-files=no", "--", "*.go", "*.sql", "go.mod").Output()
	commit := strings.TrimSpace(string(head))
	if err != nil || len(changed) > 0 {
		return commit + "+"
	}
	return commit
}

// Machine says what the program runs on: system, cores and Go.
func Machine() string {
	return fmt.Sprintf("%s/%s, %d cores, %s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
}
