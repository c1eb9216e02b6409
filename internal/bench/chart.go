package bench

import (
	"cmp"
	"fmt"
	"html"
	"math"
	"slices"
	"strings"

	"amend/internal/lang"
)

// A series is one job on databases of several sizes.
type series struct {
	name   string
	points []point
}

// A point is what was measured at a size, against the smallest one, in percent.
type point struct {
	customers int
	rate      float64
	percent   float64
}

// Headline is the line of each job that speaks for it.
func headline() map[string]string {
	return map[string]string{
		"apply": "32 clients", "http": "32 clients", "life": "32 clients", "read": "8 clients", "search": "phone, 8 clients", "import": "the whole list",
		"sync": "three systems that take everything", "log": "replay",
	}
}

// growth gathers the headlines of one database, smallest size first. Of several reports of a
// size the newest counts; a job that was measured at one size only has not grown.
func growth(reports []Report, database string) []series {
	rates := map[string]map[int]float64{}
	reports = slices.Clone(reports)
	slices.SortStableFunc(reports, func(a, b Report) int { return a.At.Compare(b.At) })
	for _, r := range reports {
		for _, l := range r.Lines {
			if r.Database != database || headline()[l.Job] != l.Name {
				continue
			}
			if rates[l.Job] == nil {
				rates[l.Job] = map[int]float64{}
			}
			rates[l.Job][r.Customers] = l.Ours
		}
	}
	var all []series
	for _, j := range Jobs() {
		if s := grown(j.Name, rates[j.Name]); len(s.points) > 1 {
			all = append(all, s)
		}
	}
	return all
}

func grown(name string, rates map[int]float64) series {
	s := series{name: name}
	for customers, rate := range rates {
		s.points = append(s.points, point{customers: customers, rate: rate})
	}
	slices.SortFunc(s.points, func(a, b point) int { return cmp.Compare(a.customers, b.customers) })
	for i := range s.points {
		s.points[i].percent = 100 * s.points[i].rate / s.points[0].rate
	}
	return s
}

// The chart's measures, in its own units.
const (
	chartWide, chartHigh = 720, 400
	plotLeft, plotRight  = 56, 560
	plotTop, plotBottom  = 32, 352
	chartMost            = 125 // percent at the top
	labelHigh            = 16  // two labels are never closer than that
	chartShapes          = 8   // as many colours as the style has
)

// Chart draws how each job of a database goes as customers become more: a line for each, in
// percent of its rate at the smallest size, over a logarithmic axis. It is an SVG document
// that follows the reader's light or dark scheme, and says in words what it shows.
func Chart(reports []Report, database string, l lang.Lang) string {
	all := growth(reports, database)
	var b strings.Builder
	title, desc := chartWords(all, database, l)
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-labelledby="title desc" lang="%s">`+"\n", chartWide, chartHigh, l.Tag())
	fmt.Fprintf(&b, "<title id=\"title\">%s</title>\n<desc id=\"desc\">%s</desc>\n%s", html.EscapeString(title), html.EscapeString(desc), chartStyle)
	low, high := decades(all)
	grid(&b, low, high)
	ends := labels(all)
	for i, s := range all {
		drawn(&b, s, i%chartShapes, low, high)
		fmt.Fprintf(&b, `<text class="c%d" x="%d" y="%.1f">%s</text>`+"\n", i%chartShapes, plotRight+10, ends[i]+4, html.EscapeString(Say(l, s.name)))
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// chartStyle has colours that stand out from each other, and from either ground.
const chartStyle = `<style>
svg{background:#fff;font:12px system-ui,sans-serif}text{fill:#333}line{stroke:#ddd}polyline{fill:none;stroke-width:2}circle{fill:#fff;stroke-width:2}
.c0{stroke:#1f6feb}.c1{stroke:#c2410c}.c2{stroke:#15803d}.c3{stroke:#7c3aed}.c4{stroke:#be185d}.c5{stroke:#0e7490}.c6{stroke:#a16207}.c7{stroke:#475569}
text[class]{stroke:none}text.c0{fill:#1f6feb}text.c1{fill:#c2410c}text.c2{fill:#15803d}text.c3{fill:#7c3aed}text.c4{fill:#be185d}text.c5{fill:#0e7490}text.c6{fill:#a16207}text.c7{fill:#475569}
@media (prefers-color-scheme:dark){svg{background:#0d1117}text{fill:#c9d1d9}line{stroke:#30363d}circle{fill:#0d1117}
.c0{stroke:#79b8ff}.c1{stroke:#fb923c}.c2{stroke:#4ade80}.c3{stroke:#c4b5fd}.c4{stroke:#f9a8d4}.c5{stroke:#67e8f9}.c6{stroke:#fde047}.c7{stroke:#cbd5e1}
text.c0{fill:#79b8ff}text.c1{fill:#fb923c}text.c2{fill:#4ade80}text.c3{fill:#c4b5fd}text.c4{fill:#f9a8d4}text.c5{fill:#67e8f9}text.c6{fill:#fde047}text.c7{fill:#cbd5e1}}
</style>
`

// chartWords are the title, and the figures in words for whoever does not see the lines.
func chartWords(all []series, database string, l lang.Lang) (title, desc string) {
	pick := func(zh, en string) string {
		if l == lang.ZH {
			return zh
		}
		return en
	}
	title = fmt.Sprintf(pick("客户增多时的速度，%s", "Speed as customers become more, %s"), database)
	var parts []string
	for _, s := range all {
		first, last := s.points[0], s.points[len(s.points)-1]
		parts = append(parts, fmt.Sprintf(pick("%s：从 %s 位客户到 %s 位，保留 %s%%", "%s: from %s customers to %s, %s%% is kept"),
			Say(l, s.name), Figure(float64(first.customers)), Figure(float64(last.customers)), Figure(last.percent)))
	}
	if len(parts) == 0 {
		return title, pick("还没有两种规模的结果", "there are no results of two sizes yet")
	}
	return title, strings.Join(parts, pick("；", "; "))
}

// decades are the ends of the axis, as powers of ten.
func decades(all []series) (low, high float64) {
	low, high = 4, 6
	for _, s := range all {
		for _, p := range s.points {
			low, high = min(low, math.Floor(math.Log10(float64(p.customers)))), max(high, math.Ceil(math.Log10(float64(p.customers))))
		}
	}
	return low, high
}

// grid draws the axes: a line for each decade and for each quarter.
func grid(b *strings.Builder, low, high float64) {
	for d := low; d <= high; d++ {
		x := across(math.Pow(10, d), low, high)
		fmt.Fprintf(b, `<line x1="%.1f" y1="%d" x2="%.1f" y2="%d"/><text x="%.1f" y="%d" text-anchor="middle">%s</text>`+"\n",
			x, plotTop, x, plotBottom, x, plotBottom+20, Figure(math.Pow(10, d)))
	}
	for percent := 0; percent <= chartMost; percent += 25 {
		y := down(float64(percent))
		fmt.Fprintf(b, `<line x1="%d" y1="%.1f" x2="%d" y2="%.1f"/><text x="%d" y="%.1f" text-anchor="end">%d%%</text>`+"\n",
			plotLeft, y, plotRight, y, plotLeft-8, y+4, percent)
	}
}

func drawn(b *strings.Builder, s series, shape int, low, high float64) {
	var line []string
	for _, p := range s.points {
		x, y := across(float64(p.customers), low, high), down(p.percent)
		line = append(line, fmt.Sprintf("%.1f,%.1f", x, y))
		fmt.Fprintf(b, `<circle class="c%d" cx="%.1f" cy="%.1f" r="3"/>`+"\n", shape, x, y)
	}
	fmt.Fprintf(b, `<polyline class="c%d" points="%s"/>`+"\n", shape, strings.Join(line, " "))
}

func across(customers, low, high float64) float64 {
	return plotLeft + (math.Log10(customers)-low)/(high-low)*(plotRight-plotLeft)
}

func down(percent float64) float64 {
	return plotBottom - min(percent, chartMost)/chartMost*(plotBottom-plotTop)
}

// labels are the heights of the names at the ends of the lines, moved apart.
func labels(all []series) []float64 {
	order := make([]int, len(all))
	heights := make([]float64, len(all))
	for i, s := range all {
		order[i], heights[i] = i, down(s.points[len(s.points)-1].percent)
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(heights[a], heights[b]) })
	for i := 1; i < len(order); i++ {
		heights[order[i]] = max(heights[order[i]], heights[order[i-1]]+labelHigh)
	}
	return heights
}
