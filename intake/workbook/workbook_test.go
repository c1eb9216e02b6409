package workbook

import (
	"bytes"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"amend/fault"
)

func TestCellsAreReadAsWhatTheyHold(t *testing.T) {
	born := time.Date(1990, 5, 2, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		value  any
		format string
		want   string
	}{
		"a text":                      {"王小芳", "", "王小芳"},
		"a rare character":            {"㼆𠮷", "", "㼆𠮷"},
		"spaces":                      {"  a b ", "", "  a b "},
		"two lines":                   {"a\r\nb", "", "a\r\nb"},
		"a phone as a number":         {13800138000, "", "13800138000"},
		"one in scientific format":    {13800138000, "0.00E+00", "13800138000"},
		"fifteen digits":              {110105491231002, "", "110105491231002"},
		"an identity number, rounded": {110105194912310000, "", "1.1010519491231E+17"},
		"a sum":                       {12.5, `"¥"#,##0.00`, "12.5"},
		"a sum of sums":               {0.1 + 0.2, "", "0.3"},
		"a negative number":           {-7, "", "-7"},
		"a share":                     {0.25, "0%", "0.25"},
		"a postcode shown with zeros": {10010, "000000", "010010"},
		"a longer one than its zeros": {1234567, "000000", "1234567"},
		"a date":                      {born, "", "1990-05-02"},
		"a date, day first":           {33000, "d/m/yy", "1990-05-07"},
		"a date in Chinese":           {33000, `yyyy"年"m"月"d"日"`, "1990-05-07"},
		"a month":                     {33000, `[$-804]mmm;@`, "1990-05-07"},
		"a moment":                    {33000.75, "yyyy-mm-dd hh:mm", "1990-05-07 18:00:00"},
		"a day that never was":        {60, "yyyy-mm-dd", "1900-02-29"},
		"a day before it":             {59, "yyyy-mm-dd", "1900-02-28"},
		"a time of the day":           {0.5, "h:mm", "0.5"},
		"minutes":                     {0.5, "[mm]:ss", "0.5"},
		"red is no day":               {12, `#,##0_ ;[Red]\-#,##0\ `, "12"},
		"days in words are no day":    {12, `0" days"`, "12"},
		"a date that is none":         {-5, "yyyy-mm-dd", "-5"},
		"yes":                         {true, "", "TRUE"},
		"no":                          {false, "", "FALSE"},
		"nothing":                     {nil, "", ""},
	} {
		file := made(t, func(f *excelize.File) {
			set(t, f, map[string]any{"B2": c.value, "C2": "end"})
			if c.format != "" {
				style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &c.format})
				if err != nil {
					t.Fatal(err)
				}
				if err := f.SetCellStyle("Sheet1", "B2", "B2", style); err != nil {
					t.Fatal(err)
				}
			}
		})
		if got := cells(t, file, limits); len(got) != 1 || !slices.Equal(got[2], []string{"", c.want, "end"}) {
			t.Errorf("%s: %v, want %q", name, got, c.want)
		}
	}
}

func TestFormulasAreReadAsTheValueThatWasSavedAndNeverRun(t *testing.T) {
	file := sheet(t, `<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>A1&amp;"x"</f><v>2x</v></c>`+
		`<c r="C1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="D1"><f>cmd|' /C calc'!A0</f></c><c r="E1" t="d"><v>1990-05-02T00:00:00</v></c></row>`)
	if got := cells(t, file, limits); !slices.Equal(got[1], []string{"2", "2x", "#DIV/0!", "", "1990-05-02T00:00:00"}) {
		t.Errorf("got %v", got)
	}
}

func TestRichTextIsReadWithoutItsReadingAid(t *testing.T) {
	file := zipped(t, parts(map[string]string{
		"xl/sharedStrings.xml":     `<sst><si><r><rPr><b/></rPr><t>王</t></r><r><t xml:space="preserve"> 小芳</t></r><rPh sb="0" eb="1"><t>wang</t></rPh><phoneticPr/></si><si/></sst>`,
		"xl/worksheets/sheet1.xml": rows(`<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="inlineStr"><is><r><t>李</t></r><r><t>_x674E__x000D_四_x005F_x0041__xZ</t></r></is></c></row>`),
	}))
	if got := cells(t, file, limits); !slices.Equal(got[1], []string{"王 小芳", "", "李李\r四_x0041__xZ"}) {
		t.Errorf("got %v", got)
	}
}

func TestRowsHaveTheNumbersThatTheSheetShows(t *testing.T) {
	file := made(t, func(f *excelize.File) {
		set(t, f, map[string]any{"A1": "name", "A3": "hidden", "A4": "merged", "C9": "far"})
		for _, err := range []error{f.SetRowVisible("Sheet1", 3, false), f.SetColVisible("Sheet1", "C", false), f.MergeCell("Sheet1", "A4", "B5")} {
			if err != nil {
				t.Fatal(err)
			}
		}
	})
	want := map[int][]string{1: {"name"}, 3: {"hidden"}, 4: {"merged"}, 9: {"", "", "far"}}
	if got := cells(t, file, limits); !maps.EqualFunc(got, want, slices.Equal[[]string]) {
		t.Errorf("got %v", got)
	}
	if got := cells(t, sheet(t, `<row><c><v>1</v></c></row><row r="5"/><row><c r="B6"><v>2</v></c><c><v>3</v></c></row>`), limits); !maps.EqualFunc(got, map[int][]string{1: {"1"}, 6: {"", "2", "3"}}, slices.Equal[[]string]) {
		t.Errorf("rows that have no number follow each other: %v", got)
	}
}

func TestOnlyTheRowAtFaultIsLost(t *testing.T) {
	long := string(bytes.Repeat([]byte("长"), 20_000/3))
	file := made(t, func(f *excelize.File) {
		set(t, f, map[string]any{"A1": "name", "A2": long, "B2": "b", "GS3": "too far", "A3": "a", "A4": "good"})
	})
	got, faults, err := read(bytes.NewReader(file), len(file), limits)
	if err != nil || !maps.Equal(faults, map[int]string{2: "cell_too_long", 3: "row_too_wide"}) || got[4][0] != "good" {
		t.Fatalf("%v, faults %v", err, faults)
	}
}

func TestTheSheetIsTheFirstThatIsShownOrTheOneNamed(t *testing.T) {
	file := made(t, func(f *excelize.File) {
		for _, name := range []string{"客户", "Leads"} {
			if _, err := f.NewSheet(name); err != nil {
				t.Fatal(err)
			}
			if err := f.SetCellValue(name, "A1", name); err != nil {
				t.Fatal(err)
			}
		}
		f.SetActiveSheet(1)
		if err := f.SetSheetVisible("Sheet1", false); err != nil {
			t.Fatal(err)
		}
	})
	for name, want := range map[string]string{"": "客户", "leads": "Leads", "Sheet1": ""} {
		o := limits
		o.Sheet = name
		s, err := Open(bytes.NewReader(file), int64(len(file)), o)
		if err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		if row, _, _ := s.Next(); want != "" && (row.Cells[0] != want || s.Name() != want) {
			t.Errorf("%q: sheet %s with %q", name, s.Name(), row.Cells)
		}
	}
	o := limits
	o.Sheet = "nobody's"
	if _, err := Open(bytes.NewReader(file), int64(len(file)), o); fault.CodeOf(err) != "sheet_unknown" {
		t.Errorf("got %v", err)
	}
}

func TestDatesMayCountFrom1904(t *testing.T) {
	file := zipped(t, parts(map[string]string{
		"xl/workbook.xml":          `<workbook><workbookPr date1904="1"/><sheets><sheet name="A" r:id="r1" state="visible"/></sheets></workbook>`,
		"xl/styles.xml":            `<styleSheet><cellStyleXfs><xf numFmtId="0"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
		"xl/worksheets/sheet1.xml": rows(`<row><c s="1"><v>31538</v></c><c s="1"><v>0</v></c><c s="7"><v>1</v></c><c s="x"><v>1</v></c></row>`),
	}))
	if got := cells(t, file, limits); !slices.Equal(got[1], []string{"1990-05-07", "1904-01-01", "1", "1"}) {
		t.Errorf("got %v", got)
	}
}
