package main

import (
	"io"
	"os"
	"strings"

	"amend/intake"
)

// An errorFile is made when the first row with a problem comes, and goes on behind what an
// interrupted run wrote.
type errorFile struct {
	path   string
	resume bool
	header []string
	app    *app
	file   *os.File
	rows   int
	to     *intake.ErrorFile
	gate   *gate
}

// openErrorFile takes away what an earlier attempt of a run that starts anew left.
func openErrorFile(a *app, path string, header []string, resume bool) (*errorFile, error) {
	if !resume {
		if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
			return nil, err
		}
	}
	return &errorFile{path: path, resume: resume, header: header, app: a}, nil
}

// write adds one row. It holds the sender's own values: the file is its owner's alone.
func (f *errorFile) write(row intake.Row, faults []intake.Fault) error {
	if f.to == nil {
		if err := f.open(); err != nil {
			return err
		}
	}
	f.rows++
	return f.to.Write(row, faults)
}

func (f *errorFile) open() (err error) {
	if f.file, err = os.OpenFile(f.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600); err != nil {
		return err
	}
	info, err := f.file.Stat()
	if err != nil {
		return err
	}
	f.gate = &gate{to: f.file, shut: info.Size() > 0} // the header stands there already
	if f.to, err = intake.NewErrorFile(f.gate, f.header, f.say); err != nil {
		return err
	}
	err = f.to.Flush()
	f.gate.shut = false
	return err
}

// say puts a fault into the words of the error file: which column and what is wrong with
// it, and what helps. The common sentences say both, one after the other.
func (f *errorFile) say(x intake.Fault) (problem, remedy string) {
	_, detail := f.app.lang.Fault(x.Err)
	problem, remedy, _ = strings.Cut(detail, f.app.pick("，", ". "))
	if x.Column != "" {
		problem = x.Column + f.app.pick("：", ": ") + problem
	}
	return problem, remedy
}

func (f *errorFile) flush() error {
	if f.to == nil {
		return nil
	}
	return f.to.Flush()
}

func (f *errorFile) close() error {
	if f.file == nil {
		return nil
	}
	return f.file.Close()
}

// A gate lets nothing through while it is shut.
type gate struct {
	to   io.Writer
	shut bool
}

func (g *gate) Write(p []byte) (int, error) {
	if g.shut {
		return len(p), nil
	}
	return g.to.Write(p)
}
