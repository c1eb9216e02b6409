package policy

import (
	"math/rand/v2"
	"testing"

	"amend/customer"
)

// BenchmarkPlanFor plans a thousand different changes in turn. One op is one plan.
func BenchmarkPlanFor(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	all := make([]Facts, 1000)
	for i := range all {
		all[i] = randomFacts(rng)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		f := all[i%len(all)]
		Shipped().PlanFor(f, customer.KeyOf(f.Field, f.Slot))
	}
}
