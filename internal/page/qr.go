package page

import (
	"strconv"
	"strings"
)

// margin is the empty border that a reader of QR codes needs, in modules (ISO/IEC 18004, 6.3.8).
const margin = 4

// drawQR is one path over all dark modules, row by row, and the side of the whole.
func drawQR(modules [][]bool) (d, side string) {
	var b strings.Builder
	for y, row := range modules {
		for x := 0; x < len(row); x++ {
			if !row[x] {
				continue
			}
			end := x
			for end < len(row) && row[end] {
				end++
			}
			b.WriteString("M" + strconv.Itoa(x+margin) + " " + strconv.Itoa(y+margin) + "h" + strconv.Itoa(end-x) + "v1h-" + strconv.Itoa(end-x) + "z")
			x = end
		}
	}
	return b.String(), strconv.Itoa(len(modules) + 2*margin)
}
