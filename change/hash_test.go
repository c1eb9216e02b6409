package change_test

import (
	"encoding/json"
	"testing"
	"time"

	"amend/access"
	"amend/change"
	"amend/change/changetest"
	"amend/customer"
)

func TestHashCoversEveryByteThatAnApprovalIsBoundTo(t *testing.T) {
	file := func() change.Request {
		r := changetest.Filed()
		p := attested(change.Sighted, "sam")
		p.Note = "passport"
		r.Proofs = []change.Proof{p}
		return r
	}
	item := func(edit func(*change.Item)) func(*change.Request) {
		return func(r *change.Request) { edit(&r.Items[0]) }
	}
	given := func(edit func(*change.Proof)) func(*change.Request) {
		return func(r *change.Request) { edit(&r.Proofs[0]) }
	}
	seen := map[string]string{file().Hash(): "nothing"}
	for name, edit := range map[string]func(*change.Request){
		"request":        func(r *change.Request) { r.ID = "r2" },
		"record":         func(r *change.Request) { r.Record = "eve" },
		"kind":           func(r *change.Request) { r.Kind = change.Create },
		"effective date": func(r *change.Request) { r.Effective = changetest.At(day) },
		"policy":         func(r *change.Request) { r.Plan.Policy++ },
		"another item":   func(r *change.Request) { r.Items = append(r.Items, change.Item{Key: "email"}) },
		"no item":        func(r *change.Request) { r.Items = nil },
		"key":            item(func(it *change.Item) { it.Key = "phone/work" }),
		"proposal":       item(func(it *change.Item) { it.Now += "0" }),
		"base":           item(func(it *change.Item) { it.Base++ }),
		"salt":           item(func(it *change.Item) { it.Salt = []byte("other") }),
		"another proof":  func(r *change.Request) { r.Proofs = append(r.Proofs, r.Proofs[0]) },
		"no proof":       func(r *change.Request) { r.Proofs = nil },
		"gate":           given(func(p *change.Proof) { p.Gate = change.Authority }),
		"method":         given(func(p *change.Proof) { p.Method = change.Registry }),
		"contact":        given(func(p *change.Proof) { p.Contact = "email" }),
		"new":            given(func(p *change.Proof) { p.New = true }),
		"weak":           given(func(p *change.Proof) { p.Weak = true }),
		"who proved":     given(func(p *change.Proof) { p.By.ID = "tom" }),
		"sort of prover": given(func(p *change.Proof) { p.By.Sort = access.Customer }),
		"note":           given(func(p *change.Proof) { p.Note = "driving licence" }),
		"time of proof":  given(func(p *change.Proof) { p.At = p.At.Add(time.Microsecond) }),
	} {
		r := file()
		edit(&r)
		h := r.Hash()
		if other, clash := seen[h]; clash {
			t.Errorf("%s hashes like %s", name, other)
		}
		seen[h] = name
	}
}

func TestHashSurvivesTheStore(t *testing.T) {
	r := changetest.Approved(t)
	r.Effective = changetest.At(day).In(time.FixedZone("CST", 8*3600))
	plain, err := json.Marshal(r)
	ok(t, err)
	var back change.Request
	ok(t, json.Unmarshal(plain, &back))
	if back.Hash() != r.Hash() {
		t.Error("a request read back hashes otherwise")
	}
}

func TestHashLetsNoByteWanderBetweenFields(t *testing.T) {
	a, b := changetest.Filed(), changetest.Filed()
	a.Items[0].Key, a.Items[0].Now = "ab", "c"
	b.Items[0].Key, b.Items[0].Now = "a", "bc"
	if a.Hash() == b.Hash() {
		t.Error("two contents share a hash")
	}
}

func TestValueSaysWhereItCameFromAndWhatItIsWorth(t *testing.T) {
	now := changetest.At(10 * day)
	byDocument := changetest.Verified(t, changetest.Evidence(1, change.Sighted))
	byStaff := changetest.Filed()
	byStaff.Filed = changetest.Staff("al")
	byStaff.Plan.Gates = nil
	byCustomer := changetest.Filed()
	byCode := changetest.Verified(t, changetest.Authority(change.SMSCode))
	byCode.Filed = changetest.Staff("al")
	mixed := changetest.Verified(t, changetest.Evidence(1, change.Sighted), changetest.Answers("phone"))
	for name, c := range map[string]struct {
		r       change.Request
		grade   customer.Grade
		methods int
		proven  bool
	}{
		"an original was seen":           {byDocument, customer.GradeA, 1, false},
		"staff only said so":             {byStaff, customer.GradeD, 0, false},
		"the customer said so":           {byCustomer, customer.GradeB, 0, false},
		"a code through a channel":       {byCode, customer.GradeB, 1, false},
		"a contact that answered itself": {mixed, customer.GradeB, 2, true},
	} {
		v := c.r.Value(c.r.Items[0], now)
		if v.Grade != c.grade || len(v.Proofs) != c.methods || v.ProvenSince.Equal(now) != c.proven {
			t.Errorf("%s: grade %s by %v, proven since %v", name, v.Grade, v.Proofs, v.ProvenSince)
		}
		if v.Content != c.r.Items[0].Now || v.Cause != "r1" || v.By != c.r.Filed.ID || v.Since != now || v.CheckedAt != now || string(v.Salt) != "new salt" {
			t.Errorf("%s: %+v", name, v)
		}
	}
}
