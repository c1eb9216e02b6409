package workbook

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"maps"
	"runtime"
	"runtime/metrics"
	"slices"
	"testing"

	"github.com/xuri/excelize/v2"

	"amend/fault"
)

// limits are those of a list of customers.
var limits = Options{Columns: 200, Cell: 8 << 10}

// made is a workbook as a spreadsheet writes it.
func made(t testing.TB, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// set writes cells of the first sheet.
func set(t testing.TB, f *excelize.File, cells map[string]any) {
	t.Helper()
	for at, v := range cells {
		if err := f.SetCellValue("Sheet1", at, v); err != nil {
			t.Fatal(err)
		}
	}
}

// zipped is an archive of parts, as nobody's spreadsheet writes it.
func zipped(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, parts[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const (
	rootLinks = `<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	bookLinks = `<Relationships><Relationship Id="r1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="r2" Type="http://x/sharedStrings" Target="/xl/sharedStrings.xml"/>` +
		`<Relationship Id="r3" Type="http://x/styles" Target="styles.xml"/></Relationships>`
	bookText = `<?xml version="1.0" encoding="UTF-8"?><workbook><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>`
)

// parts are a small workbook with its parts replaced by others.
func parts(others map[string]string) map[string]string {
	all := map[string]string{
		"_rels/.rels": rootLinks, "xl/_rels/workbook.xml.rels": bookLinks, "xl/workbook.xml": bookText,
		"xl/worksheets/sheet1.xml": rows(`<row r="1"><c r="A1" t="s"><v>0</v></c></row>`),
		"xl/sharedStrings.xml":     `<sst><si><t>name</t></si></sst>`, "xl/styles.xml": `<styleSheet/>`,
	}
	maps.Copy(all, others)
	return all
}

// rows are a sheet.
func rows(xml string) string { return `<worksheet><sheetData>` + xml + `</sheetData></worksheet>` }

// sheet is a workbook with one sheet of these rows.
func sheet(t testing.TB, xml string) []byte {
	return zipped(t, parts(map[string]string{"xl/worksheets/sheet1.xml": rows(xml)}))
}

// read reads a sheet to its end: its rows by line, the codes of rows at fault, and how it ended.
func read(file io.ReaderAt, size int, o Options) (got map[int][]string, faults map[int]string, err error) {
	s, err := Open(file, int64(size), o)
	if err != nil {
		return nil, nil, err
	}
	got, faults = map[int][]string{}, map[int]string{}
	for {
		row, wrong, err := s.Next()
		switch {
		case errors.Is(err, io.EOF):
			return got, faults, nil
		case err != nil:
			return got, faults, err
		case wrong != nil:
			faults[row.Line] = wrong.Code
		case len(row.Cells) > 0:
			got[row.Line] = row.Cells
		}
	}
}

// cells reads a good workbook.
func cells(t testing.TB, file []byte, o Options) map[int][]string {
	t.Helper()
	got, faults, err := read(bytes.NewReader(file), len(file), o)
	if err != nil || len(faults) > 0 {
		t.Fatalf("%v, faults %v", err, faults)
	}
	return got
}

// refusal is the code by which a workbook is refused, at once or on the way.
func refusal(t testing.TB, file []byte) string {
	t.Helper()
	_, _, err := read(bytes.NewReader(file), len(file), limits)
	if err != nil && fault.CodeOf(err) == "" {
		t.Fatalf("not a fault: %v", err)
	}
	return fault.CodeOf(err)
}

// A watch reads a file and looks, some sixty times on the way, at what the heap must keep.
type watch struct {
	from  io.ReaderAt
	every int
	reads int
	most  uint64
}

func (w *watch) ReadAt(p []byte, off int64) (int, error) {
	if w.reads++; w.reads%w.every == 0 {
		w.look()
	}
	return w.from.ReadAt(p, off)
}

func (w *watch) look() {
	runtime.GC()
	now := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(now)
	w.most = max(w.most, now[0].Value.Uint64())
}

// heap is how far the heap grows while a workbook is read, and by which code it is refused.
func heap(t *testing.T, file []byte) (grown uint64, code string) {
	t.Helper()
	w := &watch{from: bytes.NewReader(file), every: 1 + len(file)/(60*4096)}
	w.look()
	before := w.most
	s, err := Open(w, int64(len(file)), limits)
	for err == nil {
		_, _, err = s.Next()
	}
	w.look()
	return w.most - before, fault.CodeOf(err)
}
