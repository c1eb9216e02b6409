package change_test

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"amend/access"
	"amend/approve"
	"amend/change"
	"amend/change/changetest"
	"amend/customer"
	"amend/org"
)

// A walk lives one request by acts drawn at random, and keeps its own account of what
// happened, from which it judges every apply.
type walk struct {
	t     *rapid.T
	r     change.Request
	now   time.Time
	staff org.Staff
	book  ledger
	ends  int // terminal decisions that no dispute made
}

// A ledger is what a bystander would have noted.
type ledger struct {
	proofs    []change.Proof // accepted, and given for the proposal as it is
	attesters []string       // everybody who ever attested
	approvals []approval     // of the content as it is
	last      time.Time      // when the latest approval, answer, rebase or dispute was
}

type approval struct {
	level string
	who   []string // the person, and on whose behalf
}

func newWalk(t *rapid.T) *walk {
	w := &walk{t: t, now: changetest.At(0)}
	for i := range 7 {
		p := org.Person{ID: fmt.Sprint("p", i), Name: fmt.Sprint("P", i)}
		for _, role := range []access.Role{access.Approver, access.Owner, access.Steward} {
			if rapid.IntRange(0, 2).Draw(t, "role") > 0 {
				p.Roles = append(p.Roles, role)
			}
		}
		w.staff.People = append(w.staff.People, p)
	}
	for range rapid.IntRange(0, 3).Draw(t, "delegations") {
		w.staff.Delegations = append(w.staff.Delegations, org.Delegation{From: w.id(), To: w.id(), Since: changetest.At(-day), Until: changetest.At(20 * day)})
	}
	w.r = changetest.Filed(w.gates()...)
	w.r.Items = append(w.r.Items, change.Item{Key: "email", Now: "a@b.example", Salt: []byte("s")})
	w.r.Plan.Weak = rapid.Bool().Draw(t, "weak")
	if rapid.Bool().Draw(t, "by staff") {
		w.r.Filed = w.person()
		c := w.person()
		w.r.Collector = &c
	}
	if rapid.IntRange(0, 3).Draw(t, "dated") == 0 {
		w.r.Effective = changetest.At(time.Duration(rapid.IntRange(1, 200).Draw(t, "hours")) * time.Hour)
	}
	return w
}

func (w *walk) gates() []change.Gate {
	some := []change.Gate{
		changetest.Authority(change.SMSCode, change.Callback), changetest.Answers("phone"), changetest.Answers("phone", "email"),
		changetest.Evidence(1, change.Sighted), changetest.Evidence(2, change.Sighted, change.Registry, change.Callback), changetest.Evidence(1, change.Sighted, change.Callback),
		changetest.Level("L1", 1), changetest.Level("L1", 2), changetest.Level("L2", 1), changetest.Cool(day), changetest.Cool(time.Hour),
	}
	var gates []change.Gate
	for _, g := range some {
		twice := slices.ContainsFunc(gates, func(h change.Gate) bool { // as policy makes them: one gate of a level, one that cools
			return h.Kind == g.Kind && (g.Kind == change.Cool || g.Kind == change.Approval && h.Level.Name == g.Level.Name)
		})
		if !twice && rapid.IntRange(0, 2).Draw(w.t, "gate") == 0 {
			gates = append(gates, g)
		}
	}
	return gates
}

func (w *walk) id() string { return fmt.Sprint("p", rapid.IntRange(0, 6).Draw(w.t, "who")) }

func (w *walk) person() change.Party { return change.Party{ID: w.id(), Sort: access.Staff} }

func (w *walk) actor() access.Actor {
	p, _ := w.staff.Person(w.id())
	return access.Actor{ID: p.ID, Name: p.Name, Sort: access.Staff, Roles: p.Roles}
}

// acts are the verbs, as often as they should come up.
func (w *walk) acts() []func(*change.Request) error {
	return []func(*change.Request) error{
		w.prove, w.prove, w.prove, w.prove, w.decide, w.decide, w.decide, w.decide, w.apply, w.apply,
		w.ask, w.answer, w.answer, w.collide, w.rebase, w.freeze, w.proveDispute, w.vote, w.vote, w.end, w.confirm,
	}
}

func (w *walk) prove(r *change.Request) error {
	p := change.Proof{
		Gate:    rapid.SampledFrom([]change.GateKind{change.Authority, change.Evidence, change.Reachability}).Draw(w.t, "gate"),
		Method:  rapid.SampledFrom([]change.Method{change.SMSCode, change.Sighted, change.Registry, change.Callback}).Draw(w.t, "method"),
		Contact: rapid.SampledFrom([]customer.Key{"phone", "email"}).Draw(w.t, "contact"),
		Weak:    rapid.Bool().Draw(w.t, "weak"), By: changetest.Customer(), At: w.now,
	}
	p.New = p.Gate == change.Reachability && rapid.IntRange(0, 9).Draw(w.t, "new") > 0
	if !p.New && p.Method != change.SMSCode {
		p.By = w.person()
		if _, decided := r.DecidedBy(p.By.ID); decided {
			return fmt.Errorf("whoever decided does not attest")
		}
	}
	if _, err := r.Prove(p); err != nil {
		return err
	}
	w.book.proofs, w.book.approvals = append(w.book.proofs, p), nil
	if p.By.Sort == access.Staff {
		w.book.attesters = append(w.book.attesters, p.By.ID)
	}
	return nil
}

func (w *walk) decide(r *change.Request) error {
	level, err := r.OpenLevel(w.now)
	if err != nil {
		return err
	}
	by := w.actor()
	onBehalf, err := approve.May(*r, level, by, w.staff, w.now)
	if err != nil {
		return err
	}
	d := change.Decision{Verdict: change.Approved, By: change.PartyOf(by), For: onBehalf, Hash: r.Hash(), At: w.now}
	if rapid.IntRange(0, 19).Draw(w.t, "no") == 0 {
		d.Verdict, d.Reason = change.Rejected, "value_wrong"
	}
	if rapid.IntRange(0, 19).Draw(w.t, "stale") == 0 {
		d.Hash = "another content"
	}
	if _, err := r.Decide(d); err != nil {
		return err
	}
	a := approval{level: level.Name, who: []string{by.ID}}
	if onBehalf != "" {
		a.who = append(a.who, onBehalf)
	}
	w.book.approvals, w.book.last = append(w.book.approvals, a), w.now
	return nil
}

func (w *walk) ask(r *change.Request) error {
	_, err := r.Ask(w.person(), "why?", w.now)
	return err
}

func (w *walk) answer(r *change.Request) error {
	var corrected []change.Item
	it := rapid.SampledFrom(r.Items).Draw(w.t, "item")
	if rapid.Bool().Draw(w.t, "corrects") {
		corrected = []change.Item{{Key: it.Key, Now: it.Now + "1", Salt: []byte("t")}}
	}
	if _, err := r.Answer(w.person(), "so", corrected, w.now); err != nil {
		return err
	}
	w.book.last = w.now
	if len(corrected) > 0 {
		w.book.approvals = nil
		w.book.proofs = slices.DeleteFunc(w.book.proofs, func(p change.Proof) bool { return !p.New || p.Contact == it.Key })
	}
	return nil
}

func (w *walk) collide(r *change.Request) error {
	_, err := r.Collide([]customer.Key{"phone"}, w.now)
	return err
}

func (w *walk) rebase(r *change.Request) error {
	if _, err := r.Rebase(w.person(), customer.Record{Changed: map[customer.Key]int64{"phone": r.Items[0].Base + 1}}, w.now); err != nil {
		return err
	}
	w.book.approvals, w.book.last = nil, w.now
	return nil
}

func (w *walk) freeze(r *change.Request) error {
	if rapid.IntRange(0, 3).Draw(w.t, "really") > 0 {
		return fmt.Errorf("rather not")
	}
	_, err := r.Freeze(changetest.Customer(), "not me", w.now)
	return err
}

func (w *walk) proveDispute(r *change.Request) error {
	_, err := r.ProveDispute(change.Proof{Gate: "dispute", Method: change.SMSCode, Weak: rapid.Bool().Draw(w.t, "weak"), By: changetest.Customer(), At: w.now})
	return err
}

func (w *walk) vote(r *change.Request) error {
	by := w.actor()
	if err := approve.MayVote(*r, by, org.Staff{}, w.now); err != nil {
		return err
	}
	o := rapid.SampledFrom([]change.Outcome{change.Resume, change.Resume, change.Reject, change.Keep, change.Revert}).Draw(w.t, "outcome")
	_, decided, err := r.Vote(change.Vote{By: change.PartyOf(by), Outcome: o, At: w.now})
	if decided {
		w.book.last = w.now
	}
	return err
}

func (w *walk) end(r *change.Request) error {
	if rapid.IntRange(0, 4).Draw(w.t, "really") > 0 {
		return fmt.Errorf("rather not")
	}
	var err error
	switch rapid.IntRange(0, 4).Draw(w.t, "how") {
	case 0:
		_, err = r.Withdraw(changetest.Customer(), w.now)
	case 1:
		_, err = r.Expire(changetest.Staff("system"), w.now)
	case 2:
		_, err = r.Supersede(changetest.Customer(), "r2", w.now)
	case 3:
		_, err = r.Fail(changetest.Staff("system"), "contact_not_mine", w.now)
	default:
		_, err = r.GiveUp(changetest.Staff("system"), w.now)
	}
	return err
}

func (w *walk) confirm(r *change.Request) error {
	_, err := r.Confirm(changetest.Customer(), w.now)
	return err
}

func (w *walk) apply(r *change.Request) error {
	if _, err := r.Apply(changetest.Staff("system"), 4, w.now); err != nil {
		return err
	}
	w.judge()
	return nil
}
