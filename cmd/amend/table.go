package main

import (
	"fmt"
	"io"
	"strings"
)

// table writes rows in columns that stand under each other, Chinese ones too: a Han
// character is two cells wide. The last column is never padded.
func table(out io.Writer, rows ...[]string) {
	var widths []int
	for _, row := range rows {
		for i, c := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], cells(c))
		}
	}
	for _, row := range rows {
		var b strings.Builder
		for i, c := range row {
			if i == len(row)-1 {
				b.WriteString(c)
				break
			}
			b.WriteString(pad(c, widths[i]+2))
		}
		fmt.Fprintln(out, strings.TrimRight(b.String(), " "))
	}
}
