package api_test

import (
	"bytes"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"amend/access"
)

func TestTableIsReadInTheEncodingOfItsSender(t *testing.T) {
	w := newWorld(t)
	text := header("Content-Type", "text/csv")
	gbk, err := simplifiedchinese.GB18030.NewEncoder().String("姓名,手机\r\n张㼆𠮷,13800138001\r\n")
	w.must(err)
	done := w.post(access.Operator, "/imports?mode=migration&name=list.csv", gbk, text).is(200)
	if done.text("encoding") != "GB18030" || done.at("run", "records") != float64(1) {
		t.Errorf("import: %s", done.Raw)
	}
	if found := w.post(access.Agent, "/customers/search", `{"key":"13800138001"}`).is(200); found.length("items") != 1 {
		t.Errorf("not found: %s", found.Raw)
	}
	western := "name,phone\r\nM\xfcller,13800138002\r\n"
	w.post(access.Operator, "/imports?mode=migration&name=west.csv", western, text).fails(400, "encoding_unknown")
	w.post(access.Operator, "/imports?mode=migration&name=west.csv&encoding=klingon", western, text).fails(422, "encoding_name")
	named := w.post(access.Operator, "/imports?mode=migration&name=west.csv&encoding=latin1", western, text).is(200)
	if named.text("encoding") != "Windows-1252" || named.text("run", "state") != "waiting" {
		t.Errorf("import: %s", named.Raw)
	}
}

func TestWorkbookComesInLikeAnyTable(t *testing.T) {
	w := newWorld(t)
	f := excelize.NewFile()
	defer f.Close()
	for at, v := range map[string]any{"A1": "姓名", "B1": "手机", "A2": "张㼆𠮷", "B2": 13800138001, "A3": "李雷", "B3": 1.38001e20} {
		w.must(f.SetCellValue("Sheet1", at, v))
	}
	var b bytes.Buffer
	w.must(f.Write(&b))
	media := header("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	done := w.post(access.Operator, "/imports?mode=migration&name=list.xlsx", b.String(), media).is(200)
	if done.text("sheet") != "Sheet1" || done.at("run", "records") != float64(2) || done.at("rows") != float64(1) {
		t.Errorf("import: %s", done.Raw)
	}
	if found := w.post(access.Agent, "/customers/search", `{"key":"13800138001"}`).is(200); found.length("items") != 1 {
		t.Errorf("not found: %s", found.Raw)
	}
	w.post(access.Operator, "/imports?mode=migration&name=list.xlsx&sheet=nobody", b.String()+" ", media).fails(422, "sheet_unknown")
	w.post(access.Operator, "/imports?mode=migration&name=cut.xlsx", b.String()[:2000], media).fails(400, "workbook_broken")
}
