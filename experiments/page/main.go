// Command page writes docs/reliability.md, in both languages, from the outcomes that the
// experiments kept: page OUTCOMES FOUND DOCS, three folders. FOUND holds what the
// experiments taught, written by hand, as found.en.md and found.zh.md.
package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"amend/experiments"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: page OUTCOMES FOUND DOCS")
		os.Exit(2)
	}
	if err := write(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "page:", err)
		os.Exit(1)
	}
}

func write(outcomes, found, docs string) error {
	all, err := read(outcomes)
	if err != nil {
		return err
	}
	for _, l := range languages() {
		taught, err := os.ReadFile(filepath.Join(found, "found."+l.tag+".md"))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(docs, l.file), []byte(l.page(all, string(taught))), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// read reads every outcome of a folder; one that was run in its small size is no figure for a page.
func read(folder string) ([]experiments.Outcome, error) {
	paths, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return nil, err
	}
	var all []experiments.Outcome
	for _, path := range paths {
		o, err := experiments.ReadOutcome(path)
		if err != nil {
			return nil, err
		}
		if !o.Full {
			return nil, fmt.Errorf("%s was not run in its full size", path)
		}
		all = append(all, o)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no outcomes in %s", folder)
	}
	slices.SortFunc(all, func(a, b experiments.Outcome) int { return cmp.Compare(a.Name, b.Name) })
	return all, nil
}

// A language is a page in it.
type language struct {
	tag, file                              string
	pick                                   func(experiments.Words) string
	head, broken, holds, held, lost, again string // the last five with their colon or mark
	glance                                 string // header of the table at the top
	facts                                  string // outcome, seconds, seed, commit, day, machine
}

func languages() []language {
	return []language{
		{tag: "en", file: "reliability.md", pick: func(w experiments.Words) string { return w.EN },
			head: headEN, broken: "Broken on purpose: ", holds: "What must hold: ", held: "held", lost: "**broken**", again: "Run it again:",
			glance: "| Experiment | How often | What was lost | Verdict |\n|---|---|---|---|\n",
			facts:  "Verdict: %s, in %.0f s. Seed %d, commit `%s`, %s, %s."},
		{tag: "zh", file: "reliability.zh-CN.md", pick: func(w experiments.Words) string { return w.ZH },
			head: headZH, broken: "故意弄坏：", holds: "必须成立：", held: "成立", lost: "**不成立**", again: "重跑：",
			glance: "| 实验 | 弄坏了多少 | 丢了什么 | 结论 |\n|---|---|---|---|\n",
			facts:  "结论：%s，用时 %.0f 秒。种子 %d，提交 `%s`，%s，%s。"},
	}
}

func (l language) page(all []experiments.Outcome, taught string) string {
	var b strings.Builder
	b.WriteString(l.head)
	b.WriteString(l.glance)
	for _, o := range all {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s | %s |\n", l.pick(o.Title), anchor(l.pick(o.Title)), l.said(o.Counts[0]), l.said(loss(o)), l.verdict(o))
	}
	b.WriteString("\n")
	for _, o := range all {
		l.section(&b, o)
	}
	b.WriteString(taught)
	return b.String()
}

func (l language) verdict(o experiments.Outcome) string {
	if o.Held {
		return l.held
	}
	return l.lost
}

func (l language) said(c experiments.Count) string {
	return "**" + grouped(c.N) + "**<br>" + l.pick(c.What)
}

// loss is the count that must be zero: the last one that is, or else the last one.
func loss(o experiments.Outcome) experiments.Count {
	for _, c := range slices.Backward(o.Counts) {
		if c.N == 0 {
			return c
		}
	}
	return o.Counts[len(o.Counts)-1]
}

// anchor is what a heading is linked by.
func anchor(title string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, title)
}

func (l language) section(b *strings.Builder, o experiments.Outcome) {
	fmt.Fprintf(b, "## %s\n\n%s%s\n\n%s%s\n\n| | |\n|---|---:|\n", l.pick(o.Title), l.broken, l.pick(o.Broken), l.holds, l.pick(o.Holds))
	for _, c := range o.Counts {
		fmt.Fprintf(b, "| %s | %s |\n", l.pick(c.What), grouped(c.N))
	}
	fmt.Fprintf(b, "\n"+l.facts+" %s\n\n```\n%s\n```\n\n", l.verdict(o), o.Took, o.Seed, o.Commit, o.At.Format("2006-01-02"), o.Machine, l.again, o.Command())
}

// grouped writes 1234567 as 1,234,567.
func grouped(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

const headEN = `# Reliability: what was broken on purpose, how often, and what was lost

Every figure here comes from a run of the command beside it, on the commit and the day that are named. ` + "`make test`" + `
runs each experiment in a small size, ` + "`make experiments`" + ` in the size of this page. What broke on the way stands at
the end, with what changed: an experiment that never found anything would prove little.

Three things this page does not say. A killed process is not a lost machine: what the operating system holds survives
the first, and the experiments with power loss and failing disks are there for the second. Disks that lie about a flush
are beyond any program. And nothing here measures speed: that is [performance](performance.md).

`

const headZH = `# 可靠性：故意弄坏了什么，弄坏了多少次，丢了什么

这里的每个数字都来自旁边那条命令的一次运行，注明了提交和日期。` + "`make test`" + ` 以小规模运行每个实验，` + "`make experiments`" + ` 以本页的规模运行。
途中弄坏的东西列在最后，并写明改了什么：从没发现过问题的实验证明不了什么。

有三点本页没有说。进程被杀不等于机器断电：操作系统手里的数据在前一种情况下还在，后一种由断电和坏盘实验负责。对刷盘撒谎的磁盘，任何程序都无能为力。
这里也不衡量快慢，那是[性能](performance.zh-CN.md)一页的事。

`
