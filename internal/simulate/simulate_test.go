package simulate

import (
	"bytes"
	"testing"

	"amend/fault"
)

// stage is what the worlds of a test share.
func stage(t *testing.T) *Stage {
	t.Helper()
	s, err := NewStage()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (c Config) run(t *testing.T, s *Stage) Outcome {
	t.Helper()
	o, err := s.Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestEveryInvariantHoldsInStormsAndInCalm(t *testing.T) {
	s := stage(t)
	for seed := uint64(1); seed <= 8; seed++ {
		o := Config{Seed: seed, Requests: 40}.run(t, s)
		for _, b := range o.Breaks {
			t.Errorf("seed %d: invariant %d: %s", seed, b.Invariant, b.What)
		}
		if o.Requests < 40 || o.Entries < o.Requests {
			t.Errorf("seed %d filed %d requests and wrote %d entries", seed, o.Requests, o.Entries)
		}
	}
}

func TestEqualSeedsMakeEqualRunsAndOthersDoNot(t *testing.T) {
	s := stage(t)
	digests := map[string]uint64{}
	for seed := uint64(21); seed <= 24; seed++ {
		var first, second bytes.Buffer
		a := Config{Seed: seed, Requests: 30, Trace: &first}.run(t, s)
		b := Config{Seed: seed, Requests: 30, Trace: &second}.run(t, s)
		if a.Digest != b.Digest || !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Errorf("seed %d: %s, then %s", seed, a.Digest, b.Digest)
		}
		if other, met := digests[a.Digest]; met {
			t.Errorf("seeds %d and %d make one run", other, seed)
		}
		digests[a.Digest] = seed
	}
}

func TestUnknownFaultIsRefused(t *testing.T) {
	if _, err := stage(t).Run(t.Context(), Config{Fault: "gremlins"}); fault.CodeOf(err) != "unknown_planted_fault" {
		t.Fatal(err)
	}
}

// Each planted fault is found by the invariant that it breaks. The experiment asks for it
// within 1,000 seeds; most show themselves in a handful.
func TestEveryPlantedFaultIsFound(t *testing.T) {
	s := stage(t)
	against := map[Invariant]bool{}
	for _, f := range Faults() {
		against[f.Breaks] = true
		sum, err := s.Sweep(t.Context(), Sweep{From: 1, To: 300, Requests: 40, Fault: f.Name})
		if err != nil {
			t.Fatal(err)
		}
		if sum.First == nil {
			t.Errorf("%s (%s) is not found in %d seeds", f.Name, f.How, sum.Seeds)
			continue
		}
		t.Logf("%-24s found by seed %d", f.Name, sum.First.Seed)
	}
	for i := Invariant(1); i <= 14; i++ {
		if !against[i] {
			t.Errorf("no fault is planted against invariant %d", i)
		}
	}
}
