package policy

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"amend/change"
	"amend/customer"
)

// somePlan is a plan of any gates that a policy can make.
func somePlan(t *rapid.T) change.Plan {
	methods := [][]change.Method{{change.SMSCode}, {change.Sighted, change.Registry}, {change.SMSCode, change.MailCode, change.Callback}}
	p := change.Plan{Recipe: "r", Weak: rapid.Bool().Draw(t, "weak"), Lost: rapid.Bool().Draw(t, "lost"), Expire: time.Duration(rapid.IntRange(0, 40).Draw(t, "expire")) * day}
	for range rapid.IntRange(0, 6).Draw(t, "gates") {
		combo := []change.Combo{{Need: 1, Of: rapid.SampledFrom(methods).Draw(t, "of")}}
		level := change.Level{ // a plan names each level once
			Name: fmt.Sprint("L", len(p.Gates)), Role: rapid.SampledFrom([]string{"approver", "owner"}).Draw(t, "role"),
			Quorum: rapid.IntRange(1, 3).Draw(t, "quorum"), Within: time.Duration(rapid.IntRange(1, 9).Draw(t, "within")) * time.Hour,
		}
		switch rapid.SampledFrom([]change.GateKind{change.Authority, change.Evidence, change.Reachability, change.Approval, change.Cool, "moon"}).Draw(t, "kind") {
		case change.Authority:
			p.Gates = append(p.Gates, change.Gate{Kind: change.Authority, Any: combo})
		case change.Evidence:
			p.Gates = append(p.Gates, change.Gate{Kind: change.Evidence, Any: combo})
		case change.Reachability:
			p.Gates = append(p.Gates, change.Gate{Kind: change.Reachability, Keys: []customer.Key{rapid.SampledFrom([]customer.Key{"phone", "email"}).Draw(t, "key")}})
		case change.Approval:
			p.Gates = append(p.Gates, change.Gate{Kind: change.Approval, Level: &level})
		case change.Cool:
			p.Gates = append(p.Gates, change.Gate{Kind: change.Cool, For: time.Duration(rapid.IntRange(0, 3).Draw(t, "cool")) * day})
		default:
			p.Gates = append(p.Gates, change.Gate{Kind: "moon"})
		}
	}
	for _, action := range []string{payout, credit} {
		if rapid.Bool().Draw(t, "holds") {
			p.Holds = append(p.Holds, change.HoldRule{Action: action, For: time.Duration(rapid.IntRange(0, 9).Draw(t, "hold")) * day})
		}
	}
	p.Rules = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c"}), 0, 3, rapid.ID[string]).Draw(t, "rules")
	p.Standing = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"x", "y"}), 0, 2, rapid.ID[string]).Draw(t, "standing")
	return p
}

// asks fails t unless whole asks for everything that part asks for.
func asks(t *rapid.T, whole, part change.Plan) {
	t.Helper()
	cool := time.Duration(0)
	left := slices.Clone(whole.Gates)
	for _, g := range part.Gates {
		if g.Kind == change.Cool {
			cool += g.For
			continue
		}
		i := slices.IndexFunc(left, func(w change.Gate) bool { return covers(w, g) })
		if i < 0 {
			t.Fatalf("%+v is lost in %+v", g, whole.Gates)
		}
		if g.Kind != change.Reachability { // which are one gate
			left = slices.Delete(left, i, i+1)
		}
	}
	for _, g := range whole.Gates {
		if g.Kind == change.Cool {
			cool -= g.For
		}
	}
	if cool > 0 {
		t.Fatalf("cools %v too short", cool)
	}
	for _, h := range part.Holds {
		if !slices.ContainsFunc(whole.Holds, func(w change.HoldRule) bool { return w.Action == h.Action && w.For >= h.For }) {
			t.Fatalf("hold %+v is lost", h)
		}
	}
	for _, s := range slices.Concat(part.Rules, part.Standing) {
		if !slices.Contains(slices.Concat(whole.Rules, whole.Standing), s) {
			t.Fatalf("%q is not said any more", s)
		}
	}
	if part.Weak && !whole.Weak || part.Lost && !whole.Lost || whole.Expire < part.Expire {
		t.Fatalf("weak %v, lost %v, %v for proofs", whole.Weak, whole.Lost, whole.Expire)
	}
}

// covers reports whether w asks for at least what g asks for.
func covers(w, g change.Gate) bool {
	if w.Kind != g.Kind {
		return false
	}
	switch g.Kind {
	case change.Reachability:
		return !slices.ContainsFunc(g.Keys, func(k customer.Key) bool { return !slices.Contains(w.Keys, k) })
	case change.Approval:
		return w.Level.Name == g.Level.Name && w.Level.Role == g.Level.Role && w.Level.Quorum >= g.Level.Quorum && w.Level.Within <= g.Level.Within
	}
	return reflect.DeepEqual(w.Any, g.Any)
}

func TestBothAsksForWhatEitherAsksFor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := somePlan(t), somePlan(t)
		both := Both(a, b)
		asks(t, both, a)
		asks(t, both, b)
		asks(t, Both(b, a), both) // in whichever order
		asks(t, both, Both(b, a))
	})
}

func TestBothOfAPlanAndItselfAsksForNoMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := Both(somePlan(t), change.Plan{})
		if twice := Both(a, a); !reflect.DeepEqual(twice, a) {
			t.Fatalf("got %+v, want %+v", twice, a)
		}
	})
}

func TestBothLeavesThePlansItWasMadeOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := somePlan(t), somePlan(t)
		was := fmt.Sprint(show(a), show(b))
		Both(a, b)
		if fmt.Sprint(show(a), show(b)) != was {
			t.Fatal("a plan was changed")
		}
	})
}
