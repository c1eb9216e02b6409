package oncall

import (
	"cmp"
	"slices"
	"time"

	"amend/internal/doctor"
)

// A key tells one trouble from another. How many rows it is about may change meanwhile.
type key struct{ area, code string }

// A trouble is a finding that two looks in a row saw.
type trouble struct {
	doctor.Finding
	since time.Time // the first of the two
	gone  bool      // the newest look did not see it
}

// troubles is what looks saw so far.
type troubles struct {
	suspects map[key]time.Time // seen by the newest look only
	standing map[key]*trouble
}

// note takes a look in, and reports whether a trouble stands now that didn't before. What a
// look couldn't ask about is as it was.
func (t *troubles) note(s seen, now time.Time) (fresh bool) {
	if t.standing == nil {
		t.standing = map[key]*trouble{}
	}
	suspects, still := map[key]time.Time{}, map[key]bool{}
	for _, f := range s.wrong {
		k := key{f.Area, f.Code}
		still[k] = true
		since, twice := t.suspects[k]
		switch old := t.standing[k]; {
		case old != nil:
			old.Finding, old.gone = f, false
		case twice:
			t.standing[k], fresh = &trouble{Finding: f, since: since}, true
		default:
			suspects[k] = now
		}
	}
	t.suspects = suspects
	for k, old := range t.standing {
		switch {
		case still[k] || !s.asked:
		case old.gone:
			delete(t.standing, k)
		default:
			old.gone = true
		}
	}
	return fresh
}

// list is what stands, the oldest first.
func (t *troubles) list() []trouble {
	var out []trouble
	for _, x := range t.standing {
		out = append(out, *x)
	}
	slices.SortFunc(out, func(a, b trouble) int {
		return cmp.Or(a.since.Compare(b.since), cmp.Compare(a.Area, b.Area), cmp.Compare(a.Code, b.Code))
	})
	return out
}
