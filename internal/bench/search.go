package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"amend/internal/invent"
	"amend/internal/store"
)

// Search measures how long it takes to find a customer by what somebody types: a whole phone
// number or mail address, last digits, a name. Every hit is opened, checked and masked. The
// customers are invented, so that as many have one name as in a real list.
func Search(ctx context.Context, o Options) (lines []Line, err error) {
	l, leave, err := newLoading(ctx, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, leave()) }()
	o.say("导入 %d 位客户", "bringing in %d customers", o.Customers)
	g, err := l.filled(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, g.close()) }()
	s := searching{o: o, people: invent.People(invent.Usual(o.Seed)), chance: rand.New(rand.NewPCG(o.Seed, 2))}
	reader := store.NewReader(g.store, g.house.Calendar)
	for _, way := range typings() {
		for _, clients := range readers() {
			line, err := s.line(clients, way, func(typed string) error {
				found, err := reader.Search(ctx, looker(), typed, false, 0)
				if err == nil && len(found) == 0 {
					err = fmt.Errorf("nobody was found by %s", way.name)
				}
				return err
			})
			if err != nil {
				return nil, err
			}
			lines = append(lines, line)
		}
	}
	return lines, nil
}

// A typing is what somebody types to find a customer: a column of the list, or its end.
type typing struct {
	name, column string
	last         int // digits; 0: the whole value
}

func typings() []typing {
	return []typing{{"phone", "phone", 0}, {"mail", "email", 0}, {"last digits", "phone", 4}, {"name", "legal_name", 0}}
}

// of answers what is typed to find a row, "" if that can't be.
func (t typing) of(header []string, row invent.Row) string {
	if row.Column == t.column {
		return "" // damaged: it did not come in
	}
	text := row.Cells[slices.Index(header, t.column)]
	if t.last == 0 || text == "" {
		return text
	}
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
	return digits[max(0, len(digits)-t.last):]
}

// A searching is people who look for customers of a list.
type searching struct {
	o      Options
	people invent.People
	chance *rand.Rand
}

// draws bounds how many rows are looked at for one that has what is typed.
const draws = 1000

func (s searching) draw(t typing) (string, error) {
	for range draws {
		if text := t.of(s.people.Header(), s.people.Row(s.chance.IntN(s.o.Customers))); text != "" {
			return text, nil
		}
	}
	return "", fmt.Errorf("nobody in the list has a %s", t.name)
}

func (s searching) line(clients int, way typing, search func(typed string) error) (Line, error) {
	n := s.o.changes(clients)
	var ours []sample
	for range s.o.Rounds {
		typed := make([]string, n)
		for i := range typed {
			text, err := s.draw(way)
			if err != nil {
				return Line{}, err
			}
			typed[i] = text
		}
		round, err := crowd(clients, n, func(_, i int) error { return search(typed[i]) })
		if err != nil {
			return Line{}, err
		}
		ours = append(ours, round)
	}
	line := alone("search", fmt.Sprintf("%s, %d clients", way.name, clients), "searches/s", ours)
	return line.judged(most("p99", searchBound(s.o.Customers))), nil
}

// searchBound is the longest that a search may take, in milliseconds: up to a million
// customers, and beyond.
func searchBound(customers int) float64 {
	if customers <= 1_000_000 {
		return 5
	}
	return 10
}
