package change

import (
	"slices"
	"time"

	"amend/customer"
)

// A Method is one way to prove something.
type Method string

// The methods. Channel methods run through a contact point; the others need a staff
// member or a third party. Document and Registry are answered by Sighted until an
// automatic method exists; the plan shown to people says so.
const (
	SMSCode  Method = "sms_code"  // six digits to a phone
	MailCode Method = "mail_code" // six digits to a mail address
	MailLink Method = "mail_link" // a link to a mail address; only ever proves that a new address answers
	Callback Method = "callback"  // a person calls a number proven before, by script
	Sighted  Method = "sighted"   // an original document seen by a staff member
	Document Method = "document"  // a document uploaded as evidence
	Registry Method = "registry"  // matched against an official register
	Letter   Method = "letter"    // a posted code
)

// ThroughContact reports whether the method's worth is that of the contact point it runs through.
func (m Method) ThroughContact() bool {
	switch m {
	case SMSCode, MailCode, MailLink, Callback, Letter:
		return true
	}
	return false
}

// A GateKind is the sort of a gate.
type GateKind string

// The kinds of gate, in the order a plan holds them.
const (
	Authority    GateKind = "authority"    // the customer agrees: through a channel proven before the request
	Reachability GateKind = "reachability" // each new contact answers; never proves authority
	Evidence     GateKind = "evidence"     // a document, a registry, a call-back
	Approval     GateKind = "approval"     // people agree
	Cool         GateKind = "cool"         // time in which the old contact may stop it
	Schedule     GateKind = "schedule"     // the effective date
)

// A Combo is met by Need different methods out of Of.
type Combo struct {
	Need int      `json:"need"`
	Of   []Method `json:"of"`
}

// A Level is one step of approval.
type Level struct {
	Name   string        `json:"name"`            // "L1", "L2", "extra" …
	Role   string        `json:"role"`            // access.Role that may decide it
	Quorum int           `json:"quorum"`          // different people needed
	Within time.Duration `json:"within"`          // working time until the owner and the lead are alerted; never approves
	Apart  bool          `json:"apart,omitempty"` // no two of the people are of one department
}

// A Gate is one thing that must have happened before a request applies.
type Gate struct {
	Kind GateKind       `json:"kind"`
	Any  []Combo        `json:"any,omitempty"`  // authority, evidence: any one combo opens the gate; the first is preferred, the rest are fallbacks
	Keys []customer.Key `json:"keys,omitempty"` // reachability: every one of these must answer
	// Level of an approval gate.
	Level *Level `json:"level,omitempty"`
	// For is how long a cool gate holds, counted from the moment the gates before it were met.
	For time.Duration `json:"for,omitempty"`
}

// A HoldRule blocks a downstream action from the moment a request cools (or applies) until For after it applied.
type HoldRule struct {
	Action string        `json:"action"` // payout, password_reset, credit
	For    time.Duration `json:"for"`
}

// A Plan is the ordered gates that policy demands of a request.
type Plan struct {
	Policy   int64         `json:"policy"`           // version of the policy that made it; a request keeps it
	Recipe   string        `json:"recipe"`           // name of the recipe chosen
	Rules    []string      `json:"rules"`            // every rule that spoke, in order: the explanation
	Gates    []Gate        `json:"gates"`            // in order
	Holds    []HoldRule    `json:"holds,omitempty"`  // downstream actions to block
	Weak     bool          `json:"weak,omitempty"`   // authority comes from an inherited contact
	Lost     bool          `json:"lost,omitempty"`   // the recovery lane: no channel proven before
	Expire   time.Duration `json:"expire"`           // how long proofs may take before the request expires
	Standing []string      `json:"notice,omitempty"` // what people should know: "document by sighted original until …" as codes for lang
}

// Open reports whether a plan asks for nothing: the change applies at once.
func (p Plan) Open() bool { return len(p.Gates) == 0 }

// Same reports whether two plans ask for the same, whichever contact points they speak
// of. Items with the same plan travel in one lane.
func (p Plan) Same(q Plan) bool {
	return p.Recipe == q.Recipe && p.Weak == q.Weak && p.Lost == q.Lost && p.Expire == q.Expire &&
		slices.Equal(p.Rules, q.Rules) && slices.EqualFunc(p.Gates, q.Gates, sameGate) && slices.Equal(p.Holds, q.Holds)
}

func sameGate(a, b Gate) bool {
	sameCombo := func(x, y Combo) bool { return x.Need == y.Need && slices.Equal(x.Of, y.Of) }
	if (a.Level == nil) != (b.Level == nil) || (a.Level != nil && *a.Level != *b.Level) {
		return false
	}
	return a.Kind == b.Kind && a.For == b.For && slices.EqualFunc(a.Any, b.Any, sameCombo)
}

// With answers p with what is q's own although both ask for the same: the contact points
// of its reachability gates, and what people should know of it.
func (p Plan) With(q Plan) Plan {
	p.Gates = slices.Clone(p.Gates)
	for i, g := range p.Gates {
		if g.Kind != Reachability {
			continue
		}
		for _, h := range q.Gates {
			if h.Kind == Reachability {
				p.Gates[i].Keys = joined(p.Gates[i].Keys, h.Keys)
			}
		}
	}
	p.Standing = joined(p.Standing, q.Standing)
	return p
}

// joined answers a followed by what of b it lacks.
func joined[T comparable](a, b []T) []T {
	a = slices.Clone(a)
	for _, x := range b {
		if !slices.Contains(a, x) {
			a = append(a, x)
		}
	}
	return a
}
