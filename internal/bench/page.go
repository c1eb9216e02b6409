package bench

import (
	"errors"
	"fmt"
	"math"
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

// Page is the page of figures: each job on each database and size with its newest figures and
// how to run it again, how that grows, what others do, and what is worked out from it.
func Page(reports []Report, l lang.Lang) string {
	w := pageWords(l)
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n", w.title, w.intro)
	for _, database := range databases(reports) {
		fmt.Fprintf(&b, "\n## %s\n\n", database)
		if len(growth(reports, database)) > 0 {
			fmt.Fprintf(&b, "![%s](%s)\n\n", w.chart, chartFile(database, l))
		}
		b.WriteString(w.columns + "\n")
		for _, m := range newest(reports, database) {
			b.WriteString(m.row(l))
		}
		b.WriteString(farther(reports, database, l))
	}
	fmt.Fprintf(&b, "\n## %s\n\n%s\n", w.peers, w.peersText)
	return b.String()
}

// A measured line with the report that it is from.
type measured struct {
	Line
	in Report
}

// newest answers, for each line of a database at each size, its newest figures, in the order
// of the jobs.
func newest(reports []Report, database string) []measured {
	var all []measured
	at := map[string]int{}
	for _, r := range reports {
		if r.Database != database {
			continue
		}
		for _, l := range r.Lines {
			key := fmt.Sprint(l.Job, "\x00", l.Name, "\x00", r.Customers)
			if i, known := at[key]; known {
				all[i] = measured{l, r}
				continue
			}
			at[key] = len(all)
			all = append(all, measured{l, r})
		}
	}
	place := func(job string) int { return slices.IndexFunc(Jobs(), func(j Job) bool { return j.Name == job }) }
	slices.SortStableFunc(all, func(a, b measured) int {
		if d := place(a.Job) - place(b.Job); d != 0 {
			return d
		}
		return a.in.Customers - b.in.Customers
	})
	return all
}

func (m measured) row(l lang.Lang) string {
	row := m.Line.row(l)
	commit, load := orDash(m.in.Commit), fmt.Sprintf("%.1f → %.1f", m.in.LoadBefore[0], m.in.LoadAfter[0])
	cells := []string{
		row[0] + "<br>" + row[1], Figure(float64(m.in.Customers)), orDash(row[2]), row[3], orDash(row[4]), orDash(strings.ReplaceAll(row[6], " · ", "<br>")),
		orDash(strings.ReplaceAll(row[5], " · ", "<br>")), commit, m.in.At.Format(time.DateOnly), load, "`" + m.command() + "`",
	}
	return "| " + strings.Join(cells, " | ") + " |\n"
}

// command is what measures the line again.
func (m measured) command() string {
	c := fmt.Sprintf("amend bench %s --customers %d --rounds %d --changes %d --seed %d", m.Job, m.in.Customers, m.in.Rounds, m.in.Changes, m.in.Seed)
	if m.in.Database != "sqlite" {
		c += " --server postgres://…"
	}
	return c
}

// farther works out what ten and a hundred million customers would take, from the bytes of
// one and from what each decade cost so far. It says nothing where there is nothing to go by.
func farther(reports []Report, database string, l lang.Lang) string {
	w := pageWords(l)
	var lines []string
	if each, n := bytesEach(reports, database); each > 0 {
		for _, customers := range []float64{1e7, 1e8} {
			lines = append(lines, fmt.Sprintf(w.disk, Figure(each), Figure(float64(n)), Figure(customers), Figure(each*customers/(1<<30))))
		}
	}
	for _, s := range growth(reports, database) {
		kept, from := s.decade()
		for _, customers := range []float64{1e7, 1e8} {
			if customers <= float64(from.customers) {
				continue
			}
			rate := from.rate * math.Pow(kept, math.Log10(customers/float64(from.customers)))
			lines = append(lines, fmt.Sprintf(w.slope, Say(l, s.name), Figure(100*kept), Figure(float64(from.customers)), Figure(from.rate), Figure(customers), Figure(rate)))
		}
	}
	if len(lines) == 0 {
		return ""
	}
	return "\n### " + w.farther + "\n\n- " + strings.Join(lines, "\n- ") + "\n"
}

// decade is what share of its rate a job kept over the last decade that was measured, and the
// largest size of it.
func (s series) decade() (kept float64, from point) {
	before, from := s.points[len(s.points)-2], s.points[len(s.points)-1]
	decades := math.Log10(float64(from.customers) / float64(before.customers))
	return math.Pow(from.rate/before.rate, 1/decades), from
}

// bytesEach is what one customer takes on disk, by the largest list that was brought in.
func bytesEach(reports []Report, database string) (each float64, customers int) {
	for _, m := range newest(reports, database) {
		if disk := m.figure("disk"); m.Job == "import" && disk > 0 && m.in.Customers >= customers {
			each, customers = disk, m.in.Customers
		}
	}
	return each, customers
}
