package policy

import (
	"math/rand/v2"
	"testing"

	"amend/customer"
)

// BenchmarkPlanFor plans a thousand different changes in turn, on every core. One op is one plan.
func BenchmarkPlanFor(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	all := make([]Facts, 1000)
	for i := range all {
		all[i] = randomFacts(rng)
	}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			f := all[i%len(all)]
			Shipped().PlanFor(f, customer.KeyOf(f.Field, f.Slot))
		}
	})
}

// BenchmarkWhy explains one change. One op is one explanation.
func BenchmarkWhy(b *testing.B) {
	f := Ordinary(customer.Shipped(), "update", "email")
	for b.Loop() {
		Shipped().Why(f)
	}
}

// BenchmarkCheck looks at the shipped policy. One op is all of it.
func BenchmarkCheck(b *testing.B) {
	for b.Loop() {
		Check(Shipped(), Company{Catalog: customer.Shipped()})
	}
}

// BenchmarkDiff compares the shipped policy with the largest pack. One op is all of it.
func BenchmarkDiff(b *testing.B) {
	pack, err := PackNamed("retail")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		Diff(Shipped(), pack.Policy, customer.Shipped())
	}
}
