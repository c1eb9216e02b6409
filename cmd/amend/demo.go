package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"amend/internal/keys"
	"amend/internal/lang"
	"amend/internal/sandbox"
	"amend/notify"
)

type demoCmd struct {
	Once    bool `help:"${demo_once}"`
	NoColor bool `help:"${demo_no_color}"`
}

// Run tells the story, and then serves the world it happened in.
func (c demoCmd) Run(a *app) error {
	t, err := demo(a.ctx, a.out, demoOptions{
		Lang: a.lang, Color: !c.NoColor && colours(a.out), Data: a.demoData(), Amend: called(os.Args[0]),
		Now: now(), Rand: rand.Reader,
	})
	if err != nil {
		return err
	}
	if c.Once {
		return t.Close()
	}
	return errors.Join(a.serveDemo(t), t.Close())
}

// demoSite is where the story's links lead, before anything is served.
const demoSite = "https://portal.example.com"

// demoData is the data directory of the demo: a fresh one, unless another than the usual
// one is named, which is for real data.
func (a *app) demoData() string {
	if usual, err := filepath.Abs("amend-data"); err == nil && usual == a.config.Data {
		return ""
	}
	return a.config.Data
}

// called is how the reader calls the command: as they did, also through go run.
func called(arg string) string {
	if strings.Contains(filepath.ToSlash(arg), "/go-build") {
		return "go run ./cmd/amend"
	}
	return arg
}

// demoOptions says how the story is told. Time and entropy are arguments, so that a test
// hears the same story twice.
type demoOptions struct {
	Lang  lang.Lang
	Color bool
	Data  string // the data directory: "" makes a fresh one
	Amend string // how the reader calls the command
	Now   time.Time
	Rand  io.Reader
}

// demo tells how a phone number changes, in a world of its own, and answers the story with
// that world still open. Another outcome than the expected one is an error, and never one
// of the faults by which a command says something else than "it failed".
func demo(ctx context.Context, out io.Writer, o demoOptions) (*story, error) {
	t, err := openStory(ctx, out, o)
	if err != nil {
		return nil, err
	}
	if err := t.tell(ctx); err != nil {
		return nil, fmt.Errorf("the story went another way: %v", errors.Join(err, t.Close()))
	}
	return t, nil
}

func openStory(ctx context.Context, out io.Writer, o demoOptions) (*story, error) {
	zone := time.FixedZone("UTC+8", 8*60*60)
	dir, err := demoFolder(o.Data)
	if err != nil {
		return nil, err
	}
	master, err := keys.CreateFile(filepath.Join(dir, "amend.key"), o.Rand)
	if err != nil {
		return nil, err
	}
	begin := beginning(o.Now.In(zone))
	w, err := sandbox.Open(ctx, sandbox.Config{
		URL: "sqlite://" + filepath.ToSlash(filepath.Join(dir, "amend.db")), Folder: filepath.Join(dir, "systems"),
		Keys: master, Start: begin, Rand: o.Rand, Zone: zone, Lang: notify.Lang(o.Lang), Base: demoSite,
	})
	if err != nil {
		return nil, fmt.Errorf("open the demo in %s: %w", dir, err)
	}
	s := &screen{out: out, lang: o.Lang, color: o.Color, zone: zone, amend: o.Amend}
	return &story{World: w, s: s, dir: dir, begin: begin, end: o.Now, read: map[string]int{}}, nil
}

// demoFolder answers the data directory: a fresh one, or an empty one that was named.
func demoFolder(named string) (string, error) {
	if named == "" {
		return os.MkdirTemp("", "amend-demo-")
	}
	if err := os.MkdirAll(named, 0o700); err != nil {
		return "", err
	}
	held, err := os.ReadDir(named)
	if err != nil {
		return "", err
	}
	if len(held) > 0 {
		return "", fmt.Errorf("%s is not empty: the demo begins with nothing", named)
	}
	return filepath.Abs(named)
}

// beginning is the first of March at nine, in the year that leaves a channel proven then
// old enough to speak for a change now.
func beginning(now time.Time) time.Time {
	first := time.Date(now.Year(), time.March, 1, 9, 0, 0, 0, now.Location())
	if now.Sub(first) < 90*24*time.Hour {
		first = first.AddDate(-1, 0, 0)
	}
	return first
}

// demoWords is what help says about the demo.
func demoWords() map[string][2]string {
	return map[string][2]string{
		"demo":          {"示例数据，一次完整的变更，讲完继续提供服务", "sample data and one whole change as a story; then it serves"},
		"demo_examples": {"amend demo\namend demo --once --lang zh", "amend demo\namend demo --once --lang en"},
		"demo_once":     {"讲完就结束；结果与预期不同时退出码为 1", "end after the story; exit code 1 if it went another way"},
		"demo_no_color": {"不用颜色", "no colours"},
	}
}
