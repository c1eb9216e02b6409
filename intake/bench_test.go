package intake

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

const benchRows = 20_000

// people is a list as companies keep it, of ten columns.
func people() [][]string {
	rows := [][]string{{"客户号", "姓名", "手机号", "邮箱", "身份证号", "出生日期", "地址", "单位", "兴趣", "备注"}}
	for i := range benchRows {
		rows = append(rows, []string{
			fmt.Sprintf("crm-%06d", i), "王小芳", fmt.Sprintf("138%08d", i), fmt.Sprintf("wang%d@example.com", i), fmt.Sprintf("1101011990%07dX", i),
			"1990-05-02", fmt.Sprintf("广东省深圳市南山区南海大道%d号,3单元", i), "星海科技公司", "围棋;茶", "",
		})
	}
	return rows
}

func csvOf(b interface{ Fatal(...any) }, rows [][]string) string {
	var text strings.Builder
	if err := csv.NewWriter(&text).WriteAll(rows); err != nil {
		b.Fatal(err)
	}
	return text.String()
}

// BenchmarkText reads a list in each encoding, and beside it, as floor, does the same with
// the CSV reader and the decoders of the standard library alone.
func BenchmarkText(b *testing.B) {
	text := csvOf(b, people())
	for _, e := range every {
		file := encoded(b, e, text)
		b.Run(string(e), func(b *testing.B) {
			measure(b, len(file), func() (int, error) {
				tab, err := Open(bytes.NewReader(file), int64(len(file)), Options{})
				if err != nil {
					return 0, err
				}
				return count(func() error { _, _, err := tab.Next(); return err })
			})
		})
		b.Run(string(e)+"/floor", func(b *testing.B) {
			measure(b, len(file), func() (int, error) {
				r := csv.NewReader(e.codec().NewDecoder().Reader(bytes.NewReader(file)))
				n, err := count(func() error { _, err := r.Read(); return err })
				return n - 1, err
			})
		})
	}
}

// BenchmarkWorkbook reads the same list as XLSX, with its texts in the cells and shared, and
// beside it with the library that wrote it.
func BenchmarkWorkbook(b *testing.B) {
	for _, streamed := range []bool{true, false} {
		file := saved(b, people(), streamed)
		name := map[bool]string{true: "texts in cells", false: "shared texts"}[streamed]
		b.Run(name, func(b *testing.B) {
			measure(b, len(file), func() (int, error) {
				tab, err := Open(bytes.NewReader(file), int64(len(file)), Options{})
				if err != nil {
					return 0, err
				}
				return count(func() error { _, _, err := tab.Next(); return err })
			})
		})
		b.Run(name+"/excelize", func(b *testing.B) {
			measure(b, len(file), func() (int, error) {
				f, err := excelize.OpenReader(bytes.NewReader(file))
				if err != nil {
					return 0, err
				}
				defer f.Close()
				rows, err := f.Rows("Sheet1")
				if err != nil {
					return 0, err
				}
				n := -1
				for rows.Next() {
					if _, err := rows.Columns(excelize.Options{RawCellValue: true}); err != nil {
						return n, err
					}
					n++
				}
				return n, rows.Close()
			})
		})
	}
}

// saved is a workbook of rows of text, each in its cell or shared by all that hold the same.
func saved(b *testing.B, rows [][]string, streamed bool) []byte {
	f := excelize.NewFile()
	defer f.Close()
	put := func(at string, row []any) error { return f.SetSheetRow("Sheet1", at, &row) }
	flush := func() error { return nil }
	if streamed {
		w, err := f.NewStreamWriter("Sheet1")
		if err != nil {
			b.Fatal(err)
		}
		put, flush = func(at string, row []any) error { return w.SetRow(at, row) }, w.Flush
	}
	for i, row := range rows {
		values := make([]any, len(row))
		for j, s := range row {
			values[j] = s
		}
		if err := put(fmt.Sprint("A", i+1), values); err != nil {
			b.Fatal(err)
		}
	}
	if err := flush(); err != nil {
		b.Fatal(err)
	}
	var file bytes.Buffer
	if err := f.Write(&file); err != nil {
		b.Fatal(err)
	}
	return file.Bytes()
}

// count counts what next answers until the end.
func count(next func() error) (n int, err error) {
	for err = next(); err == nil; err = next() {
		n++
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return n, err
}

func measure(b *testing.B, size int, read func() (int, error)) {
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		if n, err := read(); n != benchRows || err != nil {
			b.Fatal(n, err)
		}
	}
	b.ReportMetric(float64(b.N)*benchRows/b.Elapsed().Seconds(), "rows/s")
}
