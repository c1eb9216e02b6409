package bench

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"amend/internal/lang"
)

// runs are the reports of three sizes: apply loses a tenth with each decade, search nothing.
func runs() []Report {
	var all []Report
	for i, customers := range []int{10_000, 100_000, 1_000_000} {
		rate := 5000 * math.Pow(0.9, float64(i))
		all = append(all, Report{
			At: time.Date(2026, 3, 1+i, 8, 0, 0, 0, time.UTC), Commit: "abcdef123456", Database: "sqlite", Version: "3", Customers: customers, Rounds: 5, Changes: 4000, Seed: 1,
			Lines: []Line{
				{Job: "search", Name: "phone, 8 clients", Unit: "searches/s", Ours: 9000},
				Line{Job: "apply", Name: "32 clients", Unit: "changes/s", Floor: 6000, Ours: rate, Ratio: rate / 6000}.judged(least("ratio", 0.85)),
				{Job: "import", Name: "the whole list", Unit: "rows/s", Ours: 40_000, Facts: []Fact{{"disk", "bytes a customer", 2048}}},
			},
		})
	}
	return all
}

func TestChartIsASVGThatSaysInWordsWhatItShows(t *testing.T) {
	for _, l := range lang.Langs() {
		svg := Chart(runs(), "sqlite", l)
		count := map[string]int{}
		var words strings.Builder
		for dec := xml.NewDecoder(strings.NewReader(svg)); ; {
			token, err := dec.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			switch e := token.(type) {
			case xml.StartElement:
				count[e.Name.Local]++
			case xml.CharData:
				words.Write(e)
			}
		}
		if count["polyline"] != 3 || count["circle"] != 9 || count["title"] != 1 || count["desc"] != 1 {
			t.Errorf("%v", count)
		}
		for _, want := range []string{Say(l, "apply"), Say(l, "search"), "81.0%", "1,000,000", "100%"} {
			if !strings.Contains(words.String(), want) {
				t.Errorf("%s is not said in %s", want, l)
			}
		}
		if !strings.Contains(svg, "prefers-color-scheme:dark") || !strings.Contains(svg, `role="img"`) {
			t.Error("it follows no scheme, or is no image")
		}
	}
}

func TestJobOfOneSizeHasNotGrownAndTheNewestReportOfASizeCounts(t *testing.T) {
	all := runs()
	if got := growth(all[:1], "sqlite"); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	if got := growth(all, "postgres"); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	again := all[2]
	again.At = again.At.AddDate(0, 0, 1)
	again.Lines = []Line{{Job: "apply", Name: "32 clients", Ours: 2500}}
	got := growth(append([]Report{again}, all...), "sqlite")
	if len(got) != 3 || got[0].name != "apply" || got[0].points[2].percent != 50 {
		t.Errorf("%+v", got)
	}
	if kept, from := grown("apply", map[int]float64{10_000: 100, 1_000_000: 81}).decade(); math.Abs(kept-0.9) > 1e-9 || from.customers != 1_000_000 {
		t.Errorf("%v of %+v", kept, from)
	}
}

func TestNamesOfLinesThatEndTogetherStandApart(t *testing.T) {
	heights := labels([]series{grown("a", map[int]float64{1: 1, 10: 1}), grown("b", map[int]float64{1: 1, 10: 1}), grown("c", map[int]float64{1: 1, 10: 1.01})})
	for i := range heights {
		for j := range i {
			if math.Abs(heights[i]-heights[j]) < labelHigh {
				t.Errorf("%v", heights)
			}
		}
	}
}

func TestPagesAreWrittenFromTheReportsInBothLanguages(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	for _, r := range runs() {
		file, err := os.Create(filepath.Join(from, r.At.Format(time.DateOnly)+".json"))
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(r.Write(file), file.Close()); err != nil {
			t.Fatal(err)
		}
	}
	if err := WritePages(from, to); err != nil {
		t.Fatal(err)
	}
	for name, wants := range map[string][]string{
		"performance.md":       {"| **apply**<br>32 clients | 1,000,000 | 6,000 |", "✗ ratio 0.675 ≥ 0.850", "`amend bench all --customers 1000000 --rounds 5 --changes 4000 --seed 1`", "abcdef123456", "2026-03-03", "PocketBase", "each decade keeps 90.0%", "2,048 bytes a customer", "Goals met: 0 of 3", "**apply** SQLite has one writer"},
		"performance.zh-CN.md": {"| **生效**<br>32 个客户端 | 1,000,000 |", "✗ 比值", "PocketBase", "保留 90.0%", "2,048 字节", "**生效** SQLite 只有一个写线程"},
	} {
		page, err := os.ReadFile(filepath.Join(to, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range wants {
			if !strings.Contains(string(page), want) {
				t.Errorf("%s lacks %q:\n%s", name, want, page)
			}
		}
		for line := range strings.Lines(string(page)) {
			if columns := strings.Count(line, "|"); columns > 0 && columns != 10 && columns != 7 {
				t.Errorf("%s: %s", name, line)
			}
		}
	}
	for _, chart := range []string{"performance-sqlite.svg", "performance-sqlite.zh-CN.svg"} {
		if _, err := os.Stat(filepath.Join(to, chart)); err != nil {
			t.Error(err)
		}
	}
	if err := WritePages(t.TempDir(), to); err == nil {
		t.Error("a page was written of no reports")
	}
}
