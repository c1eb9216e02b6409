package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"amend/customer"
	"amend/fault"
)

// Example reads a list as an import does: guess a mapping, take what is usable, and give
// the rest back to its sender.
func Example() {
	const list = "姓名;手机号;出生日期\n王小芳;13800138000;1990年5月2日\n李四;1.39001E+10;19081335\n"
	tab, err := NewReader(strings.NewReader(list), Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	m, unmapped := GuessMapping(tab.Header(), customer.Shipped())
	rows, err := m.Bind(tab.Header())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s, unmapped: %q\n", m.Kind, unmapped)
	for {
		row, _, err := tab.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		values, faults := rows.Apply(row)
		for _, v := range values {
			fmt.Println(row.Line, v.Key, v.Text)
		}
		for _, f := range faults {
			fmt.Println(row.Line, f.Column, f.Err.Code)
		}
	}
	// Output:
	// person, unmapped: []
	// 2 birthday 1990-05-02
	// 2 legal_name 王小芳
	// 2 phone 13800138000
	// 3 legal_name 李四
	// 3 出生日期 date_impossible
	// 3 手机号 number_damaged
}

func TestTheErrorFileOfAnImportHoldsExactlyItsFaults(t *testing.T) {
	tab, err := NewReader(open(t, "../testdata/febrl/dataset3.csv"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	b := bind(t, Febrl(), tab.Header()...)
	var out bytes.Buffer
	file, err := NewErrorFile(&out, tab.Header(), say)
	if err != nil {
		t.Fatal(err)
	}
	for {
		row, _, err := tab.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if _, faults := b.Apply(row); len(faults) > 0 {
			if err := file.Write(row, faults); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := file.Flush(); err != nil {
		t.Fatal(err)
	}

	header, rows, faults := table(t, &out)
	if !slices.Equal(header, Febrl().Header) || len(rows) != 35 || len(faults) != 0 {
		t.Fatalf("header %q, %d rows, faults %v", header, len(rows), faults)
	}
	for _, row := range rows {
		if _, again := bind(t, Febrl(), header...).Apply(row); len(again) != 1 || again[0].Err.Code != "date_impossible" {
			t.Errorf("line %d: %+v", row.Line, again)
		}
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestAFullDiskIsNotAnErrorFile(t *testing.T) {
	f, err := NewErrorFile(full{}, []string{"a"}, say)
	for i := 0; err == nil && i < 1000; i++ {
		err = f.Write(Row{i, []string{strings.Repeat("x", 100)}}, nil)
	}
	if !errors.Is(err, io.ErrShortWrite) || !errors.Is(f.Flush(), io.ErrShortWrite) {
		t.Fatalf("got %v", err)
	}
}

func TestTheDelimiterIsFoundFromTheHeader(t *testing.T) {
	cases := map[string]rune{
		"a,b\n": ',', "a;b\n": ';', "a\tb\n": '\t', "a\n": ',', "a;b,c;d\n": ';',
		"\"a;b;c\",d\n": ',', "a,b;c\n": ',', "sep=\t\na;b\tc\n": '\t', "SEP=;\r\na,b\n": ';',
		"sep=x\na;b\n": ',', "\n\na;b\n": ';', "\"a\nb\";c\n": ';',
	}
	for text, want := range cases {
		tab, err := NewReader(strings.NewReader(text), Options{})
		if err != nil || tab.Form().Delimiter != want {
			t.Errorf("%q: got %v, %v", text, tab, err)
		}
	}
}

func TestLimitsAreExact(t *testing.T) {
	cell := strings.Repeat("x", maxCell)
	quotes := strings.Repeat(`""`, maxCell)
	cases := map[string]string{
		cell: "", cell + "x": "cell_too_long",
		`"` + cell + `"`: "", `"` + cell + `x"`: "cell_too_long",
		`"` + quotes + `"`: "", `"` + quotes + `x"`: "cell_too_long",
		`"` + cell + `"x`: "quote_stray",
	}
	for text, code := range cases {
		tab, err := NewReader(strings.NewReader("a\n"+text+"\n"), Options{})
		if err != nil {
			t.Fatal(err)
		}
		row, wrong, err := tab.Next()
		if err != nil || (wrong == nil) != (code == "") || wrong != nil && wrong.Code != code || len(row.Cells) != 1 {
			t.Errorf("%.12q of %d bytes: got %v, %v", text, len(text), wrong, err)
		}
	}
	wide := strings.TrimSuffix(strings.Repeat("a,", maxColumns), ",") // empty names would be allowed
	if tab, err := NewReader(strings.NewReader(strings.ReplaceAll(wide, "a", "")+"\n"), Options{}); fault.CodeOf(err) != "file_empty" {
		t.Errorf("a header of empty names: %v, %v", tab, err)
	}
	names := make([]string, maxColumns)
	for i := range names {
		names[i] = fmt.Sprint("c", i)
	}
	if tab, err := NewReader(strings.NewReader(strings.Join(names, ",")+"\n"), Options{}); err != nil || len(tab.Header()) != maxColumns {
		t.Errorf("%d columns: %v", maxColumns, err)
	}
}

func TestUnnamedColumnsAreKeptButNeverMapped(t *testing.T) {
	header, rows, _ := table(t, strings.NewReader("name,,\n王,1,2\n"))
	if !slices.Equal(header, []string{"name", "", ""}) || len(rows) != 1 || len(rows[0].Cells) != 3 {
		t.Fatalf("header %q rows %+v", header, rows)
	}
	m := Mapping{Kind: customer.Person, Values: []Target{{Key: "remark", Source: Source{From: []string{""}}}}}
	if _, err := m.Bind(header); fault.CodeOf(err) != "column_missing" {
		t.Fatalf("got %v", err)
	}
}

func TestConstantsAloneAreNoAddress(t *testing.T) {
	m := Mapping{Kind: customer.Person, Values: []Target{
		{Key: "address", Parts: map[string]Source{"country": {Constant: "AU"}, "line": {From: []string{"street"}}}},
		{Key: "language", Source: Source{Constant: "en"}},
	}}
	b := bind(t, m, "street")
	got, _ := b.Apply(Row{2, []string{"  "}})
	if want := []string{"language=en"}; !slices.Equal(text(got), want) {
		t.Errorf("no street: %q", text(got))
	}
	got, _ = b.Apply(Row{3, []string{"1 George St"}})
	if want := []string{`address={"country":"AU","line":"1 George St"}`, "language=en"}; !slices.Equal(text(got), want) {
		t.Errorf("a street: %q", text(got))
	}
	_, faults := b.Apply(Row{4, []string{"1.5E+12"}})
	if len(faults) != 1 || faults[0].Column != "street" || faults[0].Err.Field != "address" {
		t.Errorf("a damaged street: %+v", faults)
	}
}

func TestASourceJoinsOnlyWhatIsThere(t *testing.T) {
	cases := []struct {
		source Source
		cells  []string
		want   string
	}{
		{Source{From: []string{"a", "b", "c"}}, []string{"x", " ", "z"}, "x z"},
		{Source{From: []string{"a", "b", "c"}, Join: ", "}, []string{" x", "y ", ""}, "x, y"},
		{Source{From: []string{"c", "a"}, Tight: true}, []string{"芳", "", "王"}, "王芳"},
		{Source{From: []string{"a", "b", "c"}}, []string{"", "\u3000", "\u200b"}, ""},
	}
	for _, c := range cases {
		m := Mapping{Values: []Target{{Key: "remark", Source: c.source}}}
		got, faults := bind(t, m, "a", "b", "c").Apply(Row{2, c.cells})
		switch {
		case len(faults) > 0, c.want == "" && len(got) > 0, c.want != "" && (len(got) != 1 || got[0].Text != c.want):
			t.Errorf("%+v of %q: got %q, faults %+v", c.source, c.cells, text(got), faults)
		}
	}
}

func TestAFaultNamesEveryColumnThatItsValueReads(t *testing.T) {
	if got := strings.Join(Febrl().Values[2].reads(), ", "); got != "street_number, address_1, address_2, postcode, suburb, state" {
		t.Errorf("address reads %q", got)
	}
	m := Mapping{Values: []Target{{Key: "phone", Source: Source{From: []string{"area", "number"}, Tight: true}}}}
	_, faults := bind(t, m, "number", "area").Apply(Row{5, []string{"1E+10", "010"}})
	if len(faults) != 1 || faults[0].Column != "area, number" || faults[0].Line != 5 {
		t.Fatalf("%+v", faults)
	}
}

func TestTheEmbeddedMappingIsReadableJSON(t *testing.T) {
	raw, err := os.ReadFile("mappings/febrl.json")
	if err != nil {
		t.Fatal(err)
	}
	m, err := ParseMapping(raw)
	if err != nil || m.Name != "Febrl" || m.Kind != customer.Person || len(m.Values) != 5 {
		t.Fatalf("%+v, %v", m, err)
	}
	if m, left := GuessMapping(append(m.Header, "loyalty"), customer.Shipped()); m.Name != "Febrl" || !slices.Equal(left, []string{"loyalty"}) {
		t.Errorf("with one column more: %q, left %q", m.Name, left)
	}
	if m, _ := GuessMapping(m.Header, customer.Catalog{}); m.Name != "" || len(m.Values) != 0 {
		t.Errorf("with an empty catalogue: %+v", m)
	}
}
