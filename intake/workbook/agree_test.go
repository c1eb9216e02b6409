package workbook

import (
	"bytes"
	"errors"
	"fmt"
	"go/build"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"amend/fault"
)

func TestWhatASpreadsheetWritesIsReadBack(t *testing.T) {
	text := rapid.StringOfN(rapid.RuneFrom([]rune("ab1 ,;\"'<>&王小芳㼆𠮷\n\té=")), 0, 8, -1)
	rapid.Check(t, func(rt *rapid.T) {
		streamed := rapid.Bool().Draw(rt, "streamed") // with texts in their cells, not shared
		want := rapid.SliceOfN(rapid.SliceOfN(text, 1, 4), 1, 6).Draw(rt, "rows")
		file := made(t, func(f *excelize.File) {
			if err := fill(f, want, streamed); err != nil {
				rt.Fatal(err)
			}
		})
		got, faults, err := read(bytes.NewReader(file), len(file), limits)
		if err != nil || len(faults) > 0 {
			rt.Fatal(err, faults)
		}
		for i, row := range want {
			if row = withoutEnd(row); !slices.Equal(got[i+1], row) {
				rt.Fatalf("row %d: %q, want %q", i+1, got[i+1], row)
			}
		}
	})
}

// fill writes rows of text, each in its cell or shared by all cells that hold the same.
func fill(f *excelize.File, rows [][]string, streamed bool) error {
	if !streamed {
		for i, row := range rows {
			if err := f.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &row); err != nil {
				return err
			}
		}
		return nil
	}
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return err
	}
	for i, row := range rows {
		values := make([]any, len(row))
		for j, s := range row {
			values[j] = s
		}
		if err := w.SetRow(fmt.Sprint("A", i+1), values); err != nil {
			return err
		}
	}
	return w.Flush()
}

// The library that writes the workbooks of these tests carries some that Excel has written,
// and reads them too. It is no reader for this product: it keeps a workbook in memory or
// unpacks it to plain files, and ends a table without a word where the file is damaged.
func TestWorkbooksOfExcelAreReadAsAnotherReaderReadsThem(t *testing.T) {
	library, err := build.Import("github.com/xuri/excelize/v2", ".", build.FindOnly)
	if err != nil {
		t.Fatal(err)
	}
	paths, _ := filepath.Glob(filepath.Join(library.Dir, "test", "*.xlsx"))
	if len(paths) == 0 {
		t.Fatal("the module of the library came without its own files")
	}
	compared := 0
	for _, path := range paths {
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(path)
		if bytes.HasPrefix(file, []byte("\xd0\xcf")) {
			if err := Refuse(bytes.NewReader(file)); fault.CodeOf(err) != "workbook_protected" {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		got, _, err := read(bytes.NewReader(file), len(file), limits)
		if fault.CodeOf(err) == "sheet_none" {
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for line, want := range others(t, file) {
			if !slices.Equal(got[line], want) {
				t.Errorf("%s row %d: %q, want %q", name, line, got[line], want)
			}
		}
		compared++
	}
	if compared < 5 {
		t.Errorf("only %d workbooks were compared", compared)
	}
}

// others are the rows that the other reader finds in the first sheet.
func others(t *testing.T, file []byte) map[int][]string {
	f, err := excelize.OpenReader(bytes.NewReader(file), excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(f.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	all := map[int][]string{}
	for i, row := range rows {
		if row = withoutEnd(row); len(row) > 0 {
			all[i+1] = row
		}
	}
	return all
}

// withoutEnd cuts the empty cells off the end of a row.
func withoutEnd(row []string) []string {
	for len(row) > 0 && row[len(row)-1] == "" {
		row = row[:len(row)-1]
	}
	return row
}

// FuzzParts checks that any parts of a workbook end in rows within the limits or in a fault.
func FuzzParts(f *testing.F) {
	f.Add(bookText, rows(`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="0"><v>33000</v></c></row>`), `<sst><si><t>name</t></si></sst>`, `<styleSheet><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>`)
	f.Add(bookText, rows(`<row><c t="inlineStr"><is><r><t>a_x000D_b</t></r></is></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c></row>`), ``, `<styleSheet><numFmts><numFmt numFmtId="170" formatCode="000000"/></numFmts><cellXfs><xf numFmtId="170"/></cellXfs></styleSheet>`)
	f.Add(`<workbook><workbookPr date1904="1"/><sheets><sheet name="A" state="hidden" r:id="r1"/></sheets></workbook>`, rows(`<row r="1048576"><c r="XFD1048576"><v>1E300</v></c></row>`), `<sst><si><r><t>a</t></r><rPh><t>b</t></rPh></si></sst>`, ``)
	f.Fuzz(func(t *testing.T, book, sheet, texts, styles string) {
		check(t, zipped(t, parts(map[string]string{"xl/workbook.xml": book, "xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": texts, "xl/styles.xml": styles})))
	})
}

// FuzzFile checks the same of any bytes that begin as a small workbook does.
func FuzzFile(f *testing.F) {
	f.Add(zipped(f, parts(nil)))
	f.Add(sheet(f, `<row r="1"><c r="A1" t="s"><v>0</v></c></row>`))
	f.Fuzz(func(t *testing.T, file []byte) { check(t, file) })
}

func check(t *testing.T, file []byte) {
	o := Options{Columns: 5, Cell: 10}
	s, err := Open(bytes.NewReader(file), int64(len(file)), o)
	for line := 0; err == nil; {
		var row Row
		var wrong *fault.Error
		row, wrong, err = s.Next()
		if err != nil {
			break
		}
		if row.Line <= line || len(row.Cells) > o.Columns {
			t.Fatalf("line %d behind line %d, %d cells", row.Line, line, len(row.Cells))
		}
		line = row.Line
		for _, c := range row.Cells {
			if len(c) > o.Cell || strings.ToValidUTF8(c, "") != c && wrong == nil {
				t.Fatalf("a cell of %d bytes: %q", len(c), c)
			}
		}
	}
	if !errors.Is(err, io.EOF) && fault.CodeOf(err) == "" {
		t.Fatalf("not a fault: %v", err)
	}
}
