package customer

import (
	"strings"
	"testing"
	"time"

	"amend/fault"
)

func TestKeyNamesAFieldAndASlot(t *testing.T) {
	long := strings.Repeat("a", 32)
	for _, s := range []string{"phone", "phone/work", "a_1", long + "/" + long} {
		k, err := ParseKey(s)
		if err != nil {
			t.Errorf("%s: %v", s, err)
		}
		if KeyOf(k.Field(), k.Slot()) != k {
			t.Errorf("%s is taken apart as %q and %q", s, k.Field(), k.Slot())
		}
	}
	for _, s := range []string{"", "/", "phone/", "/work", "phone/a/b", "Phone", "phöne", "a b", long + "a", "a/" + long + "a", "a\x00"} {
		if _, err := ParseKey(s); fault.CodeOf(err) != "bad_key" {
			t.Errorf("%q: got %v", s, err)
		}
	}
}

func TestGradesAreOrdered(t *testing.T) {
	for _, c := range []struct {
		have, min Grade
		want      bool
	}{
		{GradeA, GradeB, true}, {GradeB, GradeB, true}, {GradeC, GradeB, false}, {GradeE, "", true},
		{"", GradeE, false}, {"", "", true},
	} {
		if c.have.AtLeast(c.min) != c.want {
			t.Errorf("%q at least %q is %v", c.have, c.min, !c.want)
		}
	}
}

func TestKeyThatHoldsNothingHasNoContentAndNoBase(t *testing.T) {
	r := Record{Values: map[Key]Value{"email": {Content: "a"}}, Changed: map[Key]int64{"email": 2, "phone": 3}}
	if r.Get("email") != "a" || r.Get("phone") != "" || r.Base("phone") != 3 || r.Base("title") != 0 {
		t.Errorf("got %q, %q, %d, %d", r.Get("email"), r.Get("phone"), r.Base("phone"), r.Base("title"))
	}
}

func FuzzParseKey(f *testing.F) {
	f.Add("phone/work")
	f.Add("a//b")
	f.Fuzz(func(t *testing.T, s string) {
		k, err := ParseKey(s)
		if err == nil && (string(k) != s || KeyOf(k.Field(), k.Slot()) != k || len(s) > 2*maxSlot+1) {
			t.Fatalf("%q is read as %q", s, k)
		}
	})
}

func TestPeriodIsANumberOfHoursDaysOrYears(t *testing.T) {
	day := 24 * time.Hour
	for s, want := range map[string]time.Duration{
		"90d": 90 * day, "3y": 3 * 365 * day, "12h": 12 * time.Hour, "0d": 0, "": 0, "d": 0, "3": 0, "3m": 0, "-3d": 0, "3 d": 0, "9999999d": 0, "293y": 0,
	} {
		if got := ParsePeriod(s); got != want {
			t.Errorf("%q is %v, want %v", s, got, want)
		}
	}
}

func FuzzParsePeriod(f *testing.F) {
	f.Add("90d")
	f.Add("100009y")
	f.Fuzz(func(t *testing.T, s string) {
		if d := ParsePeriod(s); d < 0 || d%time.Hour != 0 {
			t.Fatalf("%q is %v", s, d)
		}
	})
}
