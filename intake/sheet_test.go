package intake

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"amend/customer"
	"amend/fault"
)

// workbookOf is a list as a spreadsheet saves it: cells by their names, and formats of cells.
func workbookOf(t *testing.T, cells map[string]any, formats map[string]string) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for at, v := range cells {
		if err := f.SetCellValue("Sheet1", at, v); err != nil {
			t.Fatal(err)
		}
	}
	for at, code := range formats {
		style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetCellStyle("Sheet1", at, at, style); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func openSheet(t *testing.T, file []byte) *Reader {
	t.Helper()
	tab, err := Open(bytes.NewReader(file), int64(len(file)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return tab
}

func TestARowOfAWorkbookBecomesAPerson(t *testing.T) {
	tab := openSheet(t, workbookOf(t, map[string]any{
		"A2": " 姓名 ", "B2": "手机号", "C2": "出生日期", "D2": "身份证号", "E2": "备注",
		"A4": "张㼆𠮷", "B4": 13800138000, "C4": 33000, "D4": "11010519491231002X",
		"A5": "王芳", "B5": "13900139000", "C5": 44927, "D5": 110105194912310020, "E5": "=1+1",
	}, map[string]string{"B4": "0.00E+00", "C4": "m/d/yy"}))
	if tab.Form() != (Form{Sheet: "Sheet1"}) || strings.Join(tab.Header(), " ") != "姓名 手机号 出生日期 身份证号 备注" {
		t.Fatalf("%+v, header %q", tab.Form(), tab.Header())
	}
	m, _ := GuessMapping(tab.Header(), customer.Shipped())
	b := bind(t, m, tab.Header()...)
	rows, faults := rest(t, tab)
	if len(rows) != 2 || len(faults) > 0 || rows[0].Line != 4 || len(rows[0].Cells) != 5 {
		t.Fatalf("rows %+v, faults %v", rows, faults)
	}
	got, wrong := b.Apply(rows[0])
	if want := []string{"birthday=1990-05-07", "legal_name=张㼆𠮷", "phone=13800138000", "resident_id=11010519491231002X"}; len(wrong) > 0 || !slices.Equal(text(got), want) {
		t.Errorf("got %q, %+v", text(got), wrong)
	}
	got, wrong = b.Apply(rows[1])
	if want := []string{"legal_name=王芳", "phone=13900139000", "remark==1+1"}; !slices.Equal(text(got), want) {
		t.Errorf("got %q", text(got))
	}
	if len(wrong) != 2 || wrong[0].Err.Code != "date_serial" || wrong[1].Err.Code != "number_damaged" || wrong[1].Column != "身份证号" {
		t.Errorf("a day without its format and a rounded number: %+v", wrong)
	}
}

func TestRowsOfAWorkbookHaveTheirFaultsBesideThem(t *testing.T) {
	tab := openSheet(t, workbookOf(t, map[string]any{
		"A1": "a", "B1": "b", "A2": 1, "A3": 1, "D3": "too many", "A5": "bell_x0007_", "B6": " ",
		"A7": strings.Repeat("x", maxCell+1), "B7": "b", "A8": "'=1", "B8": 2,
	}, nil))
	rows, faults := rest(t, tab)
	if len(rows) != 2 || !slices.Equal(rows[0].Cells, []string{"1", ""}) || !slices.Equal(rows[1].Cells, []string{"=1", "2"}) || rows[1].Line != 8 {
		t.Errorf("rows %+v", rows)
	}
	if len(faults) != 3 || faults[3] != "row_ragged" || faults[5] != "control_character" || faults[7] != "cell_too_long" {
		t.Errorf("faults %v", faults)
	}
}

func TestAnErrorFileThatWasMendedInASpreadsheetIsATableAgain(t *testing.T) {
	tab := openSheet(t, workbookOf(t, map[string]any{
		"A1": "姓名", "B1": "手机", "C1": lineColumn, "D1": errorColumn, "E1": remedyColumn, "A2": "王小芳", "B2": 13800138000, "C2": 7, "D2": "手机: …",
	}, nil))
	rows, faults := rest(t, tab)
	if !slices.Equal(tab.Header(), []string{"姓名", "手机"}) || len(rows) != 1 || !slices.Equal(rows[0].Cells, []string{"王小芳", "13800138000"}) || len(faults) > 0 {
		t.Fatalf("header %q, rows %+v, faults %v", tab.Header(), rows, faults)
	}
}

func TestWorkbooksAreRefusedForTheirHeadersAsTextIs(t *testing.T) {
	for name, c := range map[string]struct {
		cells map[string]any
		code  string
	}{
		"empty":             {nil, "file_empty"},
		"a name twice":      {map[string]any{"A1": "a", "C1": " a"}, "header_duplicate"},
		"too wide":          {map[string]any{"A1": "a", "GT1": "b"}, "row_too_wide"},
		"one column more":   {map[string]any{"A1": "a", "GS1": "b"}, "row_too_wide"},
		"as wide as can be": {map[string]any{"A1": "a", "GR1": "b"}, ""},
	} {
		file := workbookOf(t, c.cells, nil)
		if _, err := Open(bytes.NewReader(file), int64(len(file)), Options{}); fault.CodeOf(err) != c.code {
			t.Errorf("%s: got %v, want %s", name, err, c.code)
		}
	}
	file := workbookOf(t, map[string]any{"A1": "a"}, nil)
	if _, err := Open(bytes.NewReader(file), int64(len(file)), Options{Sheet: "客户"}); fault.CodeOf(err) != "sheet_unknown" {
		t.Errorf("a sheet that isn't there: %v", err)
	}
}

func TestAProtectedWorkbookIsRefusedByName(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	var b bytes.Buffer
	if err := f.Write(&b, excelize.Options{Password: "secret"}); err != nil {
		t.Fatal(err)
	}
	if _, _, _, code := opened(b.Bytes()); code != "workbook_protected" {
		t.Errorf("got %q", code)
	}
}
