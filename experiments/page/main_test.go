package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"amend/experiments"
)

func outcome(full bool) experiments.Outcome {
	words := func(zh, en string) experiments.Words { return experiments.Words{ZH: zh, EN: en} }
	return experiments.Outcome{
		Trial: experiments.Trial{Name: "storm", Title: words("风暴", "Storm"), Broken: words("杀进程", "kills"), Holds: words("一条不丢", "nothing lost")},
		Test:  "TestStorm", Full: full, Seed: 7, Held: true, Took: 12, At: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), Commit: "abc", Machine: "box",
		Counts: []experiments.Count{{What: words("次数", "kills"), N: 1234567}, {What: words("少", "few"), N: 12}},
	}
}

func TestPageSaysEveryOutcomeInBothLanguages(t *testing.T) {
	outcomes, found, docs := t.TempDir(), t.TempDir(), t.TempDir()
	for name, text := range map[string]string{"found.en.md": "## Found\n", "found.zh.md": "## 发现\n"} {
		if err := os.WriteFile(filepath.Join(found, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := outcome(true).Keep(outcomes); err != nil {
		t.Fatal(err)
	}
	if err := write(outcomes, found, docs); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string][]string{
		"reliability.md":       {"| [Storm](#storm) | **1,234,567**<br>kills | **12**<br>few | held |", "## Storm", "1,234,567", "| few | 12 |", "-run '^TestStorm$'", "commit `abc`, 2026-11-22", "Verdict: held", "## Found"},
		"reliability.zh-CN.md": {"## 风暴", "1,234,567", "结论：成立", "提交 `abc`", "## 发现"},
	} {
		page, err := os.ReadFile(filepath.Join(docs, file))
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !strings.Contains(string(page), w) {
				t.Errorf("%s does not say %q:\n%s", file, w, page)
			}
		}
	}
}

func TestSmallRunIsNoFigureForAPage(t *testing.T) {
	outcomes := t.TempDir()
	if _, err := read(outcomes); err == nil {
		t.Error("a page of nothing")
	}
	if err := outcome(false).Keep(outcomes); err != nil {
		t.Fatal(err)
	}
	if _, err := read(outcomes); err == nil || !strings.Contains(err.Error(), "full size") {
		t.Error(err)
	}
}

func TestNumbersAreGroupedByThousands(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000"} {
		if got := grouped(n); got != want {
			t.Errorf("%d is written %s", n, got)
		}
	}
}
