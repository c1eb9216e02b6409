package main

import (
	"bytes"
	"context"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"amend/internal/lang"
)

var update = flag.Bool("update", false, "write what the demo says to its golden files")

// entropy is the same stream of bytes in every run; several readers may share it.
type entropy struct {
	mu   sync.Mutex
	from *rand.ChaCha8
}

func (e *entropy) Read(p []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.from.Read(p)
}

// told is the demo as one reader sees it, in a folder.
func told(t *testing.T, l lang.Lang, dir string, color bool) string {
	t.Helper()
	var out bytes.Buffer
	story, err := demo(context.Background(), &out, demoOptions{
		Lang: l, Color: color, Data: dir, Amend: "amend",
		Now: time.Date(2026, 11, 22, 7, 30, 0, 0, time.UTC), Rand: &entropy{from: rand.NewChaCha8([32]byte{'d', 'e', 'm', 'o'})},
	})
	if err != nil {
		t.Fatalf("%v, after:\n%s", err, out.String())
	}
	if err := story.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// settled replaces what differs between two runs of the same story: references, tokens of
// links, the folder, and where a back-off is spread.
func settled(text, dir string) string {
	for _, r := range []struct{ what, by string }{
		{regexp.QuoteMeta(dir), "DATA"},
		{`REQ-[0-9A-Z]{7}`, "REQ-XXXXXXX"},
		{`/l/[A-Za-z0-9_-]{6}`, "/l/XXXXXX"},
		{`(2026-11-22 14:5[56]):\d\d`, "$1:SS"},
	} {
		text = regexp.MustCompile(r.what).ReplaceAllString(text, r.by)
	}
	return text
}

func TestDemoTellsTheStoryInBothLanguages(t *testing.T) {
	for _, l := range lang.Langs() {
		t.Run(string(l), func(t *testing.T) {
			dir := t.TempDir()
			got := settled(told(t, l, dir, false), dir)
			golden := filepath.Join("testdata", "demo."+string(l)+".txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("the story reads differently (go test -run Demo -update writes it anew):\n%s", difference(string(want), got))
			}
		})
	}
}

// difference shows the first line in which two texts part.
func difference(want, got string) string {
	wants, gots := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(wants), len(gots)) {
		if wants[i] != gots[i] {
			return "want " + wants[i] + "\ngot  " + gots[i]
		}
	}
	return "one ends earlier"
}

func TestDemoStaysWithinTheScreen(t *testing.T) {
	for _, l := range lang.Langs() {
		for _, line := range strings.Split(settled(told(t, l, t.TempDir(), false), t.TempDir()), "\n") {
			if cells(line) > columns && !strings.Contains(line, string(filepath.Separator)+"Test") {
				t.Errorf("%s: %d columns: %s", l, cells(line), line)
			}
		}
	}
}

func TestDemoColoursAddNothingButColour(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	plain, coloured := told(t, lang.EN, first, false), told(t, lang.EN, second, true)
	if !strings.Contains(coloured, "\x1b[") {
		t.Fatal("no colour")
	}
	bare := regexp.MustCompile("\x1b\\[[0-9]*m").ReplaceAllString(coloured, "")
	if settled(bare, second) != settled(plain, first) {
		t.Error("without its colours, the story reads differently")
	}
}

func TestDemoLeavesAReceiptThatTheCommandVerifies(t *testing.T) {
	dir := t.TempDir()
	told(t, lang.EN, dir, false)
	var files []string
	for _, kind := range []string{"*.json", "*.html"} {
		found, err := filepath.Glob(filepath.Join(dir, kind))
		if err != nil || len(found) != 1 {
			t.Fatalf("%s: %v, %v", kind, found, err)
		}
		files = append(files, found...)
	}
	for _, file := range files {
		var out, errs bytes.Buffer
		a := &app{ctx: context.Background(), out: &out, err: &errs, getenv: func(string) string { return "" }}
		if code := a.run([]string{"receipt", "verify", file, "--key", filepath.Join(dir, "log.pub")}); code != exitOK {
			t.Errorf("%s: exit code %d: %s%s", filepath.Base(file), code, out.String(), errs.String())
		}
	}
}

func TestDemoBeginsOnlyInAnEmptyFolder(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "amend.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := demoFolder(dir); err == nil {
		t.Error("a folder with data in it was taken")
	}
}

func TestStoryBeginsInTheMarchThatIsOldEnough(t *testing.T) {
	for now, want := range map[string]string{"2026-11-22": "2026-03-01", "2026-05-30": "2026-03-01", "2026-05-29": "2025-03-01", "2027-01-05": "2026-03-01"} {
		at, err := time.Parse(time.DateOnly, now)
		if err != nil {
			t.Fatal(err)
		}
		if got := beginning(at.Add(9 * time.Hour)).Format(time.DateOnly); got != want {
			t.Errorf("at %s the story begins on %s, want %s", now, got, want)
		}
	}
}

func TestWideCharactersTakeTwoColumns(t *testing.T) {
	for text, want := range map[string]int{"": 0, "abc": 3, "资料": 4, "王小芳 OK": 9, "（一）": 6, "ÄÖ": 2} {
		if got := cells(text); got != want {
			t.Errorf("%q takes %d columns, want %d", text, got, want)
		}
	}
}

func TestNoLineBeginsWithAClosingMark(t *testing.T) {
	text := strings.Repeat("资料更新，核实完成。", 12)
	for limit := 10; limit < 40; limit++ {
		for _, line := range wrap(text, limit) {
			if strings.ContainsAny(string([]rune(line)[:1]), neverFirst) {
				t.Fatalf("at %d: %q", limit, line)
			}
		}
		if got := strings.Join(wrap(text, limit), ""); got != text {
			t.Fatalf("at %d something got lost: %q", limit, got)
		}
	}
}

func TestWordsAreWrappedAtSpaces(t *testing.T) {
	lines := wrap("a customer's phone changes only through a channel proven before", 20)
	for _, line := range lines {
		if cells(line) > 20 || strings.HasPrefix(line, " ") || strings.HasSuffix(line, " ") {
			t.Errorf("%q", line)
		}
	}
	if got := strings.Join(lines, " "); got != "a customer's phone changes only through a channel proven before" {
		t.Errorf("got %q", got)
	}
}

func TestCommandsAreShownAsTheReaderCallsThem(t *testing.T) {
	for arg, want := range map[string]string{"/tmp/go-build1/b001/exe/amend": "go run ./cmd/amend", "bin/amend": "bin/amend", "amend": "amend"} {
		if got := called(arg); got != want {
			t.Errorf("called(%q) = %q, want %q", arg, got, want)
		}
	}
}
