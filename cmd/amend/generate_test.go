package main

import (
	"encoding/csv"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// planted TRUTH LIST ERRORS compares what the truth says of a list with the list itself, and
// its errors with the rows that an import sent back.
func planted(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: planted TRUTH LIST ERRORS")
	}
	var tables [3][][]string
	for i, name := range args {
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(ts.ReadFile(name), "\ufeff"))).ReadAll()
		ts.Check(err)
		tables[i] = rows[1:]
	}
	truth, list := tables[0], tables[1]
	sent := map[string]bool{}
	for _, row := range tables[2] {
		sent[row[0]] = true
	}

	damaged := 0
	for _, row := range truth {
		line, err := strconv.Atoi(row[0])
		ts.Check(err)
		if got := list[line-2][0]; got != row[1] {
			ts.Fatalf("line %d is %s, not %s", line, got, row[1])
		}
		if (row[2] == "") != (row[3] == "") || (row[4] == "") != (row[5] == "") {
			ts.Fatalf("half a truth: %q", row)
		}
		if row[4] == "" {
			continue
		}
		if damaged++; !sent[row[1]] {
			ts.Fatalf("nothing is wrong with %q", row)
		}
	}
	if damaged != len(sent) {
		ts.Fatalf("%d rows were sent back, %d are damaged", len(sent), damaged)
	}
}
