package privacy

import (
	"testing"

	"amend/customer"
	"amend/fault"
)

func TestEveryPurposeHasWordsInBothLanguages(t *testing.T) {
	list := Purposes()
	if len(list) == 0 {
		t.Fatal("no purposes")
	}
	seen := map[Purpose]bool{}
	for _, r := range list {
		if r.Zh == "" || r.En == "" || r.Zh == r.En || seen[r.Purpose] {
			t.Errorf("%+v", r)
		}
		seen[r.Purpose] = true
		if got, err := ParsePurpose(string(r.Purpose)); err != nil || got != r.Purpose {
			t.Errorf("%s: got %q, %v", r.Purpose, got, err)
		}
	}
	for _, want := range []Purpose{"service_call", "verification", "correction", "legal", "audit"} {
		if !seen[want] {
			t.Errorf("%s is not listed", want)
		}
	}
}

func TestAnUnlistedPurposeIsRefusedAndNotRepeated(t *testing.T) {
	for _, s := range []string{"", "curiosity", "Audit", " audit", "王芳"} {
		_, err := ParsePurpose(s)
		if fault.CodeOf(err) != "purpose_unknown" || fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: got %v", s, err)
		}
	}
}

func TestACallerCannotChangeTheListOfPurposes(t *testing.T) {
	Purposes()[0].Purpose = "anything"
	if _, err := ParsePurpose("anything"); err == nil {
		t.Fatal("the list was changed from outside")
	}
}

func FuzzMask(f *testing.F) {
	for _, s := range []string{"+8613800138000", "zhangsan@example.com", "王小芳", `{"region":"深圳市","line":"x"}`, "1990-05-02", "\xff", "👨‍👩‍👧‍👦"} {
		f.Add(s)
	}
	masks := []string{"phone", "email", "name", "address", "tail4", "date", "all", "other"}
	f.Fuzz(func(t *testing.T, s string) {
		for _, mask := range masks {
			got := Mask(agent, field(mask), customer.Content(s), false)
			if s != "" && s != veil && (got.Text == s || !got.Hidden) {
				t.Errorf("mask %q of %q is %+v", mask, s, got)
			}
		}
	})
}
