package page_test

import (
	"strings"
	"testing"
	"time"

	"amend/internal/lang"
	"amend/internal/page"
)

func TestChartHasItsFiguresAsATableToo(t *testing.T) {
	html := rendered(t, page.BarLineChart(at(lang.EN), page.BarLine{
		Title: "Changes a day", Step: "Day", First: "Same day", Rest: "Later", Line: "Median", Unit: "h",
		Bars: []page.Bar{{Label: "11-20", First: 221, Rest: 7, Line: 2.3}, {Label: "Today", First: 91, Rest: 24, Line: 1.9, Today: true}},
	}))
	for _, want := range []string{`role="img" aria-label="Changes a day"`, "<details", ">221</td>", ">2.3</td>", ">300</text>", ">3 h</text>"} {
		if !strings.Contains(html, want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(html, "NaN") || strings.Contains(html, "Inf") {
		t.Error("a place of the drawing is no number")
	}
}

func TestLineHasAGapWhereNothingWasMeasured(t *testing.T) {
	html := rendered(t, page.BarLineChart(at(lang.EN), page.BarLine{
		Bars: []page.Bar{{Label: "a", Blank: true}, {Label: "b", Line: 2}, {Label: "c", Blank: true}, {Label: "d", Line: 3}, {Label: "e", Line: 1}},
	}))
	if points, pens := strings.Count(html, `class="m2"`), strings.Count(html[strings.Index(html, `class="l2"`):], "M"); points != 3 || pens != 2 {
		t.Errorf("%d points in %d strokes, want 3 in 2", points, pens)
	}
}

func TestChartOfNothingIsDrawn(t *testing.T) {
	for _, c := range []page.BarLine{{}, {Bars: []page.Bar{{Label: "0"}}}, {Bars: []page.Bar{{Label: "tiny", First: 0.001, Line: 1e9}}}} {
		if html := rendered(t, page.BarLineChart(at(lang.EN), c)); strings.Contains(html, "NaN") || strings.Contains(html, "Inf") {
			t.Errorf("a place of the drawing is no number: %s", html)
		}
	}
	if html := rendered(t, page.Spark(nil, page.Quiet, "")); html != "" {
		t.Errorf("got %s", html)
	}
	if html := rendered(t, page.Spark([]float64{5, 5}, page.Quiet, "level")); !strings.Contains(html, "M1.5 12 L94.5 12") {
		t.Errorf("a level course is not level: %s", html)
	}
}

func TestQRCodeKeepsItsModulesAndItsBorder(t *testing.T) {
	html := rendered(t, page.QR([][]bool{{true, true, false}, {false, false, true}, {false, false, false}}, "go on"))
	if !strings.Contains(html, `viewBox="0 0 11 11"`) || !strings.Contains(html, "M4 4h2v1h-2zM6 5h1v1h-1z") {
		t.Errorf("got %s", html)
	}
}

func TestProofTreeDrawsThreeSiblingsAndCountsTheRest(t *testing.T) {
	path := page.ProofPath{Entry: "184,230", Siblings: []string{"aaaa", "bbbb", "cccc", "dddd", "eeee"}, Root: "9f3a", Label: "path", Checkpoint: "Checkpoint"}
	html := rendered(t, page.ProofTree(at(lang.EN), path))
	if !strings.Contains(html, ">cccc<") || strings.Contains(html, ">dddd<") || !strings.Contains(html, "2 more levels") {
		t.Errorf("got %s", html)
	}
	path.Siblings = nil // an entry that is the head
	if html := rendered(t, page.ProofTree(at(lang.EN), path)); !strings.Contains(html, "9f3a") || strings.Contains(html, "more levels") {
		t.Errorf("got %s", html)
	}
}

func TestDatesAreWrittenAsTheLanguageWritesThem(t *testing.T) {
	when := time.Date(2026, 11, 21, 14, 5, 0, 0, time.UTC)
	zh, portal, en := at(lang.ZH), at(lang.ZH), at(lang.EN)
	portal.Roomy = true
	for got, want := range map[string]string{
		zh.Time(when): "2026-11-21 14:05", portal.Time(when): "2026年11月21日 14:05", en.Time(when): "21 Nov 2026, 14:05", en.Date(when): "21 Nov 2026",
		zh.Moment(when): "今天 14:05", en.Moment(when): "14:05 today", zh.Date(time.Time{}): "从未",
		zh.Span(72 * time.Minute): "1 小时 12 分", en.Span(72 * time.Minute): "1 h 12 min", en.Span(2 * time.Hour): "2 h", en.Span(80 * time.Hour): "3 d",
		zh.Span(38 * time.Second): "38 秒", zh.List("手机号", "地址"): "手机号、地址", en.List("phone", "address"): "phone, address",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
