package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// people is a table of n rows; the birthdays of lines 3 and 2950 cannot be.
func people(n int) string {
	var b strings.Builder
	b.WriteString("name,phone,birthday\n")
	for line := 2; line < n+2; line++ {
		birthday := "1990-01-31"
		if line == 3 || line == 2950 {
			birthday = "1990-02-31"
		}
		fmt.Fprintf(&b, "Zoë Lovelace,1380013%04d,%s\n", line, birthday)
	}
	return b.String()
}

// interrupted starts the import of path and loses the file after some bytes.
func (c importFileCmd) interrupted(a *app, bytes int64) error {
	file, err := os.Open(c.Path)
	if err != nil {
		return err
	}
	defer file.Close()
	in, err := c.read(a, file)
	if err != nil {
		return err
	}
	in.file = cut{file, bytes}
	return a.founding(func(h *house) error {
		by, err := c.operator(a, h, in.start.Digest)
		if err != nil {
			return err
		}
		run, err := h.desk.StartImport(a.ctx, by, in.start)
		if err != nil {
			return err
		}
		return c.bring(a, h, by, run, in)
	})
}

var errGone = errors.New("the disk is gone")

// cut is a file that is lost behind some of its bytes.
type cut struct {
	file io.ReaderAt
	left int64
}

func (c cut) ReadAt(b []byte, off int64) (int, error) {
	n, err := c.file.ReadAt(b[:min(int64(len(b)), max(c.left-off, 0))], off)
	if err == nil && n < len(b) {
		err = errGone
	}
	return n, err
}

func TestInterruptedImportGoesOnBehindItsLastBatch(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "people.csv")
	table := people(3000) // far longer than what is read ahead
	if err := os.WriteFile(path, []byte(table), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	a := quiet(t.Context(), &out, &errs)
	settings := []string{"--data", filepath.Join(dir, "data"), "--lang", "en"}
	if code := a.run(append([]string{"catalog", "show"}, settings...)); code != exitOK { // sets what is in force
		t.Fatal(errs.String())
	}
	out.Reset()

	c := importFileCmd{Path: path, Operator: "ada"}
	if err := c.interrupted(a, int64(len(table)*3/4)); !errors.Is(err, errGone) {
		t.Fatalf("got %v", err)
	}
	code := a.run(append([]string{"import", path, "--migration", "--operator", "ada"}, settings...))
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	var rows, before, brought, bad int
	if _, err := fmt.Sscanf(out.String(), "Rows %d\nRows done before %d\nCustomers brought in %d\nRows with problems %d", &rows, &before, &brought, &bad); err != nil {
		t.Fatalf("%v: %s", err, out.String())
	}
	if rows+before != 3000 || before == 0 || before%500 != 0 || brought != 3000 || bad != 1 {
		t.Fatal(out.String())
	}
	wrong, err := os.ReadFile(path + ".errors.csv")
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(strings.TrimSpace(string(wrong)), "\r\n"); len(lines) != 3 || !strings.Contains(lines[1], `"3"`) || !strings.Contains(lines[2], `"2950"`) {
		t.Fatalf("%q", lines)
	}
	out.Reset()
	if code := a.run(append([]string{"rebuild", "--check"}, settings...)); code != exitOK || !strings.Contains(out.String(), "3000 records") {
		t.Fatalf("exit code %d: %s", code, out.String())
	}
}

// A mended error file is a table again: its own three columns are left out.
func TestMendedErrorFileCanBeImported(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "people.csv")
	if err := os.WriteFile(path, []byte(people(3)), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	a := quiet(t.Context(), &out, &errs)
	if code := a.run([]string{"import", path, "--migration", "--data", filepath.Join(dir, "first"), "--lang", "en"}); code != exitOK {
		t.Fatal(errs.String())
	}
	wrong, err := os.ReadFile(path + ".errors.csv")
	if err != nil {
		t.Fatal(err)
	}
	mended := filepath.Join(dir, "mended.csv")
	if err := os.WriteFile(mended, bytes.ReplaceAll(wrong, []byte("1990-02-31"), []byte("1990-03-03")), 0o600); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	if code := a.run([]string{"import", mended, "--migration", "--data", filepath.Join(dir, "second"), "--lang", "en"}); code != exitOK || !strings.Contains(out.String(), "Rows with problems    0") {
		t.Fatalf("exit code %d: %s%s", code, out.String(), errs.String())
	}
}
