package intake

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"amend/fault"
)

// table reads all of a table: its good rows, and line and code of its faults.
func table(t *testing.T, r io.Reader) (header []string, rows []Row, faults map[int]string) {
	t.Helper()
	tab, err := NewReader(r, Options{})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	rows, faults = rest(t, tab)
	return tab.Header(), rows, faults
}

// rest reads what is left of a table.
func rest(t *testing.T, tab *Reader) (rows []Row, faults map[int]string) {
	t.Helper()
	faults = map[int]string{}
	for {
		row, wrong, err := tab.Next()
		switch {
		case errors.Is(err, io.EOF):
			return rows, faults
		case err != nil:
			t.Fatal(err)
		case wrong != nil:
			faults[row.Line] = wrong.Code
		default:
			rows = append(rows, row)
		}
	}
}

func open(t *testing.T, path string) *os.File {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestCSVSpectrumIsReadAsItsAuthorsExpect(t *testing.T) {
	files, _ := filepath.Glob("testdata/csv-spectrum/csvs/*.csv")
	if len(files) != 12 {
		t.Fatalf("%d files", len(files))
	}
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".csv")
		header, rows, faults := table(t, open(t, path))
		if len(faults) > 0 {
			t.Errorf("%s: faults %v", name, faults)
		}
		if name == "location_coordinates" {
			continue // its expected file is an object of other values; that it is read is the point
		}
		raw, err := os.ReadFile("testdata/csv-spectrum/json/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var want []map[string]string
		if err := json.Unmarshal(raw, &want); err != nil {
			t.Fatal(err)
		}
		if len(rows) != len(want) {
			t.Fatalf("%s: %d rows, want %d", name, len(rows), len(want))
		}
		for i, row := range rows {
			for j, cell := range row.Cells {
				if cell != want[i][header[j]] {
					t.Errorf("%s row %d %s: %q, want %q", name, i, header[j], cell, want[i][header[j]])
				}
			}
		}
	}
}

func TestFilesAsPeopleSendThem(t *testing.T) {
	cases := []struct {
		file     string
		encoding Encoding
		header   string
		rows     string // the cells of all good rows
		faults   map[int]string
	}{
		{"cr-only.csv", UTF8, "a b", "1 2 3 4", nil},
		{"excel-damaged.csv", UTF8, "身份证 手机", "1.10105E+17 1.38001E+10", nil},
		{"gb18030-4byte.csv", GB18030, "姓名", "𠮷 䶮", nil},
		{"gbk.csv", GB18030, "姓名 手机 邮箱", "张三 13800138000 a@x.test", nil},
		{"header-only.csv", UTF8, "姓名 手机", "", nil},
		{"mixed-gbk-utf8.csv", UTF8, "姓名 手机 邮箱", "张三 13800138000 a@x.test", map[int]string{3: "row_encoding"}},
		{"nul.csv", UTF8, "a b", "", map[int]string{2: "control_character"}},
		{"ragged.csv", UTF8, "a b c", "", map[int]string{2: "row_ragged", 3: "row_ragged"}},
		{"semicolon.csv", UTF8, "姓名 手机", "张三 13800138000", nil},
		{"sep-line.csv", UTF8, "姓名 手机", "张三 13800138000", nil},
		{"tab.tsv", UTF8, "姓名 手机", "张三 13800138000", nil},
		{"unclosed-quote.csv", UTF8, "姓名 备注", "", map[int]string{2: "quote_unclosed"}},
		{"utf16be.csv", UTF16BE, "姓名 手机 邮箱", "张三 13800138000 a@x.test", nil},
		{"utf16le.csv", UTF16LE, "姓名 手机 邮箱", "张三 13800138000 a@x.test", nil},
		{"utf8-bom.csv", UTF8, "姓名 手机 邮箱", "张三 13800138000 a@x.test", nil},
	}
	for _, c := range cases {
		tab, err := NewReader(open(t, "testdata/own/csv/"+c.file), Options{})
		if err != nil {
			t.Errorf("%s: %v", c.file, err)
			continue
		}
		var cells []string
		rows, faults := rest(t, tab)
		for _, row := range rows {
			cells = append(cells, row.Cells...)
		}
		if tab.Form().Encoding != c.encoding || strings.Join(tab.Header(), " ") != c.header || strings.Join(cells, " ") != c.rows || !maps.Equal(faults, c.faults) {
			t.Errorf("%s: %s, header %q, rows %q, faults %v", c.file, tab.Form().Encoding, tab.Header(), cells, faults)
		}
	}
}

func TestFilesThatAreRefusedAsAWhole(t *testing.T) {
	for file, code := range map[string]string{"dup-headers.csv": "header_duplicate", "invalid-utf8.csv": "encoding_unknown"} {
		if _, err := NewReader(open(t, "testdata/own/csv/"+file), Options{}); fault.CodeOf(err) != code {
			t.Errorf("%s: got %v, want %s", file, err, code)
		}
	}
	for text, code := range map[string]string{
		"": "file_empty", "\n \n": "file_empty", "\ufeff": "file_empty",
		strings.Repeat(",", 200) + "b\n":        "row_too_wide",
		strings.Repeat("a", maxHeader+1) + ",b": "header_too_long",
		strings.Repeat("a", maxCell+1) + ",b\n": "cell_too_long",
		"\"never closed,b\n1,2\n":               "quote_unclosed",
		"a,\u3000b ,\u00a0a\n":                  "header_duplicate",
		"\xff\xfe\x00\x00a\x00\x00\x00":         "encoding_unknown", // UTF-32
		"sep=;\n":                               "file_empty",
		"a\x07,b\n":                             "control_character",
		"\"a\"x,b\n":                            "quote_stray",
	} {
		if _, err := NewReader(strings.NewReader(text), Options{}); fault.CodeOf(err) != code {
			t.Errorf("%.20q: got %v, want %s", text, err, code)
		}
	}
}

func TestEveryRowKnowsItsLine(t *testing.T) {
	const text = "\r\na,b\r\n1,\"two\r\nlines\"\r\n\r\n3,4\n5,6"
	_, rows, _ := table(t, strings.NewReader(text))
	var lines []int
	for _, r := range rows {
		lines = append(lines, r.Line)
	}
	if !slices.Equal(lines, []int{3, 6, 7}) {
		t.Fatalf("lines %v", lines)
	}
	_, rows, _ = table(t, strings.NewReader("sep=;\na;b\n1;2\n"))
	if len(rows) != 1 || rows[0].Line != 3 {
		t.Fatalf("behind a sep line: %+v", rows)
	}
}

func TestABadRowLeavesItsNeighboursAlone(t *testing.T) {
	long := strings.Repeat("x", maxCell+1)
	text := "a,b\n1,2\n\"q\"uote,3\n4,5\n\"" + long + "\n9,9\n\",6\n7,8\n" + strings.Repeat("w,", 250) + "\n10,11\n"
	_, rows, faults := table(t, strings.NewReader(text))
	var got []string
	for _, r := range rows {
		got = append(got, r.Cells[0])
	}
	if !slices.Equal(got, []string{"1", "4", "7", "10"}) {
		t.Errorf("rows %q", got)
	}
	want := map[int]string{3: "quote_stray", 5: "cell_too_long", 9: "row_too_wide"}
	for line, code := range want {
		if faults[line] != code {
			t.Errorf("line %d: %q, want %q (all: %v)", line, faults[line], code, faults)
		}
	}
}

func TestTextInsideAQuotedCellIsNeverTakenForRows(t *testing.T) {
	cell := "\"" + strings.Repeat("x", maxCell) + "\nmallory,+8613800138000\n\""
	_, rows, faults := table(t, strings.NewReader("name,phone\n"+cell+",1\nwang,2\n"))
	if len(rows) != 1 || rows[0].Cells[0] != "wang" || faults[2] != "cell_too_long" {
		t.Fatalf("rows %+v faults %v", rows, faults)
	}
}

func TestAFaultCarriesLineAndLimitsButNoText(t *testing.T) {
	tab, err := NewReader(strings.NewReader("name,phone\n王小芳,1,2\n"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	row, wrong, err := tab.Next()
	if err != nil || wrong.Params["line"] != "2" || wrong.Params["cells"] != "3" || wrong.Params["columns"] != "2" {
		t.Fatalf("got %#v, %v", wrong, err)
	}
	if strings.Contains(wrong.Error(), "王") || len(row.Cells) != 3 {
		t.Fatalf("%v with %+v", wrong, row)
	}
}

func TestASourceThatBreaksIsNoEndOfTheTable(t *testing.T) {
	broken := errors.New("connection lost")
	src := io.MultiReader(strings.NewReader(strings.Repeat("a,b\n", 30_000)), iotest.ErrReader(broken))
	tab, err := NewReader(src, Options{})
	for err == nil {
		_, _, err = tab.Next()
	}
	if !errors.Is(err, broken) {
		t.Fatalf("got %v", err)
	}
	if _, err := NewReader(iotest.ErrReader(broken), Options{}); !errors.Is(err, broken) {
		t.Fatalf("got %v", err)
	}
}

func TestASlowSourceGivesTheSameRows(t *testing.T) {
	text := "a,b\r\n1,\"x\r\ny\"\r\n\"\"\"2\"\"\",z\r\n"
	_, want, _ := table(t, strings.NewReader(text))
	_, got, _ := table(t, iotest.OneByteReader(strings.NewReader(text)))
	if len(want) != 2 || !slices.EqualFunc(want, got, func(a, b Row) bool { return a.Line == b.Line && slices.Equal(a.Cells, b.Cells) }) {
		t.Fatalf("got %+v, want %+v", got, want)
	}
}

// lists repeats a row without end.
type lists struct {
	row []byte
	at  int
}

func (l *lists) Read(p []byte) (n int, err error) {
	for ; n < len(p); n++ {
		p[n] = l.row[l.at]
		l.at = (l.at + 1) % len(l.row)
	}
	return n, nil
}

func TestReadingTakesTheSameMemoryHoweverLongTheTable(t *testing.T) {
	for _, e := range every {
		tab, err := NewReader(&lists{row: encoded(t, e, "张三,13800138000,\"广东省深圳市,南山区\"\r\n")}, Options{Encoding: e})
		if err != nil {
			t.Fatal(err)
		}
		var heap [2]uint64
		for i := range heap {
			for range 50_000 {
				if _, wrong, err := tab.Next(); wrong != nil || err != nil {
					t.Fatal(wrong, err)
				}
			}
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			heap[i] = m.HeapAlloc
		}
		if heap[1] > heap[0]+64<<10 {
			t.Errorf("%s: 50,000 rows more take %d KiB more", e, (heap[1]-heap[0])>>10)
		}
	}
}
