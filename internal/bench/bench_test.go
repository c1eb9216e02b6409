package bench

import (
	"bytes"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"amend/internal/lang"
	"amend/internal/store"
	"amend/internal/store/storetest"
)

// small is a run in miniature: it proves that a job works, and measures nothing.
func small(url, program string) Options {
	return Options{URL: url, Customers: 40, Rounds: 2, Clients: []int{1, 3}, Changes: 16, Seed: 1, Program: program}
}

func TestEveryJobRunsOnBothDatabasesAndLeavesNothingBehind(t *testing.T) {
	program := filepath.Join(t.TempDir(), "amend")
	if out, err := exec.Command("go", "build", "-o", program, "amend/cmd/amend").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	folder := t.TempDir()
	for database, url := range map[string]string{"sqlite": "sqlite://" + folder, "postgres": storetest.Postgres(t)} {
		for _, job := range Jobs() {
			t.Run(database+"/"+job.Name, func(t *testing.T) {
				r, err := Run(t.Context(), small(url, program), []Job{job})
				if err != nil {
					t.Fatal(err)
				}
				if len(r.Lines) == 0 || r.Database != database || r.Version == "" {
					t.Fatalf("%+v", r)
				}
				for _, l := range r.Lines {
					whole(t, job.Name, l)
				}
			})
		}
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// whole wants a line to have a figure, its own job, goals that were judged, and words.
func whole(t *testing.T, job string, l Line) {
	t.Helper()
	if l.Job != job || l.Ours < 0 || l.Ours == 0 && !l.Failed || math.IsInf(l.Ours, 0) {
		t.Errorf("%+v", l)
	}
	named := []string{l.Job, l.Name, l.Unit}
	for _, f := range l.Facts {
		named = append(named, f.Name, f.Unit)
	}
	for _, g := range l.Goals {
		named = append(named, g.Of)
		if g.Have == 0 && g.Of != "ours" {
			t.Errorf("%s, %s: nothing was seen of %s", l.Job, l.Name, g.Of)
		}
	}
	same := []string{"", "p50", "p99", "ms", "µs", "MiB", "MB", "%", "×"}
	for _, word := range named {
		if !slices.Contains(same, word) && Say(lang.ZH, word) == word {
			t.Errorf("%q has no Chinese word", word)
		}
	}
}

func TestReportIsTheSameAfterItWasWrittenAndRead(t *testing.T) {
	want, err := Run(t.Context(), small("sqlite://"+t.TempDir(), ""), []Job{{"fsync", Fsync}})
	if err != nil {
		t.Fatal(err)
	}
	want.Lines = append(want.Lines, Line{Job: "apply", Name: "nothing seen"}.judged(least("ratio", 0.5), most("p99", 5)))
	var file bytes.Buffer
	if err := want.Write(&file); err != nil {
		t.Fatal(err)
	}
	got, err := ReadReport(&file)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("%v\n%+v\n%+v", err, got, want)
	}
	if _, err := ReadReport(bytes.NewBufferString(`{"speed":"great"}`)); err == nil {
		t.Error("a report that isn't one was read")
	}
}

func TestGoalIsMetWithinItsBoundsAndMissedWhereNothingWasSeen(t *testing.T) {
	l := Line{Ours: 100, Ratio: 0.9, Facts: []Fact{{"p99", "ms", 4}}}
	for _, tt := range []struct {
		goal Goal
		met  bool
	}{
		{least("ratio", 0.9), true}, {least("ratio", 0.91), false}, {least("ours", 100), true}, {most("ours", 99), false},
		{most("p99", 4), true}, {most("p99", 3.9), false}, {most("pages", 9), false},
	} {
		got := l.judged(tt.goal)
		if got.Goals[0].Met != tt.met || got.Failed == tt.met {
			t.Errorf("%+v", got.Goals[0])
		}
	}
	r := Report{Lines: []Line{l.judged(most("p99", 3)), l.judged(most("p99", 5)), l}}
	if r.Missed() != 1 {
		t.Errorf("%d lines missed a goal", r.Missed())
	}
}

func TestMedianIsOneOfTheRoundsAndNeverTheBetterOfTwo(t *testing.T) {
	for _, tt := range []struct {
		of   []float64
		want float64
	}{{nil, 0}, {[]float64{7}, 7}, {[]float64{9, 1}, 1}, {[]float64{5, 1, 100}, 5}, {[]float64{4, 1, 3, 2}, 2}} {
		if got := median(tt.of, func(f float64) float64 { return f }); got != tt.want {
			t.Errorf("%v: %v, want %v", tt.of, got, tt.want)
		}
	}
}

func TestLineHasTheRatioOfItsMedians(t *testing.T) {
	rounds := func(rates ...float64) (all []sample) {
		for _, r := range rates {
			all = append(all, sample{rate: r, p50: time.Millisecond, p99: 3 * time.Millisecond, cpu: 40 * time.Microsecond})
		}
		return all
	}
	l := versus("apply", "8 clients", "changes/s", rounds(100, 1, 120), rounds(90, 80, 1000))
	if l.Floor != 100 || l.Ours != 90 || l.Ratio != 0.9 || l.figure("p99") != 3 || l.figure("cpu") != 40 {
		t.Errorf("%+v", l)
	}
}

func TestCrowdDoesEachActOnceAndStopsAtAFailure(t *testing.T) {
	var done [100]atomic.Int64
	s, err := crowd(7, len(done), func(_, i int) error { done[i].Add(1); return nil })
	if err != nil || s.rate <= 0 || s.p99 < s.p50 {
		t.Fatalf("%+v %v", s, err)
	}
	for i := range done {
		if n := done[i].Load(); n != 1 {
			t.Errorf("act %d was done %d times", i, n)
		}
	}
	broken := errors.New("broken")
	var acts atomic.Int64
	if _, err := crowd(2, 1_000_000, func(_, i int) error {
		acts.Add(1)
		if i == 10 {
			return broken
		}
		return nil
	}); !errors.Is(err, broken) || acts.Load() == 1_000_000 {
		t.Errorf("%v after %d acts", err, acts.Load())
	}
}

func TestFloorStoresAnActBehindThoseOfItsOwnRows(t *testing.T) {
	const a, b, staff = "06j3k0v5t8a2m9q4p1ca", "06j3k0v5t8a2m9q4p1cb", "06j3k0v5t8a2m9q4p1cc"
	if len(a) != idLength {
		t.Fatal("that is no id")
	}
	act := func(args ...any) []store.Statement { return []store.Statement{{Query: "…", Args: args}} }
	acts := [][]store.Statement{
		act(a, staff), act(b, staff, int64(1)), act(a, b, "open"), act("06j3k0v5t8a2m9q4p1cZ", nil), act(a, []byte(b)),
	}
	want := [][]int{nil, nil, {0, 1}, nil, {2}}
	for i, got := range order(acts, map[string]bool{staff: true}) {
		slices.Sort(got)
		if !slices.Equal(got, want[i]) {
			t.Errorf("act %d is behind %v, want %v", i, got, want[i])
		}
	}
}

func TestFiguresAreWrittenAsPeopleReadThem(t *testing.T) {
	for f, want := range map[float64]string{0: "0", 0.0041: "0.00410", 0.915: "0.915", 5: "5", -2: "-2", 18.44: "18.4", 99.96: "100.0", 1234.4: "1,234", 1e6: "1,000,000", -2500: "-2,500"} {
		if got := Figure(f); got != want {
			t.Errorf("%v: %s, want %s", f, got, want)
		}
	}
	if en, zh := Say(lang.EN, "phone, 1 clients"), Say(lang.ZH, "phone, 8 clients"); en != "phone, 1 client" || zh != "手机号，8 个客户端" {
		t.Errorf("%s, %s", en, zh)
	}
	if got := (Goal{Of: "ratio", Min: 0.85, Have: 0.9, Met: true}).Say(lang.ZH); got != "✓ 比值 0.900 ≥ 0.850" {
		t.Error(got)
	}
}
