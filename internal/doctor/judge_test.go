package doctor

import (
	"testing"

	"amend/internal/lang"
	"amend/internal/store"
)

func TestSettingsThatLoseWritesAreToldFromThoseThatDont(t *testing.T) {
	for name, tt := range map[string]struct {
		settings []store.Setting
		unsafe   int
	}{
		"as shipped":   {[]store.Setting{{Name: "fsync", Value: "on"}, {Name: "full_page_writes", Value: "on"}, {Name: "synchronous_commit", Value: "on"}}, 0},
		"on a replica": {[]store.Setting{{Name: "synchronous_commit", Value: "remote_apply"}}, 0},
		"one":          {[]store.Setting{{Name: "fsync", Value: "off"}}, 1},
		"all":          {[]store.Setting{{Name: "fsync", Value: "off"}, {Name: "full_page_writes", Value: "off"}, {Name: "synchronous_commit", Value: "off"}}, 3},
		"sqlite":       {[]store.Setting{{Name: "journal_mode", Value: "wal"}}, 0},
		"no log":       {[]store.Setting{{Name: "journal_mode", Value: "delete"}}, 1},
	} {
		if got := Unsafe(store.Facts{Settings: tt.settings}); len(got) != tt.unsafe {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestDiskIsTightInProportionUpToTenGibibytes(t *testing.T) {
	const gib = 1 << 30
	for _, tt := range []struct {
		free, total uint64
		tight       bool
	}{{100 << 20, 4 * gib, true}, {gib, 4 * gib, false}, {2 * gib, 100 * gib, true}, {6 * gib, 100 * gib, false}, {20 * gib, 1000 * gib, false}} {
		if got := (Room{tt.free, tt.total}).Tight(); got != tt.tight {
			t.Errorf("%d of %d: %v", tt.free, tt.total, got)
		}
	}
}

func TestDiskOfThisMachineIsMeasured(t *testing.T) {
	r, err := MeasureRoom(t.TempDir())
	if err != nil || r.Total == 0 || r.Free > r.Total {
		t.Fatalf("%+v: %v", r, err)
	}
}

func TestEverySentenceIsThereInBothLanguagesAndNamesTheSameThings(t *testing.T) {
	for code, told := range sentences() {
		for _, b := range []both{told.found, told.remedy} {
			if (b.zh == "") != (b.en == "") {
				t.Errorf("%s speaks one language", code)
			}
			if blanks(b.zh) != blanks(b.en) {
				t.Errorf("%s: %q, %q", code, b.zh, b.en)
			}
		}
		if told.found.zh == "" {
			t.Errorf("%s says nothing", code)
		}
	}
	for area, b := range areas() {
		if b.zh == "" || b.en == "" {
			t.Errorf("%s has no name", area)
		}
	}
}

// blanks are the placeholders of a sentence, in no order.
func blanks(s string) (sum int) {
	for i, name := range []string{"{n}", "{rows}", "{path}", "{free}", "{why}", "{now}", "{newest}", "{ahead}", "{oldest}", "{until}", "{print}", "{size}", "{version}", "{signed}", "{waiting}", "{requests}", "{seen}", "{since}"} {
		for j := 0; j+len(name) <= len(s); j++ {
			if s[j:j+len(name)] == name {
				sum += 1 << i
			}
		}
	}
	return sum
}

func TestLongListOfRowsIsCut(t *testing.T) {
	f := Finding{Code: store.RecordEdited, N: 12, Rows: []string{"a", "b"}}
	if got := f.Found(lang.EN); got != "12 altered behind Amend's back: a, b and 10 more" {
		t.Error(got)
	}
	if got := f.Found(lang.ZH); got != "12 份被直接改动：a、b 等，另有 10 项" {
		t.Error(got)
	}
}
