package change_test

import (
	"testing"
	"time"

	"amend/change"
	"amend/change/changetest"
)

func frozen(t *testing.T, r change.Request, now time.Time) change.Request {
	t.Helper()
	_, err := r.Freeze(changetest.Customer(), "not me", now)
	ok(t, err)
	state(t, r, now, change.Disputed)
	return r
}

func vote(r *change.Request, id string, o change.Outcome) (bool, error) {
	_, decided, err := r.Vote(change.Vote{By: changetest.Staff(id), Outcome: o, At: changetest.At(20 * day)})
	return decided, err
}

func TestWhatMayBeDisputed(t *testing.T) {
	withdrawn := changetest.Filed()
	_, err := withdrawn.Withdraw(changetest.Customer(), changetest.At(1))
	ok(t, err)
	applied := changetest.Applied(t)
	confirmed := changetest.Applied(t)
	_, err = confirmed.Confirm(changetest.Customer(), changetest.At(11*day))
	ok(t, err)
	last := applied.AppliedAt.Add(change.DisputeOpen)

	for _, c := range []struct {
		name string
		r    change.Request
		at   time.Time
		code string
	}{
		{"while it verifies", changetest.Filed(), changetest.At(1), ""},
		{"while it is reviewed", changetest.Verified(t), changetest.At(2 * time.Hour), ""},
		{"while it cools", changetest.Approved(t), changetest.At(3 * time.Hour), ""},
		{"once applied", applied, changetest.At(11 * day), ""},
		{"after it was confirmed", confirmed, changetest.At(12 * day), ""},
		{"on the last day", applied, last, ""},
		{"a moment later", applied, last.Add(1), "dispute_too_late"},
		{"what never applied", withdrawn, changetest.At(day), "no_open_request"},
		{"what is frozen", frozen(t, applied, changetest.At(11*day)), changetest.At(11 * day), "already_frozen"},
	} {
		from, _ := c.r.Next(c.at)
		_, err := c.r.Freeze(changetest.Customer(), "not me", c.at)
		if c.code == "" {
			ok(t, err)
			if !c.r.Frozen() || c.r.Dispute.From != from {
				t.Errorf("%s: froze %+v", c.name, c.r.Dispute)
			}
			continue
		}
		refused(t, err, c.code)
	}
}

func TestDisputeBeforeApplyIsRejectedOrGoesOn(t *testing.T) {
	for _, c := range []struct {
		outcome change.Outcome
		want    change.State
	}{{change.Resume, change.Reviewing}, {change.Reject, change.Refused}} {
		r := frozen(t, changetest.Verified(t), changetest.At(2*time.Hour))
		decided, err := vote(&r, "gus", c.outcome)
		ok(t, err)
		if state(t, r, changetest.At(21*day), c.want); !decided {
			t.Errorf("%s: one uninvolved person is enough", c.outcome)
		}
		_, err = vote(&r, "hal", c.outcome)
		refused(t, err, "not_frozen")
	}
}

func TestOutcomeFitsTheStateThatWasFrozen(t *testing.T) {
	before := frozen(t, changetest.Verified(t), changetest.At(2*time.Hour))
	after := frozen(t, changetest.Applied(t), changetest.At(11*day))
	for _, o := range []change.Outcome{change.Keep, change.Revert, "", "burn"} {
		_, err := vote(&before, "gus", o)
		refused(t, err, "wrong_outcome")
	}
	for _, o := range []change.Outcome{change.Resume, change.Reject, "", "burn"} {
		_, err := vote(&after, "gus", o)
		refused(t, err, "wrong_outcome")
	}
}

func TestKeptChangeMayBeDisputedAgainAndARevertedOneNot(t *testing.T) {
	r := frozen(t, changetest.Applied(t), changetest.At(11*day))
	_, err := vote(&r, "gus", change.Keep)
	ok(t, err)
	state(t, r, changetest.At(21*day), change.Kept)
	if g := r.Gates(changetest.At(21 * day)); !g[len(g)-1].Met {
		t.Error("an applied change shows an open gate")
	}
	first := r.Dispute
	r = frozen(t, r, changetest.At(30*day))
	_, err = r.ProveDispute(proof("dispute", change.SMSCode))
	ok(t, err)
	_, err = vote(&r, "hal", change.Revert)
	ok(t, err)
	state(t, r, changetest.At(31*day), change.Reverted)
	if first.Outcome != change.Keep {
		t.Error("the first dispute was overwritten")
	}
	_, err = r.Freeze(changetest.Customer(), "again", changetest.At(32*day))
	refused(t, err, "no_open_request")
}

func TestWhoMustAgreeToARevert(t *testing.T) {
	prior, weak, link := proof("dispute", change.SMSCode), proof("dispute", change.SMSCode), proof("dispute", change.MailLink)
	weak.Weak = true
	mail := proof("dispute", change.MailCode)
	mail.Weak = true
	for _, c := range []struct {
		name   string
		proofs []change.Proof
		people int // 0: not to be had
	}{
		{"nothing", nil, 0},
		{"a channel proven before", []change.Proof{prior}, 1},
		{"an inherited contact", []change.Proof{weak}, 2},
		{"two inherited contacts", []change.Proof{weak, mail}, 2},
		{"a link, which only shows that an address answers", []change.Proof{link}, 0},
		{"one sighting", []change.Proof{attested(change.Sighted, "sam")}, 0},
		{"two proofs by one hand", []change.Proof{attested(change.Sighted, "sam"), attested(change.Registry, "sam")}, 0},
		{"one method by two hands", []change.Proof{attested(change.Sighted, "sam"), attested(change.Sighted, "tom")}, 0},
		{"two independent proofs", []change.Proof{attested(change.Sighted, "sam"), attested(change.Callback, "tom")}, 2},
	} {
		r := frozen(t, changetest.Applied(t), changetest.At(11*day))
		for _, p := range c.proofs {
			_, err := r.ProveDispute(p)
			ok(t, err)
		}
		for i, id := range []string{"gus", "hal"}[:max(1, c.people)] {
			decided, err := vote(&r, id, change.Revert)
			if c.people == 0 {
				refused(t, err, "revert_needs_proof")
				continue
			}
			ok(t, err)
			if decided != (i+1 == c.people) {
				t.Errorf("%s: decided by %d, want %d", c.name, i+1, c.people)
			}
		}
	}
}

func TestNobodyVotesTwiceAndTheNewContactHasNoWord(t *testing.T) {
	r := frozen(t, changetest.Applied(t), changetest.At(11*day))
	fresh := proof("dispute", change.SMSCode)
	fresh.New = true
	_, err := r.ProveDispute(fresh)
	refused(t, err, "proof_not_needed")
	p := proof("dispute", change.SMSCode)
	p.Weak = true
	_, err = r.ProveDispute(p)
	ok(t, err)
	was := r
	ev, decided, err := r.Vote(change.Vote{By: changetest.Staff("gus"), Outcome: change.Revert, At: changetest.At(20 * day)})
	ok(t, err)
	if decided || ev.Verb != change.Voted || len(was.Dispute.Votes) != 0 {
		t.Errorf("decided %v, %s", decided, ev.Verb)
	}
	_, err = vote(&r, "gus", change.Revert)
	refused(t, err, "already_decided")
	_, err = vote(&r, "gus", change.Keep)
	refused(t, err, "already_decided")

	open := changetest.Filed()
	_, err = open.ProveDispute(p)
	refused(t, err, "not_frozen")
}
