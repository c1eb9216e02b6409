package bench

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"amend/internal/lang"
)

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
		var rates []string
		for _, customers := range []float64{1e7, 1e8} {
			if customers > float64(from.customers) {
				rate := from.rate * math.Pow(kept, math.Log10(customers/float64(from.customers)))
				rates = append(rates, fmt.Sprintf(w.slope, Figure(customers), Figure(rate)))
			}
		}
		lines = append(lines, fmt.Sprintf(w.decade, Say(l, s.name), Figure(100*kept), Figure(float64(from.customers)), Figure(from.rate), strings.Join(rates, w.comma)))
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
	for _, m := range compared(reports, database) {
		if disk := m.figure("disk"); m.Job == "import" && disk > 0 && m.size >= customers {
			each, customers = disk, m.size
		}
	}
	return each, customers
}

// bounded says what bounds the jobs that miss a goal, as far as profiles told.
func bounded(all []measured, database string, l lang.Lang) string {
	var lines []string
	for _, m := range all {
		says := pageWords(l).bounds[m.Job+" "+database]
		if line := "**" + Say(l, m.Job) + "** " + says; m.Failed && says != "" && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return ""
	}
	return "\n### " + pageWords(l).bound + "\n\n- " + strings.Join(lines, "\n- ") + "\n"
}
