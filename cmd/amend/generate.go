package main

import (
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"amend/fault"
	"amend/internal/invent"
)

type generateCmd struct {
	Customers  int     `required:"" placeholder:"N" help:"${generate_customers}"`
	Seed       uint64  `default:"1" placeholder:"S" help:"${generate_seed}"`
	Kind       string  `default:"person" enum:"person,organization" placeholder:"KIND" help:"${generate_kind}"`
	Chinese    float64 `default:"0.5" placeholder:"SHARE" help:"${generate_chinese}"`
	Duplicates float64 `default:"0.05" placeholder:"SHARE" help:"${generate_duplicates}"`
	Errors     float64 `default:"0.01" placeholder:"SHARE" help:"${generate_errors}"`
	Out        string  `default:"invented.csv" placeholder:"FILE" help:"${generate_out}"`
	Truth      string  `placeholder:"FILE" help:"${generate_truth}"`
}

// maxInvented is how many rows a list may have: as far as every one has a number of its own.
const maxInvented = 100_000_000

// Run writes the list, and beside it where its duplicates and errors are. It overwrites
// nothing, because a list of real customers may well have the name that was typed.
func (c generateCmd) Run(a *app) error {
	if err := c.check(); err != nil {
		return err
	}
	out, err := c.create(a, c.Out)
	if err != nil {
		return err
	}
	truth, err := c.create(a, c.Truth)
	if err != nil {
		return errors.Join(err, out.undo())
	}
	err = errors.Join(c.write(a, out, truth), out.close(), truth.close())
	if err != nil {
		return errors.Join(err, out.undo(), truth.undo())
	}
	return nil
}

func (c generateCmd) check() error {
	if c.Customers < 1 || c.Customers > maxInvented {
		return fault.New(fault.Invalid, "count_outside", "name", "--customers", "max", maxInvented)
	}
	for _, share := range []struct {
		name string
		of   float64
	}{{"--chinese", c.Chinese}, {"--duplicates", c.Duplicates}, {"--errors", c.Errors}} {
		if !(share.of >= 0 && share.of <= 1) {
			return fault.New(fault.Invalid, "share_outside", "name", share.name)
		}
	}
	return nil
}

// An inventedList is what internal/invent knows of either kind.
type inventedList interface {
	Header() []string
	Row(i int) invent.Row
}

func (c generateCmd) list() inventedList {
	mix := invent.Mix{Seed: c.Seed, Chinese: c.Chinese, Duplicates: c.Duplicates, Errors: c.Errors}
	if c.Kind == "organization" {
		return invent.Organizations(mix)
	}
	return invent.People(mix)
}

// write makes the rows, says how far it is, and at the end what is in the list.
func (c generateCmd) write(a *app, out, truth *inventedFile) error {
	list, p := c.list(), newProgress(a, nil, int64(c.Customers))
	out.row(list.Header())
	truth.row([]string{"line", "external_id", "duplicate_of", "twists", "column", "damage"})
	duplicates, damaged := 0, 0
	for i := range c.Customers {
		if i%1000 == 0 {
			p.read = int64(i)
			p.show(i)
			if a.ctx.Err() != nil {
				return a.ctx.Err()
			}
		}
		row := list.Row(i)
		out.row(row.Cells)
		if row.Of != i {
			duplicates++
		}
		if row.Column != "" {
			damaged++
		}
		if row.Of != i || row.Column != "" {
			truth.row(truthOf(i, row))
		}
		if out.failed != nil || truth.failed != nil {
			return errors.Join(out.failed, truth.failed)
		}
	}
	p.read = int64(c.Customers)
	p.done(c.Customers)
	a.advise("写了 %d 行，其中 %d 行是重复的客户，%d 行有一处错误：%s", "Wrote %d rows, of which %d repeat a customer and %d have one error: %s", c.Customers, duplicates, damaged, c.Out)
	return nil
}

// truthOf is a row of the truth. Lines are counted as an editor shows them, the header first.
func truthOf(i int, row invent.Row) []string {
	of := ""
	if row.Of != i {
		of = strconv.Itoa(row.Of + 2)
	}
	var twists []string
	for _, t := range row.Twists {
		twists = append(twists, string(t))
	}
	return []string{strconv.Itoa(i + 2), row.Cells[0], of, strings.Join(twists, " "), row.Column, string(row.Damage)}
}

// An inventedFile is a table that is being written; without a name, one that nobody wants.
// What went wrong first is kept.
type inventedFile struct {
	path   string
	file   *os.File // nil for the standard output
	to     *csv.Writer
	failed error
}

// create makes a file that is not there yet; - is the standard output.
func (c generateCmd) create(a *app, path string) (*inventedFile, error) {
	switch path {
	case "":
		return &inventedFile{to: csv.NewWriter(io.Discard)}, nil
	case "-":
		return &inventedFile{to: csv.NewWriter(a.out)}, nil
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return nil, fault.New(fault.Conflict, "file_exists", "path", path)
	}
	if err != nil {
		return nil, fault.New(fault.Invalid, "file_unwritable", "path", path)
	}
	return &inventedFile{path: path, file: file, to: csv.NewWriter(file)}, nil
}

func (f *inventedFile) row(cells []string) {
	if f.failed == nil {
		f.failed = f.to.Write(cells)
	}
}

func (f *inventedFile) close() error {
	f.to.Flush()
	if f.file == nil {
		return f.to.Error()
	}
	return errors.Join(f.to.Error(), f.file.Close())
}

// undo takes half a list away again: it could be taken for a whole one.
func (f *inventedFile) undo() error {
	if f.file == nil {
		return nil
	}
	f.file.Close()
	return os.Remove(f.path)
}
