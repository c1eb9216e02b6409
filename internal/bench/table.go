package bench

import (
	"fmt"
	"strings"
	"time"

	"amend/internal/lang"
)

// Head says where and on what the report was made, a line for each.
func (r Report) Head(l lang.Lang) []string {
	zh := l == lang.ZH
	pick := func(a, b string) string {
		if zh {
			return a
		}
		return b
	}
	rounds := fmt.Sprintf(pick("%d 轮取中位数", "medians of %d rounds"), r.Rounds)
	if r.Rounds == 1 {
		rounds = pick("一轮", "one round")
	}
	return []string{
		fmt.Sprintf(pick("%s，提交 %s，%s", "%s, commit %s, %s"), r.At.UTC().Format(time.RFC3339), orDash(r.Commit), r.Go),
		fmt.Sprintf(pick("%s，%d 核，%s", "%s, %d cores, %s"), orDash(r.CPU), r.Cores, r.System),
		fmt.Sprintf(pick("负载 %s → %s", "load %s → %s"), averages(r.LoadBefore), averages(r.LoadAfter)),
		fmt.Sprintf(pick("%s %s，%s 位客户，种子 %d，%s", "%s %s, %s customers, seed %d, %s"), r.Database, r.Version, Figure(float64(r.Customers)), r.Seed, rounds),
	}
}

func averages(a [3]float64) string { return fmt.Sprintf("%.2f %.2f %.2f", a[0], a[1], a[2]) }

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// Rows is the report as a table, its header first: a row for each of r.Lines.
func (r Report) Rows(l lang.Lang) [][]string {
	head := []string{"", "", "floor", "ours", "ratio", "goals"}
	if l == lang.ZH {
		head = []string{"", "", "下限", "实测", "比值", "目标"}
	}
	rows := [][]string{head}
	for _, line := range r.Lines {
		rows = append(rows, line.row(l))
	}
	return rows
}

func (l Line) row(in lang.Lang) []string {
	floor, ratio := "", ""
	if l.Floor > 0 {
		floor, ratio = Figure(l.Floor), Figure(l.Ratio)
	}
	return []string{
		Say(in, l.Job), Say(in, l.Name), floor, strings.TrimSpace(Figure(l.Ours) + " " + Say(in, l.Unit)), ratio,
		strings.Join(said(in, l.Goals, Goal.Say), " · "),
	}
}

// Beside is what else was seen while the line was measured.
func (l Line) Beside(in lang.Lang) string { return strings.Join(said(in, l.Facts, Fact.Say), " · ") }

func said[T any](in lang.Lang, of []T, say func(T, lang.Lang) string) []string {
	var all []string
	for _, one := range of {
		all = append(all, say(one, in))
	}
	return all
}
