package bench

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"amend/customer"
	"amend/desk"
	"amend/intake"
	"amend/internal/invent"
	"amend/internal/store"
)

// Import measures how fast a company's own list comes in, by the whole way: text, mapping,
// checks, sealing, entries, search tokens. The floor stores what that stored. A second line
// is a list as long as the run has customers, with the memory and the disk that it takes.
func Import(ctx context.Context, o Options) (lines []Line, err error) {
	l, leave, err := newLoading(ctx, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, leave()) }()
	for _, measure := range []func(context.Context) (Line, error){l.versusBare, l.whole} {
		line, err := measure(ctx)
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// A loading is lists on their way into databases that are empty before.
type loading struct {
	o     Options
	place place
	file  string
	tape  *tape
	made  int // databases so far
}

// newLoading opens a place for the databases and a folder for the lists; leave removes both.
func newLoading(ctx context.Context, o Options) (l *loading, leave func() error, err error) {
	l = &loading{o: o, tape: &tape{}}
	folder, err := os.MkdirTemp("", "amend-bench-")
	if err != nil {
		return nil, nil, err
	}
	l.file = filepath.Join(folder, "people.csv")
	if l.place, err = openPlace(o.URL); err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(folder))
	}
	return l, func() error { return errors.Join(l.place.clear(ctx), os.RemoveAll(folder)) }, nil
}

// filled answers a house into which a list of all customers was brought.
func (l *loading) filled(ctx context.Context) (*ground, error) {
	if err := l.write(l.o.Customers); err != nil {
		return nil, err
	}
	g, run, err := l.begin(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := l.bring(ctx, g, run, l.o.Customers); err != nil {
		return nil, errors.Join(err, g.close())
	}
	return g, nil
}

// bareRows bounds the list of which everything that is stored is kept in memory for the floor.
const bareRows = 20_000

func (l *loading) versusBare(ctx context.Context) (Line, error) {
	n := min(l.o.Customers, bareRows)
	if err := l.write(n); err != nil {
		return Line{}, err
	}
	var floor, ours []sample
	for range l.o.Rounds {
		a, b, err := l.round(ctx, n)
		if err != nil {
			return Line{}, err
		}
		ours, floor = append(ours, a), append(floor, b)
	}
	return versus("import", "beside the bare load", "rows/s", floor, ours), nil
}

func (l *loading) round(ctx context.Context, n int) (ours, floor sample, err error) {
	g, run, err := l.begin(ctx)
	if err != nil {
		return ours, floor, err
	}
	if err := g.close(); err != nil {
		return ours, floor, err
	}
	twin, err := l.place.twin(ctx, g.url, fmt.Sprint("floor", l.made))
	if err != nil {
		return ours, floor, err
	}
	if err := g.open(ctx, l.tape.record); err != nil {
		return ours, floor, err
	}
	l.tape.turn(true)
	ours, err = l.bring(ctx, g, run, n)
	l.tape.turn(false)
	if err = errors.Join(err, g.close()); err != nil {
		return ours, floor, err
	}
	f, err := openFloor(ctx, twin)
	if err != nil {
		return ours, floor, err
	}
	acts, before, began := l.tape.take(), cpuTime(), time.Now()
	for _, act := range acts {
		if err := f.do(act); err != nil {
			return ours, floor, errors.Join(err, f.close())
		}
	}
	return ours, sampled(n, time.Since(began), cpuTime()-before, nil), f.close()
}

// longList is from how many rows on a list is brought in once, and not in every round.
const longList = 100_000

// whole brings in the whole list and looks at what that took.
func (l *loading) whole(ctx context.Context) (Line, error) {
	n, rounds := l.o.Customers, l.o.Rounds
	if n > longList {
		rounds = 1
	}
	if err := l.write(n); err != nil {
		return Line{}, err
	}
	var ours []sample
	var peak, disk int64
	for range rounds {
		g, run, err := l.begin(ctx)
		if err != nil {
			return Line{}, err
		}
		forgetPeak()
		limit := debug.SetMemoryLimit(desk.ImportHeap) // as the command has it
		s, err := l.bring(ctx, g, run, n)
		debug.SetMemoryLimit(limit)
		if err == nil {
			peak = max(peak, peakMemory())
			disk, err = size(ctx, g)
		}
		if err = errors.Join(err, g.close()); err != nil {
			return Line{}, err
		}
		ours = append(ours, s)
	}
	line := alone("import", "the whole list", "rows/s", ours)
	line.Facts = append(line.Facts, Fact{"rows", "", float64(n)}, Fact{"disk", "bytes a customer", float64(disk) / float64(n)})
	goals := []Goal{least("ours", 35_000)}
	if l.place.database() != "sqlite" {
		goals[0].Min = 60_000
	}
	if peak > 0 {
		line.Facts = append(line.Facts, Fact{"peak memory", "MiB", float64(peak) / (1 << 20)})
		goals = append(goals, most("peak memory", 256))
	}
	return line.judged(goals...), nil
}

// size is what the database takes on its disk, its log folded into it.
func size(ctx context.Context, g *ground) (int64, error) {
	if err := errors.Join(g.close(), g.open(ctx, nil)); err != nil {
		return 0, err
	}
	facts, err := g.store.Facts(ctx)
	return facts.Bytes, err
}

// begin founds an empty house and opens a run.
func (l *loading) begin(ctx context.Context) (*ground, store.ImportRun, error) {
	l.made++
	url, err := l.place.fresh(ctx, fmt.Sprint("import", l.made))
	if err != nil {
		return nil, store.ImportRun{}, err
	}
	g, err := newGround(ctx, url, nil)
	if err != nil {
		return nil, store.ImportRun{}, err
	}
	run, err := g.desk.StartImport(ctx, operator(), desk.ImportStart{Name: "people.csv", Digest: "people.csv"})
	if err != nil {
		return nil, run, errors.Join(err, g.close())
	}
	return g, run, nil
}

// bring reads the file and brings its rows in.
func (l *loading) bring(ctx context.Context, g *ground, run store.ImportRun, n int) (sample, error) {
	before := cpuTime()
	elapsed, err := took(func() error {
		file, err := os.Open(l.file)
		if err != nil {
			return err
		}
		run, err = bringTable(ctx, g, run, file)
		return errors.Join(err, file.Close())
	})
	if err == nil && run.Records != int64(n) {
		err = fmt.Errorf("%d customers came in of %d", run.Records, n)
	}
	return sampled(n, elapsed, cpuTime()-before, nil), err
}

func bringTable(ctx context.Context, g *ground, run store.ImportRun, from io.Reader) (store.ImportRun, error) {
	table, err := intake.NewReader(from, intake.Options{})
	if err != nil {
		return run, err
	}
	mapping, _ := intake.GuessMapping(table.Header(), g.house.Catalog)
	binding, err := mapping.Bind(table.Header())
	if err != nil {
		return run, err
	}
	feed := intake.NewFeed(table, binding)
	next := func() (desk.ImportRow, error) {
		line, values, faults, err := feed.Next()
		return desk.ImportRow{Line: line, Kind: customer.Person, Values: values, Faults: faults}, err
	}
	told := func(run store.ImportRun, faults []intake.Fault) error {
		return feed.Settle(int(run.Line), faults, func(intake.Row, []intake.Fault) error { return nil })
	}
	return g.desk.ImportTable(ctx, operator(), run, next, told)
}

// write makes the list: as lists are, with duplicates and errors.
func (l *loading) write(n int) error {
	file, err := os.Create(l.file)
	if err != nil {
		return err
	}
	people, out := invent.People(invent.Usual(l.o.Seed)), csv.NewWriter(file)
	err = out.Write(people.Header())
	for i := 0; i < n && err == nil; i++ {
		err = out.Write(people.Row(i).Cells)
	}
	out.Flush()
	return errors.Join(err, out.Error(), file.Close())
}
