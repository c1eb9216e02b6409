// Package bench measures the program on this machine against the floor that it stands on:
// the same rows and bytes with no product around them, in the same run, taking turns.
//
// A machine is noisy, so a figure alone says little: the same binary has differed by six
// times between a busy and a quiet hour. What is printed is a ratio of medians of rounds
// that alternate, with the machine's load beside it. A benchmark is a command and never a
// test with a clock in it.
package bench

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"amend/internal/lang"
)

// Options say what to measure, and where.
type Options struct {
	URL       string // a folder (sqlite:///folder) or a server (postgres://…) to make databases on; they are removed
	Customers int    // on record before anything is measured
	Rounds    int    // of floor and ours in turn
	Clients   []int  // how many ask at once
	Changes   int    // in a round, at more than one client; a single one makes a quarter of them
	Seed      uint64
	Log       *slog.Logger
	Progress  io.Writer // one line for each step that takes long
	Lang      lang.Lang // of those lines
	Program   string    // what is started as "amend serve"; "": this very program

	stock *stock // what the jobs of a run work on copies of
}

// A Job is one of the things that are measured.
type Job struct {
	Name string
	Run  func(ctx context.Context, o Options) ([]Line, error)
}

// Jobs lists what can be measured, in the order of the page.
func Jobs() []Job {
	return []Job{
		{"fsync", Fsync},
		{"apply", Apply},
		{"life", Life},
		{"read", Read},
		{"search", Search},
		{"sync", Sync},
		{"log", Log},
		{"import", Import},
		{"http", HTTP},
		{"page", Pages},
		{"start", Start},
	}
}

// Find answers the job of a name.
func Find(name string) (Job, bool) {
	i := slices.IndexFunc(Jobs(), func(j Job) bool { return j.Name == name })
	if i < 0 {
		return Job{}, false
	}
	return Jobs()[i], true
}

// say tells whoever watches what takes so long.
func (o Options) say(zh, en string, args ...any) {
	if o.Progress == nil {
		return
	}
	if o.Lang == lang.ZH {
		en = zh
	}
	fmt.Fprintf(o.Progress, en+"\n", args...)
}

// changes is how many acts one round makes at so many clients: a lone one is slower, and
// its rounds need not be long to be even.
func (o Options) changes(clients int) int {
	if clients == 1 {
		return max(o.Changes/4, 1)
	}
	return o.Changes
}

// took is how long do takes.
func took(do func() error) (time.Duration, error) {
	began := time.Now()
	err := do()
	return time.Since(began), err
}
