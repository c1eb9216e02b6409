package intake

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"amend/fault"
)

func say(f Fault) (string, string) { return f.Column + ": " + f.Err.Code, "mend " + f.Column }

var impossible = fault.New(fault.Invalid, "date_impossible")

// written answers an error file of rows that all have the same fault.
func written(t interface{ Fatal(...any) }, header []string, rows ...Row) []byte {
	var b bytes.Buffer
	f, err := NewErrorFile(&b, header, say)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if err := f.Write(r, []Fault{{r.Line, "born", impossible}, {r.Line, "phone", impossible}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAnErrorFileSaysWhatIsWrongAndWhatHelps(t *testing.T) {
	got := string(written(t, []string{"name", "born"}, Row{7, []string{"O'Brien \"Bob\"", "19081335"}}))
	want := "\ufeff\"name\",\"born\",\"行号 / line\",\"错误 / error\",\"建议 / remedy\"\r\n" +
		"\"O'Brien \"\"Bob\"\"\",\"19081335\",\"7\",\"born: date_impossible\nphone: date_impossible\",\"mend born\nmend phone\"\r\n"
	if got != want {
		t.Fatalf("got\n%s\nwant\n%s", got, want)
	}
}

func TestAMendedErrorFileIsATableAgain(t *testing.T) {
	header := []string{"name", "=note", ""}
	row := Row{7, []string{"王小芳", "=1+1", "\t'x"}}
	got, rows, faults := table(t, bytes.NewReader(written(t, header, row)))
	if !slices.Equal(got, header) || len(faults) > 0 || len(rows) != 1 || !slices.Equal(rows[0].Cells, row.Cells) {
		t.Fatalf("header %q rows %+v faults %v", got, rows, faults)
	}
	again := written(t, got, rows[0])
	if n := strings.Count(string(again), "remedy"); n != 1 {
		t.Fatalf("%d remedy columns after two rounds", n)
	}
}

func TestAnErrorFileLosesNoSurplusCell(t *testing.T) {
	out := written(t, []string{"a", "b"}, Row{2, []string{"1", "2", "3", "4"}})
	for round := range 2 {
		tab, err := NewReader(bytes.NewReader(out), Options{})
		if err != nil {
			t.Fatal(err)
		}
		row, wrong, err := tab.Next()
		if err != nil || wrong.Code != "row_ragged" || !slices.Equal(row.Cells, []string{"1", "2", "3", "4"}) {
			t.Fatalf("round %d: %+v, %v, %v", round, row, wrong, err)
		}
		out = written(t, tab.Header(), row)
	}
}

func TestTheErrorFileOfTheWidestTableIsATableAgain(t *testing.T) {
	header := make([]string, maxColumns)
	for i := range header {
		header[i] = fmt.Sprint("c", i)
	}
	got, rows, faults := table(t, bytes.NewReader(written(t, header, Row{2, header})))
	if !slices.Equal(got, header) || len(rows) != 1 || len(faults) > 0 {
		t.Fatalf("%d columns, %d rows, faults %v", len(got), len(rows), faults)
	}
}

// corpus is every formula that spreadsheets are known to run, and cells that only look like one.
func corpus(t *testing.T) (formulas, all []string) {
	raw, err := os.ReadFile("testdata/own/formula-injection.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	raw, err = os.ReadFile("testdata/payloadbox-csv/csv-payload.txt")
	if err != nil {
		t.Fatal(err)
	}
	all = append(all, strings.Split(strings.TrimSpace(string(raw)), "\n")...)
	for _, s := range all {
		if bare := strings.TrimFunc(s, isPadding); bare != "" && strings.ContainsRune("=+-@＝＋－＠﹦⁼", []rune(bare)[0]) {
			formulas = append(formulas, s)
		}
	}
	return formulas, all
}

func TestNoCellOfAnErrorFileStartsAFormula(t *testing.T) {
	formulas, all := corpus(t)
	if len(formulas) < 40 {
		t.Fatalf("only %d formulas in the corpus", len(formulas))
	}
	for _, s := range formulas {
		if !strings.HasPrefix(guard(s), "'") {
			t.Errorf("%q is not guarded", s)
		}
	}
	for _, s := range all {
		if unguard(guard(s)) != s {
			t.Errorf("%q comes back as %q", s, unguard(guard(s)))
		}
	}
	for _, s := range []string{"O'Brien", "王小芳", "1956-04-09", "0013800138000", "'quoted'", "", "'"} {
		if guard(s) != s || unguard(s) != s {
			t.Errorf("%q is changed for nothing", s)
		}
	}
}

func TestWhatIsWrittenIsReadBackAsItWas(t *testing.T) {
	cell := rapid.OneOf(
		rapid.StringMatching(`['"=+\-@,;\t\r\n a-c王＝]{0,8}`),
		rapid.StringOfN(rapid.RuneFrom([]rune("=+-@'\"\u200b\ufeff\u00a0 \tx1，")), 0, 6, -1),
	)
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 5).Draw(t, "width")
		header := make([]string, width)
		for i := range header {
			header[i] = string(rune('a' + i))
		}
		cells := rapid.SliceOfN(cell, width, width).Draw(t, "cells")
		out := written(t, header, Row{2, cells})

		tab, err := NewReader(bytes.NewReader(out), Options{})
		if err != nil {
			t.Fatal(err)
		}
		got, wrong, err := tab.Next()
		if err != nil || wrong != nil || !slices.Equal(got.Cells, cells) {
			t.Fatalf("wrote %q, read %q, %v, %v", cells, got.Cells, wrong, err)
		}
		if _, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(out, []byte("\ufeff")))).ReadAll(); err != nil {
			t.Fatalf("not RFC 4180: %v", err)
		}
	})
}

// FuzzReader checks that any bytes give rows within the limits, that lines only go forward,
// and that what was read can be written and read again.
func FuzzReader(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "sep=;\na;b\n\"1\r\n\";2", "\ufeffa\tb\r1\t\"2\"\"\"", "a\n\"x", "a,b\n'=1,\"\"\n", "\"a\nb\",c\n1,2"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		tab, err := NewReader(bytes.NewReader(data), Options{})
		if err != nil {
			if fault.CodeOf(err) == "" {
				t.Fatalf("not a fault: %v", err)
			}
			return
		}
		line := 0
		var good []Row
		for {
			row, wrong, err := tab.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if row.Line <= line {
				t.Fatalf("line %d behind line %d", row.Line, line)
			}
			line = row.Line
			for _, c := range row.Cells {
				if len(c) > maxCell {
					t.Fatalf("a cell of %d bytes", len(c))
				}
			}
			if wrong == nil {
				good = append(good, row)
			}
		}
		again, err := NewReader(bytes.NewReader(written(t, tab.Header(), good...)), Options{})
		if err != nil {
			t.Fatalf("own file refused: %v", err)
		}
		for _, want := range good {
			got, wrong, err := again.Next()
			if err != nil || wrong != nil || !slices.Equal(got.Cells, want.Cells) {
				t.Fatalf("wrote %q, read %q, %v, %v", want.Cells, got.Cells, wrong, err)
			}
		}
	})
}

func TestTheReaderAgreesWithTheStandardLibrary(t *testing.T) {
	cell := rapid.StringMatching(`[a-z 0-9王",\n]{0,6}`)
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, 3, 3), 0, 6).Draw(t, "rows")
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		w.UseCRLF = rapid.Bool().Draw(t, "crlf")
		if err := w.WriteAll(append([][]string{{"a", "b", "c"}}, rows...)); err != nil {
			t.Fatal(err)
		}
		tab, err := NewReader(bytes.NewReader(b.Bytes()), Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range rows {
			if blank(want) {
				continue
			}
			got, wrong, err := tab.Next()
			for i := range got.Cells {
				got.Cells[i] = strings.ReplaceAll(got.Cells[i], "\r\n", "\n")
			}
			if err != nil || wrong != nil || !slices.Equal(got.Cells, want) {
				t.Fatalf("got %q, want %q, %v, %v", got.Cells, want, wrong, err)
			}
		}
	})
}
