package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/htmlindex"
)

// encode NAME FROM TO writes a list of UTF-8 in another encoding.
func encode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: encode NAME FROM TO")
	}
	e, err := htmlindex.Get(args[0])
	ts.Check(err)
	text, err := e.NewEncoder().String(ts.ReadFile(args[1]))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(text), 0o600))
}

// workbook FROM TO writes a list as a spreadsheet does that it was typed into: what looks
// like a number is one, and keeps fifteen digits. The list is on the second sheet, 客户,
// and the first one is hidden.
func workbook(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: workbook FROM TO")
	}
	rows, err := csv.NewReader(strings.NewReader(ts.ReadFile(args[0]))).ReadAll()
	ts.Check(err)
	f := excelize.NewFile()
	defer f.Close()
	_, err = f.NewSheet("客户")
	ts.Check(err)
	f.SetActiveSheet(1)
	ts.Check(f.SetSheetVisible("Sheet1", false))
	for i, row := range rows {
		values := make([]any, len(row))
		for j, s := range row {
			values[j] = s
			if n, err := strconv.ParseFloat(s, 64); err == nil {
				values[j] = n
			}
		}
		ts.Check(f.SetSheetRow("客户", fmt.Sprint("A", i+1), &values))
	}
	ts.Check(f.SaveAs(ts.MkAbs(args[1])))
}
