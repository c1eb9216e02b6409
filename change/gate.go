package change

import (
	"slices"
	"time"

	"amend/access"
	"amend/customer"
)

// A progress is what has been counted while walking a plan's gates in order: a proof
// opens one gate only, and one person's attestation or approval counts once, so that
// no gate is opened twice by the same hand.
type progress struct {
	r      Request
	spent  []bool          // proofs already counted, by index
	hands  map[string]bool // staff who attested a counted proof
	voices map[string]bool // people whose approval was counted
	met    time.Time       // when the gates so far were met
}

func newProgress(r Request) *progress {
	return &progress{
		r: r, spent: make([]bool, len(r.Proofs)), met: r.clockStart(),
		hands: map[string]bool{}, voices: map[string]bool{},
	}
}

// clockStart is when the first gate began to wait: filing, the last answer, the last
// rebase, or the dispute after which the request went on.
func (r Request) clockStart() time.Time {
	t := later(r.FiledAt, r.RebasedAt)
	for _, q := range r.Questions {
		t = later(t, q.AnsweredAt)
	}
	if r.Dispute != nil && r.Dispute.Outcome == Resume {
		t = later(t, r.Dispute.Closed)
	}
	return t
}

// take counts what opens g and reports whether it is met; met moves to the moment it was.
func (p *progress) take(g Gate, now time.Time) bool {
	switch g.Kind {
	case Authority, Evidence:
		return p.takeProofs(g)
	case Reachability:
		return p.takeReach(g)
	case Approval:
		return g.sound() && p.approvals(*g.Level) == g.Level.Quorum
	case Cool:
		p.met = p.met.Add(g.For)
		return !now.Before(p.met)
	}
	return false // an unknown gate never opens
}

// sound reports whether an approval gate names a level of at least one person. A gate that
// does not can never be opened: a broken plan waits, it lets nothing through.
func (g Gate) sound() bool { return g.Level != nil && g.Level.Quorum > 0 }

// level is the gate's level; of a broken gate the zero one.
func (g Gate) level() Level {
	if g.Level == nil {
		return Level{}
	}
	return *g.Level
}

// takeProofs finds the first combo that the unspent proofs can fill.
func (p *progress) takeProofs(g Gate) bool {
	for _, c := range g.Any {
		if used := p.fill(g.Kind, c); c.Need > 0 && len(used) == c.Need {
			for _, i := range used {
				p.spend(i)
			}
			return true
		}
	}
	return false
}

// fill answers the indexes of proofs of different methods, by different hands, that count
// for c: as many as it needs, or fewer.
func (p *progress) fill(kind GateKind, c Combo) []int {
	var used []int
	for n, m := range c.Of {
		if len(used) == c.Need {
			break
		}
		if slices.Contains(c.Of[:n], m) {
			continue // a method named twice counts once
		}
		for i, f := range p.r.Proofs {
			if f.Method == m && p.counts(i, kind, used) {
				used = append(used, i)
				break
			}
		}
	}
	return used
}

// counts reports whether the proof at i may serve a gate of kind beside those already
// used: no proof twice, no hand twice, never through the contact that the request itself
// proposes, and through an inherited one only under a plan that reckons with it.
func (p *progress) counts(i int, kind GateKind, used []int) bool {
	f := p.r.Proofs[i]
	if f.Gate != kind || f.New || p.spent[i] || kind == Authority && f.Weak && !p.r.Plan.Weak {
		return false
	}
	h := f.hand()
	return h == "" || !p.hands[h] && !slices.ContainsFunc(used, func(j int) bool { return p.r.Proofs[j].hand() == h })
}

// hand is the staff member who attests f, "" for proofs the customer gave.
func (f Proof) hand() string {
	if f.By.Sort == access.Customer {
		return ""
	}
	return f.By.ID
}

func (p *progress) spend(i int) {
	p.spent[i] = true
	if h := p.r.Proofs[i].hand(); h != "" {
		p.hands[h] = true
	}
	p.met = later(p.met, p.r.Proofs[i].At)
}

// takeReach counts the proofs through the new contacts themselves.
func (p *progress) takeReach(g Gate) bool {
	all := true
	for _, k := range g.Keys {
		i := slices.IndexFunc(p.r.Proofs, func(f Proof) bool { return f.reaches(k) })
		if i < 0 {
			all = false
			continue
		}
		p.spend(i)
	}
	return all
}

// reaches reports whether f shows that the contact proposed under k answers.
func (f Proof) reaches(k customer.Key) bool { return f.Gate == Reachability && f.New && f.Contact == k }

// DepartmentsOf are the departments of those who have approved a level, of the content as it is.
func (r Request) DepartmentsOf(level string) []string {
	hash := r.Hash()
	var names []string
	for _, d := range r.Decisions {
		if d.Level == level && d.Verdict == Approved && d.Hash == hash {
			names = append(names, d.By.Department)
		}
	}
	return names
}

// ApprovalsOf is how many people have approved a level, of the content as it is.
func (r Request) ApprovalsOf(level string) int { return len(r.DepartmentsOf(level)) }

// approvals counts the decisions for l: of the present content, each by another person,
// and no person heard both by themselves and through a delegate. Where the people must be
// apart each speaks for another department, and whoever belongs to none does not count.
func (p *progress) approvals(l Level) int {
	if len(p.r.Decisions) == 0 {
		return 0
	}
	n, hash, heardOf := 0, p.r.Hash(), map[string]bool{"": true}
	for _, d := range p.r.Decisions {
		if n == l.Quorum {
			break
		}
		heard := slices.ContainsFunc(d.voices(), func(id string) bool { return p.voices[id] })
		if d.Level != l.Name || d.Verdict != Approved || d.Hash != hash || heard || l.Apart && heardOf[d.By.Department] {
			continue
		}
		heardOf[d.By.Department] = true
		for _, id := range d.voices() {
			p.voices[id] = true
		}
		p.met = later(p.met, d.At)
		n++
	}
	return n
}

// OpenGate answers the first gate that is not met at now, and since when it waits.
// ok is false when every gate is met.
func (r Request) OpenGate(now time.Time) (g Gate, since time.Time, ok bool) {
	p := newProgress(r)
	for _, g := range r.Plan.Gates {
		since := p.met
		if !p.take(g, now) {
			return g, since, true
		}
	}
	if r.Effective.After(now) {
		return Gate{Kind: Schedule}, p.met, true
	}
	return Gate{}, p.met, false
}

// A GateStatus is one gate of the plan as people see it.
type GateStatus struct {
	Gate  Gate
	Met   bool
	Since time.Time // when the gate began to wait
}

// Gates answers every gate of the plan with whether it is met at now. Gates behind
// the first open one are never met: they wait their turn.
func (r Request) Gates(now time.Time) []GateStatus {
	p := newProgress(r)
	out := make([]GateStatus, 0, len(r.Plan.Gates)+1)
	open := false
	for _, g := range r.Plan.Gates {
		since := p.met
		met := !open && p.take(g, now)
		open = open || !met
		out = append(out, GateStatus{Gate: g, Met: met, Since: since})
	}
	if !r.Effective.IsZero() {
		out = append(out, GateStatus{Gate: Gate{Kind: Schedule}, Met: !open && !r.Effective.After(now), Since: p.met})
	}
	return out
}

// Wants answers the proof gates that are still open among the leading gates of the plan:
// authority, reachability and evidence may be given in any order until the first other gate.
func (r Request) Wants(now time.Time) []Gate {
	p := newProgress(r)
	var open []Gate
	for _, g := range r.Plan.Gates {
		if g.Kind != Authority && g.Kind != Reachability && g.Kind != Evidence {
			break
		}
		if !p.take(g, now) {
			open = append(open, g)
		}
	}
	return open
}

// Reached reports whether the new contact under k has already answered.
func (r Request) Reached(k customer.Key) bool {
	return slices.ContainsFunc(r.Proofs, func(f Proof) bool { return f.reaches(k) })
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
