package desk_test

import (
	"fmt"
	"sync"
	"testing"

	"amend/audit"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/fault"
)

// together runs one for each of n at once, and answers their errors.
func together(n int, one func(i int) error) []error {
	errs := make([]error, n)
	var done sync.WaitGroup
	for i := range n {
		done.Go(func() { errs[i] = one(i) })
	}
	done.Wait()
	return errs
}

func TestThirtyTwoProposersOnOneRecordLoseNoRequest(t *testing.T) {
	h := open(t)
	fang := h.fang()
	fields := []string{"remark", "title", "nationality", "employer", "job_title", "department", "education", "preferred_name"}
	filed := make([]change.ID, 32)
	for i, err := range together(32, func(i int) error {
		by := h.staff[[]string{"ada", "sam", "ann", "sue"}[i%4]]
		if i%8 >= 4 {
			by = self(fang) // applies at once
		}
		f, err := h.desk.Propose(h.ctx, by, proposal(fang, fields[i%8], fmt.Sprint("value ", i)))
		if err == nil {
			filed[i] = f.Changes[0].ID
		}
		return err
	}) {
		if err != nil {
			t.Errorf("proposer %d: %v", i, err)
		}
	}
	for _, id := range filed {
		h.request(id)
	}
	if n := h.count(`SELECT COUNT(*) FROM change_request`); n != 32 {
		t.Errorf("%d requests of 32", n)
	}
	h.sequence()
	if err := h.replay(); err != nil {
		t.Error(err)
	}
	rec, err := h.view().Record(fang)
	h.ok(err)
	if n := h.count(`SELECT COUNT(*) FROM change_request WHERE applied_version > 0`); rec.Version != 1+n {
		t.Errorf("version %d after %d applied", rec.Version, n)
	}
}

// Every code counts against the limit of the whole house. That many people ask at the same
// moment is no reason to refuse any of them.
func TestSixtyFourPeopleAskForACodeAtOnceAndEachGetsOne(t *testing.T) {
	h := open(t)
	asked := make([]change.Request, 64)
	for i := range asked {
		id := h.customer(map[customer.Key]customer.Content{"phone": customer.Content(fmt.Sprintf("+86138001380%02d", i))})
		asked[i] = h.file(self(id), proposal(id, "phone", fmt.Sprintf("139001390%02d", i)))
	}
	for i, err := range together(len(asked), func(i int) error {
		_, err := h.desk.Challenge(h.ctx, self(asked[i].Record), asked[i].ID, authority("phone"))
		return err
	}) {
		if err != nil {
			t.Errorf("person %d: %v", i, err)
		}
	}
}

func TestOneCodeProvesOnceHoweverOftenItIsTypedAtOnce(t *testing.T) {
	h := open(t)
	fang := h.fang()
	r := h.phone(fang)
	challenge, code, err := h.ask(self(fang), r.ID, authority("phone"))
	h.ok(err)
	good := 0
	for _, err := range together(16, func(int) error { return h.desk.Prove(h.ctx, self(fang), r.ID, challenge, code) }) {
		switch c := fault.CodeOf(err); {
		case err == nil:
			good++
		case c != "code_over" && c != "code_used":
			t.Error(err)
		}
	}
	if proofs := len(h.request(r.ID).Proofs); good != 1 || proofs != 1 {
		t.Errorf("%d succeeded, %d proofs", good, proofs)
	}
}

func TestGuessesAtOnceAreCountedEach(t *testing.T) {
	h := open(t)
	fang := h.fang()
	r := h.phone(fang)
	challenge, code, err := h.ask(self(fang), r.ID, authority("phone"))
	h.ok(err)
	guesses, rests := 0, 0
	for _, err := range together(16, func(int) error { return h.desk.Prove(h.ctx, self(fang), r.ID, challenge, wrong(code)) }) {
		switch fault.CodeOf(err) {
		case "wrong_code":
			guesses++
		case "channel_rests":
			rests++
		default:
			t.Error(err)
		}
	}
	if guesses != 4 || rests != 12 {
		t.Errorf("%d guesses, %d found it at rest", guesses, rests)
	}
}

func TestApproversAtOnceDecideOnceEach(t *testing.T) {
	h := open(t)
	r := h.review(h.fang())
	hash := r.Hash()
	for i, err := range together(12, func(i int) error {
		return h.desk.Approve(h.ctx, h.staff[[]string{"bob", "bea", "ben"}[i%3]], r.ID, hash, "")
	}) {
		if k := fault.KindOf(err); err != nil && k != fault.Conflict && k != fault.Denied {
			t.Errorf("%d: %v", i, err)
		}
	}
	seen := map[string]int{}
	for _, d := range h.request(r.ID).Decisions {
		if seen[d.By.ID]++; seen[d.By.ID] > 1 {
			t.Errorf("%s decided twice", d.By.ID)
		}
	}
	if len(seen) == 0 {
		t.Error("nobody decided")
	}
}

func TestNothingPersonalIsPlainAnywhereInTheDatabase(t *testing.T) {
	h, _ := connected(t, 1)
	fang := h.fang()
	r := h.phone(fang)
	challenge, code, err := h.ask(self(fang), r.ID, authority("phone"))
	h.ok(err)
	h.ok(h.desk.Prove(h.ctx, self(fang), r.ID, challenge, code))
	_, fresh, err := h.ask(self(fang), r.ID, desk.Ask{Method: change.SMSCode, To: "phone", New: true})
	h.ok(err)
	h.file(self(fang), proposal(fang, "title", "Privatdozentin"))
	h.ok(h.desk.Ask(h.ctx, h.staff["bob"], h.review(fang).ID, "which spelling of Xiaofang?"))
	_, err = h.desk.Reveal(h.ctx, h.staff["ada"], fang, []customer.Key{"phone", "email"}, "service_call")
	h.ok(err)
	h.ok(h.desk.Dispute(h.ctx, self(fang), r.ID, "was not me, says Xiaofang"))
	h.tell()
	h.deliver(10)
	h.sequence()
	h.absent("王小芳", "13800138000", "13900139000", "fang@example.com", "E12345678", code, fresh, "Privatdozentin", "Xiaofang", "lost handset", "Fang Wang")
	leaves, err := h.view().Leaves(0, 10_000)
	h.ok(err)
	for _, l := range leaves {
		if _, err := audit.ParseLeaf(l.Leaf); err != nil {
			t.Error(err)
		}
	}
}
