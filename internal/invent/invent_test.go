package invent_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"amend/customer"
	"amend/internal/invent"
	"amend/quality"
)

// A list is what both sorts of list can do.
type list interface {
	Header() []string
	Row(i int) invent.Row
}

func lists(seed uint64) map[customer.Kind]list {
	return map[customer.Kind]list{
		customer.Person: invent.People(invent.Usual(seed)), customer.Organization: invent.Organizations(invent.Usual(seed)),
	}
}

func TestDuplicatesAndErrorsAreAsManyAsWanted(t *testing.T) {
	const rows = 40_000
	for kind, l := range lists(3) {
		duplicates, damaged, chinese := 0, 0, 0
		twists := map[invent.Twist]int{}
		for i := range rows {
			row := l.Row(i)
			if row.Of != i {
				duplicates++
			}
			if row.Column != "" {
				damaged++
			}
			if row.Cells[slices.Index(l.Header(), "country")] == "CN" {
				chinese++
			}
			for _, w := range row.Twists {
				twists[w]++
			}
		}
		within(t, kind, "duplicates", duplicates, rows*5/100)
		within(t, kind, "damaged", damaged, rows/100)
		within(t, kind, "chinese", chinese, rows/2)
		if want := map[customer.Kind]int{customer.Person: 13, customer.Organization: 11}[kind]; len(twists) != want {
			t.Errorf("%s: not %d sorts of twist: %v", kind, want, twists)
		}
	}
}

// within allows four standard deviations of a count, and two hundredths of it for damaged countries.
func within(t *testing.T, kind customer.Kind, what string, got, want int) {
	t.Helper()
	if d := got - want; d*d > 16*want+want*want/2500 {
		t.Errorf("%s: %d %s, want about %d", kind, got, what, want)
	}
}

func TestNothingIsPlantedWhereNothingIsWanted(t *testing.T) {
	clean := invent.People{Seed: 1, Chinese: 1}
	for i := range 5_000 {
		row := clean.Row(i)
		if row.Of != i || row.Twists != nil || row.Column != "" || row.Damage != "" || row.Cells[7] != "CN" {
			t.Fatalf("%d: %+v", i, row)
		}
	}
	if foreign := (invent.People{Seed: 1}).Row(0); foreign.Cells[7] == "CN" {
		t.Fatalf("%+v", foreign)
	}
}

// A duplicate is told from a stranger by what is left alike, and what the truth says changed did change.
func TestDuplicateIsTheSameCustomerWrittenDifferently(t *testing.T) {
	for kind, l := range lists(11) {
		for i := range 20_000 {
			row := l.Row(i)
			if row.Of == i {
				continue
			}
			first := l.Row(row.Of)
			if row.Of > i || first.Of != row.Of {
				t.Fatalf("%s %d is said to be %d, which is %d", kind, i, row.Of, first.Of)
			}
			alike, differ := 0, 0
			for at := 1; at < len(row.Cells); at++ {
				switch {
				case row.Cells[at] != first.Cells[at]:
					differ++
				case row.Cells[at] != "":
					alike++
				}
			}
			for _, w := range row.Twists {
				if !changed(w, row.Cells, first.Cells) {
					t.Fatalf("%s %d: no %s: %q %q", kind, i, w, row.Cells, first.Cells)
				}
			}
			if len(row.Twists) == 0 || differ == 0 || alike < 4 || row.Cells[0] == first.Cells[0] {
				t.Fatalf("%s %d %v: %d alike, %d differ: %q %q", kind, i, row.Twists, alike, differ, row.Cells, first.Cells)
			}
		}
	}
}

// changed reports whether the cells that a twist is about are not what they were.
func changed(w invent.Twist, now, was []string) bool {
	about := map[invent.Twist][]int{
		invent.OldPhone: {5}, invent.OtherMail: {6}, invent.Moved: {8, 9, 10, 11}, invent.ShortStreet: {10},
		invent.DateSlip: {3}, invent.Form: {3, 5}, invent.Missing: {3, 4, 5, 6},
	}[w]
	if about == nil {
		about = []int{1} // the others are about the name
	}
	return slices.ContainsFunc(about, func(at int) bool { return now[at] != was[at] && (w != invent.Missing || now[at] == "") })
}

func TestRowIsTheSameWheneverAndWhereverItIsMade(t *testing.T) {
	p := invent.People(invent.Usual(5))
	const rows = 2_000
	var side [4][]invent.Row
	var all sync.WaitGroup
	for worker := range side {
		all.Go(func() {
			for i := worker; i < rows; i += len(side) {
				side[worker] = append(side[worker], p.Row(i))
			}
		})
	}
	all.Wait()
	for i := rows - 1; i >= 0; i-- {
		if got, want := fmt.Sprint(side[i%len(side)][i/len(side)]), fmt.Sprint(p.Row(i)); got != want {
			t.Fatalf("%d: %s\n%s", i, got, want)
		}
	}
}

// Measurements of different days are compared by seed. Whoever alters a table alters every
// list, and says so here.
func TestSeedMeansTheSameListForEver(t *testing.T) {
	want := map[customer.Kind]string{customer.Person: "ff3d6931e89f3014", customer.Organization: "594a69767fe5b00e"}
	for kind, l := range lists(1) {
		sum := sha256.New()
		for i := range 1_000 {
			fmt.Fprint(sum, l.Row(i))
		}
		if got := hex.EncodeToString(sum.Sum(nil)[:8]); got != want[kind] {
			t.Errorf("%s: %s, want %s", kind, got, want[kind])
		}
	}
}

func TestSeedsMakeDifferentCustomers(t *testing.T) {
	for kind, l := range lists(1) {
		other, same := lists(2)[kind], 0
		for i := range 1_000 {
			if l.Row(i).Cells[1] == other.Row(i).Cells[1] {
				same++
			}
		}
		if same > 10 {
			t.Errorf("%s: %d names of a thousand are alike", kind, same)
		}
	}
}

// What identifies a customer belongs to one alone, or the truth about duplicates would not be true.
func TestNobodySharesWhatIdentifiesThem(t *testing.T) {
	clean := map[customer.Kind]list{
		customer.Person:       invent.People{Seed: 4, Chinese: 0.5, Duplicates: 0.2},
		customer.Organization: invent.Organizations{Seed: 4, Chinese: 0.5, Duplicates: 0.2},
	}
	for kind, l := range clean {
		ids, owner := map[string]bool{}, map[string]int{}
		for i := range 40_000 {
			row := l.Row(i)
			if ids[row.Cells[0]] {
				t.Fatalf("%s %d: id %s stands twice", kind, i, row.Cells[0])
			}
			ids[row.Cells[0]] = true
			for _, at := range []int{4, 5, 6} {
				v := row.Cells[at]
				if v == "" || at == 5 && row.Cells[7] != "CN" {
					continue
				}
				if was, known := owner[v]; known && was != row.Of {
					t.Fatalf("%s %d: %q is of %d too", kind, i, v, was)
				}
				owner[v] = row.Of
			}
		}
	}
}

func TestChineseNamesHaveTheirReadingAndTheirFrequency(t *testing.T) {
	p, reading := invent.People{Seed: 6, Chinese: 1}, regexp.MustCompile(`^[A-Z][a-z]+ [A-Z][a-z]+$`)
	const rows = 20_000
	wang, single := 0, 0
	for i := range rows {
		cells := p.Row(i).Cells
		if !reading.MatchString(cells[2]) {
			t.Fatalf("%q", cells)
		}
		if strings.HasPrefix(cells[1], "王") {
			wang++
		}
		if utf8.RuneCountInString(cells[1]) == 2 {
			single++
		}
	}
	if wang < rows*65/1000 || wang > rows*85/1000 || single < rows/5 || single > rows/2 {
		t.Errorf("%d of %d are called 王, %d have a given name of one character", wang, rows, single)
	}
}

func TestNobodyInventedCanBeReached(t *testing.T) {
	for kind, l := range lists(9) {
		for i := range 20_000 {
			row := l.Row(i)
			if row.Column != "" {
				continue
			}
			phone, mail, number := row.Cells[5], row.Cells[6], row.Cells[4]
			if _, host, _ := strings.Cut(mail, "@"); mail != "" && !strings.HasSuffix(host, ".example") && !strings.HasPrefix(host, "example.") {
				t.Fatalf("%s %d: %s", kind, i, mail)
			}
			if number != "" && number[2:4] != "99" && number[4:6] != "99" {
				t.Fatalf("%s %d: place of %s", kind, i, number)
			}
			if row.Cells[7] == "CN" && phone != "" && !strings.Contains(phone, "154") && !strings.Contains(phone, "161") && !strings.Contains(phone, "164") {
				t.Fatalf("%s %d: %s", kind, i, phone)
			}
		}
	}
	for _, province := range quality.Provinces() {
		for _, city := range quality.Children(province.Code) {
			if city.Code == province.Code+"99" {
				t.Errorf("there is a city %s", city.Code)
			}
		}
	}
}

func BenchmarkPeople(b *testing.B) {
	p := invent.People(invent.Usual(1))
	p.Row(0)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		p.Row(i)
		i++
	}
}

func BenchmarkOrganizations(b *testing.B) {
	o := invent.Organizations(invent.Usual(1))
	o.Row(0)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		o.Row(i)
		i++
	}
}
