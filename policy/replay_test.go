package policy

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"amend/change"
	"amend/customer"
)

// recorded is an item as it is kept.
func recorded(t testing.TB, id int, f Facts, end End) Recorded {
	t.Helper()
	text, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	return Recorded{Change: change.ID(fmt.Sprint(id)), Item: customer.KeyOf(f.Field, f.Slot), Facts: string(text), End: end}
}

// lacking is the shipped policy without one addition or rule.
func lacking(t testing.TB, part, name string) *Policy {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal(Shipped().Text(), &doc); err != nil {
		t.Fatal(err)
	}
	var left []any
	for _, r := range doc[part].([]any) {
		if r.(map[string]any)["name"] != name {
			left = append(left, r)
		}
	}
	doc[part] = left
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// everyFacts are a few thousand different facts, the same each time.
func everyFacts() []Facts {
	rng := rand.New(rand.NewPCG(1, 2))
	all := make([]Facts, 3000)
	for i := range all {
		all[i] = randomFacts(rng)
	}
	return all
}

func TestReplayOfTheSamePolicyMovesNothing(t *testing.T) {
	trial := NewReplay(Shipped(), Shipped())
	for i, f := range everyFacts() {
		if err := trial.Add(recorded(t, i, f, Applied)); err != nil {
			t.Fatal(err)
		}
	}
	if len(trial.Moved) != 0 || trial.Longer != 0 || len(trial.Caught)+len(trial.Passed) != 0 {
		t.Errorf("moved %d, longer %s, caught %v, passed %v", len(trial.Moved), trial.Longer, trial.Caught, trial.Passed)
	}
	for was, row := range trial.Counts {
		for is := range row {
			if was != is {
				t.Errorf("%s became %s", was, is)
			}
		}
	}
	for role, w := range trial.Work {
		if w[0] != w[1] || w[0] == 0 {
			t.Errorf("%s decides %v", role, w)
		}
	}
}

func TestReplayNamesWhatADraftLetsThroughAndWhatItCatches(t *testing.T) {
	const name = "filed_by_staff"
	looser := lacking(t, "additions", name)
	loosened, tightened := NewReplay(Shipped(), looser), NewReplay(looser, Shipped())
	for i, f := range everyFacts() {
		for _, trial := range []*Replay{loosened, tightened} {
			if err := trial.Add(recorded(t, i, f, PutBack)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if loosened.Passed[PutBack] == 0 || loosened.Caught[PutBack] != 0 {
		t.Errorf("without %s: passed %v, caught %v", name, loosened.Passed, loosened.Caught)
	}
	if tightened.Caught[PutBack] != loosened.Passed[PutBack] || len(tightened.Moved)+tightened.More != len(loosened.Moved)+loosened.More {
		t.Errorf("the other way round: caught %v of %v", tightened.Caught, loosened.Passed)
	}
	if !strings.Contains(strings.Join(loosened.Moved[0].WasRules, " "), name) {
		t.Errorf("the case doesn't name %s: %+v", name, loosened.Moved[0])
	}
}

func TestReplayListsWhatWasPutBackBeforeOthers(t *testing.T) {
	draft := lacking(t, "additions", "filed_by_staff")
	trial := NewReplay(Shipped(), draft)
	moved := FactsOf(customer.Shipped()["email"])
	moved.Kind, moved.RecordKind, moved.Channel, moved.Source, moved.FiledBy = change.Update, customer.Person, "hotline", "staff", "staff"
	moved.CustomerClass, moved.Authority, moved.Factors, moved.ChannelAgeDays = "standard", Proven, 2, 400
	for i := range 1500 {
		end := Applied
		if i == 1499 {
			end = PutBack
		}
		if err := trial.Add(recorded(t, i, moved, end)); err != nil {
			t.Fatal(err)
		}
	}
	if len(trial.Moved)+trial.More != 1500 || trial.Moved[0].End != PutBack {
		t.Errorf("%d listed, %d more, the first is %s", len(trial.Moved), trial.More, trial.Moved[0].End)
	}
}

// A million items of a thousand kinds: a house files the same sorts of change again and again.
func BenchmarkReplay(b *testing.B) {
	draft := lacking(b, "additions", "filed_by_staff")
	rng := rand.New(rand.NewPCG(1, 2))
	kinds := make([]Recorded, 1000)
	for i := range kinds {
		kinds[i] = recorded(b, i, randomFacts(rng), Applied)
	}
	b.ReportAllocs()
	for b.Loop() {
		trial := NewReplay(Shipped(), draft)
		for i := range 1_000_000 {
			if err := trial.Add(kinds[i%len(kinds)]); err != nil {
				b.Fatal(err)
			}
		}
	}
}
