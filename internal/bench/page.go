package bench

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"amend/internal/lang"
)

// WritePages writes the page of figures in both languages, and its charts, into a folder,
// from the reports in another.
func WritePages(runs, to string) error {
	reports, err := readReports(runs)
	if err != nil {
		return err
	}
	for _, l := range lang.Langs() {
		if err := os.WriteFile(filepath.Join(to, pageFile("performance", l, "md")), []byte(Page(reports, l)), 0o644); err != nil {
			return err
		}
		for _, database := range databases(reports) {
			if len(growth(reports, database)) == 0 {
				continue
			}
			if err := os.WriteFile(filepath.Join(to, chartFile(database, l)), []byte(Chart(reports, database, l)), 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

// readReports reads every report of a folder, oldest first.
func readReports(folder string) ([]Report, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no reports in %s", folder)
	}
	var all []Report
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		r, err := ReadReport(file)
		if err = errors.Join(err, file.Close()); err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		all = append(all, r)
	}
	slices.SortStableFunc(all, func(a, b Report) int { return a.At.Compare(b.At) })
	return all, nil
}

func pageFile(name string, l lang.Lang, kind string) string {
	if l == lang.ZH {
		return name + ".zh-CN." + kind
	}
	return name + "." + kind
}

func chartFile(database string, l lang.Lang) string {
	return pageFile("performance-"+database, l, "svg")
}

func databases(reports []Report) []string {
	var names []string
	for _, r := range reports {
		names = append(names, r.Database)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Page is the page of figures: each job on each database and size with its newest figures
// beside its first ones, what bounds those that miss their goal, how they grow, what others
// do, what is worked out from it, and the runs that it is all from.
func Page(reports []Report, l lang.Lang) string {
	w := pageWords(l)
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n", w.title, w.intro)
	for _, database := range databases(reports) {
		fmt.Fprintf(&b, "\n## %s\n\n", w.databases[database])
		all := compared(reports, database)
		fmt.Fprintf(&b, w.met+"\n\n", met(all), judgedOf(all))
		if len(growth(reports, database)) > 0 {
			fmt.Fprintf(&b, "![%s](%s)\n\n", w.chart, chartFile(database, l))
		}
		b.WriteString(w.columns + "\n")
		for _, m := range all {
			b.WriteString(m.row(l))
		}
		b.WriteString(bounded(all, database, l))
		b.WriteString(farther(reports, database, l))
	}
	fmt.Fprintf(&b, "\n## %s\n\n%s\n", w.peers, w.peersText)
	fmt.Fprintf(&b, "\n## %s\n\n%s\n", w.runs, w.runColumns)
	for i, r := range reports {
		b.WriteString(r.row(letter(i), l))
	}
	return b.String()
}

// A measured line with the report that it is from, and how the line was first measured.
type measured struct {
	Line
	in    int // which of the reports
	size  int // customers
	first Line
	once  bool // it was measured once
}

// compared answers, for each line of a database at each size, its newest figures, in the
// order of the jobs.
func compared(reports []Report, database string) []measured {
	var all []measured
	at := map[string]int{}
	for n, r := range reports {
		if r.Database != database {
			continue
		}
		for _, l := range r.Lines {
			key := fmt.Sprint(l.Job, "\x00", l.Name, "\x00", r.Customers)
			if i, known := at[key]; known {
				all[i].Line, all[i].in, all[i].once = l, n, false
				continue
			}
			at[key] = len(all)
			all = append(all, measured{l, n, r.Customers, l, true})
		}
	}
	place := func(job string) int { return slices.IndexFunc(Jobs(), func(j Job) bool { return j.Name == job }) }
	slices.SortStableFunc(all, func(a, b measured) int {
		if d := place(a.Job) - place(b.Job); d != 0 {
			return d
		}
		return a.size - b.size
	})
	return all
}

// judgedOf and met count the goals that lines have and meet.
func judgedOf(all []measured) (n int) {
	for _, m := range all {
		n += len(m.Goals)
	}
	return n
}

func met(all []measured) (n int) {
	for _, m := range all {
		for _, g := range m.Goals {
			if g.Met {
				n++
			}
		}
	}
	return n
}

func (m measured) row(l lang.Lang) string {
	row, first := m.Line.row(l), "-"
	if !m.once {
		was := m.first.row(l)
		first = strings.TrimSuffix(was[3]+"<br>"+was[4], "<br>")
	}
	lines := func(s string) string { return orDash(strings.ReplaceAll(s, " · ", "<br>")) }
	cells := []string{
		"**" + row[0] + "**<br>" + row[1], Figure(float64(m.size)), orDash(row[2]), row[3], orDash(row[4]), lines(row[5]), lines(m.Beside(l)), first, letter(m.in),
	}
	return "| " + strings.Join(cells, " | ") + " |\n"
}

// letter names a run on the page: A, B, … Z, A1, B1.
func letter(n int) string {
	s := string(rune('A' + n%26))
	if n >= 26 {
		s += fmt.Sprint(n / 26)
	}
	return s
}

// row is a run as the page lists it, with the command that does it again.
func (r Report) row(letter string, l lang.Lang) string {
	job := r.Lines[0].Job
	for _, line := range r.Lines {
		if line.Job != job && job != "fsync" {
			job = "all"
			break
		}
		job = line.Job
	}
	c := fmt.Sprintf("amend bench %s --customers %d --rounds %d --changes %d --seed %d", job, r.Customers, r.Rounds, r.Changes, r.Seed)
	if r.Database != "sqlite" {
		c += " --server postgres://…"
	}
	cells := []string{
		letter, "`" + c + "`", orDash(r.Commit), r.At.Format(time.DateOnly), fmt.Sprintf("%.1f → %.1f", r.LoadBefore[0], r.LoadAfter[0]),
		fmt.Sprintf(pageWords(l).machine, orDash(r.CPU), r.Cores, r.System, r.Go, r.Database, r.Version),
	}
	return "| " + strings.Join(cells, " | ") + " |\n"
}
