package oncall

import (
	"errors"
	"strings"
	"testing"

	"amend/fault"
	"amend/internal/doctor"
	"amend/notify"
)

func TestEndIsToldOnceAndOnlyToWhoWasTold(t *testing.T) {
	n := begin(t, three, &shards{})
	n.wrong = []doctor.Finding{late}
	n.fate["ann@x.example"] = func() (notify.Answer, error) { return notify.Answer{Outcome: notify.Retry}, nil }
	n.pass(5)
	n.expect("one of two hears it", "+8613800000000")
	n.wrong = nil
	n.pass(1)
	n.fate["ann@x.example"] = nil
	n.pass(10)
	n.expect("the end", "+8613800000000 well")
}

func TestEndThatDoesNotGetThroughIsTriedAgain(t *testing.T) {
	n := begin(t, "mail:ann@x.example", &shards{})
	n.wrong = []doctor.Finding{late}
	n.pass(2)
	n.expect("told", "ann")
	n.wrong = nil
	n.fate["ann@x.example"] = func() (notify.Answer, error) { return notify.Answer{}, errors.New("away") }
	n.pass(5)
	n.expect("no way through", "")
	n.fate["ann@x.example"] = nil
	n.pass(5)
	n.expect("the end", "ann well")
}

func TestBrokenChannelStopsNobodyAndGivesNobodyMoreTime(t *testing.T) {
	for name, fate := range map[string]func() (notify.Answer, error){
		"it fails": func() (notify.Answer, error) { return notify.Answer{}, fault.New(fault.Unavailable, "smtp_gone") },
		"it is refused": func() (notify.Answer, error) {
			return notify.Answer{Outcome: notify.Permanent, Why: notify.BadAccount, Code: "535"}, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := begin(t, three, &shards{})
			n.wrong = []doctor.Finding{late}
			n.fate["ann@x.example"] = fate
			n.pass(31)
			n.expect("the others of the level", "+8613800000000")
			n.pass(1)
			n.expect("the next level, in time", "+8613800000000, bob")
			n.fate["ann@x.example"] = nil
			n.pass(1)
			n.expect("tried at every look", "ann")
			if text := n.log.String(); strings.Contains(text, "x.example") || !strings.Contains(text, "on call: not told") {
				t.Error(text)
			}
		})
	}
}

func TestMessageOfUnknownFateIsTriedTwiceUnderOneName(t *testing.T) {
	for name, fate := range map[string]func(){"nobody can tell": func() {}, "it panics": func() { panic("13800138000") }} {
		t.Run(name, func(t *testing.T) {
			n := begin(t, "mail:ann@x.example", &shards{})
			tries := 0
			n.fate["ann@x.example"] = func() (notify.Answer, error) {
				tries++
				fate()
				return notify.Answer{Outcome: notify.Unknown}, nil
			}
			n.wrong = []doctor.Finding{late}
			n.pass(20)
			if tries != 2 {
				t.Errorf("tried %d times", tries)
			}
			n.wrong, n.fate["ann@x.example"] = nil, nil
			n.pass(2)
			n.expect("perhaps told, so the end is", "ann well")
			if strings.Contains(n.log.String(), "13800138000") {
				t.Error(n.log.String())
			}
		})
	}
}

func TestEachTellingHasANameOfItsOwn(t *testing.T) {
	n := begin(t, three, &shards{})
	n.wrong = []doctor.Finding{late}
	n.pass(70)
	n.wrong = nil
	n.pass(2)
	names := map[string]bool{}
	for _, m := range n.sent {
		if names[m.ID] {
			t.Errorf("%s comes twice", m.ID)
		}
		names[m.ID] = true
	}
	if len(names) != 2+3+4+4 {
		t.Errorf("%d messages", len(names))
	}
}

func TestOnlyOneOfTwoNodesTells(t *testing.T) {
	share := &shards{}
	a, b := begin(t, three, share), begin(t, three, share)
	both := func(minutes int, wrong ...doctor.Finding) {
		a.wrong, b.wrong = wrong, wrong
		for range minutes {
			a.pass(1)
			b.pass(1)
		}
	}
	both(40, late)
	a.expect("the node that holds the shard", "+8613800000000, +8613800000000, ann, ann, bob")
	b.expect("the other", "")
	for range 5 { // a is gone, and its lease ends
		b.pass(1)
	}
	b.expect("the other takes over, from the first level", "+8613800000000, ann")
	b.wrong = nil
	b.pass(2)
	b.expect("the end", "+8613800000000 well, ann well")
}

func TestBothNodesTellWhileTheDatabaseCannotBeAsked(t *testing.T) {
	share := &shards{}
	a, b := begin(t, three, share), begin(t, three, share)
	for _, n := range []*night{a, b} {
		n.wrong, n.dark = []doctor.Finding{away}, true
		n.pass(2)
		n.expect("the database is away", "+8613800000000, ann")
		n.wrong, n.dark = nil, false
		n.pass(2)
		n.expect("it is back", "+8613800000000 well, ann well")
	}
	share.err = fault.New(fault.Unavailable, "disk_full")
	for _, n := range []*night{a, b} {
		n.wrong = []doctor.Finding{full}
		n.pass(2)
		n.expect("it takes no claim", "+8613800000000, ann")
	}
}
