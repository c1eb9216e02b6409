package desk

import (
	"context"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/fault"
	"amend/internal/store"
	"amend/verify"
)

// Attestation is what a member of staff says they did: called the customer back on a
// number proven before, or saw an original document. No copy is kept.
type Attestation struct {
	Kind     change.Method // callback or sighted
	Contact  customer.Key  // callback: the number that was called
	Passed   bool          // the customer agreed, or the document fits
	Document string        // sighted: the kind of document
	Compared string        // sighted: what was compared; callback: how it went
}

// maxNote bounds what an attestation says, in bytes.
const maxNote = 500

// Attest adds a proof that a member of staff gives. Whoever filed or collected the request
// cannot attest it, and whoever attests can never approve it: collector, verifier and
// approver are three people (threat T4). Stories: bank.txtar, enrol.txtar, recovery.txtar.
func (d *Desk) Attest(ctx context.Context, by access.Actor, id change.ID, a Attestation) error {
	if err := mayAttest(by, a); err != nil {
		return err
	}
	return d.onRequest(ctx, id, func(tx *store.Tx, r *change.Request) error {
		if r.Filed.ID == by.ID || (r.Collector != nil && r.Collector.ID == by.ID) {
			return fault.New(fault.Denied, "own_filing", "change", id)
		}
		if _, decided := r.DecidedBy(by.ID); decided || r.VotedBy(by.ID) {
			return fault.New(fault.Denied, "own_decision", "change", id)
		}
		if a.Kind == change.Callback {
			return d.attestCall(tx, by, r, a)
		}
		return d.attestSighted(tx, by, r, a)
	})
}

func mayAttest(by access.Actor, a Attestation) error {
	act := access.AttestSighted
	if a.Kind == change.Callback {
		act = access.AttestCallback
	}
	if f := by.May(act); f != nil {
		return f
	}
	switch {
	case by.Sort != access.Staff:
		return fault.New(fault.Denied, "staff_only")
	case a.Kind != change.Callback && a.Kind != change.Sighted:
		return fault.New(fault.Invalid, "method_unfit", "method", a.Kind)
	case a.Compared == "":
		return fault.New(fault.Invalid, "outcome_missing", "field", "outcome")
	case a.Kind == change.Sighted && a.Document == "":
		return fault.New(fault.Invalid, "document_missing", "field", "document")
	case len(a.Compared) > maxNote || len(a.Document) > maxNote:
		return fault.New(fault.Invalid, "too_long", "field", "outcome", "max", maxNote)
	}
	return nil
}

// attestCall takes the outcome of a call-back for which a task was opened.
func (d *Desk) attestCall(tx *store.Tx, by access.Actor, r *change.Request, a Attestation) error {
	calls, err := tx.Challenges(r.ID)
	if err != nil {
		return err
	}
	for _, c := range calls {
		if c.Method != change.Callback || !c.Open(tx.Now()) || (a.Contact != "" && c.Contact != a.Contact) {
			continue
		}
		tx.UseChallenge(c.ID)
		tx.FinishTasks(r.ID, string(change.Callback), by.ID, outcome(a.Passed))
		return d.attested(tx, by, r, c, a)
	}
	return fault.New(fault.Conflict, "no_callback_open", "change", r.ID)
}

func (d *Desk) attestSighted(tx *store.Tx, by access.Actor, r *change.Request, a Attestation) error {
	if err := takesProofs(*r); err != nil {
		return err
	}
	c := verify.Challenge{Method: change.Sighted}
	switch {
	case r.Frozen():
		c.Gate = disputeGate
	case r.Offers(change.Evidence, change.Sighted, tx.Now()):
		c.Gate = change.Evidence
	case r.Offers(change.Authority, change.Sighted, tx.Now()):
		c.Gate = change.Authority
	default: // a document that nobody asked for fails nothing either
		return fault.New(fault.Conflict, "proof_not_needed", "method", change.Sighted)
	}
	return d.attested(tx, by, r, c, a)
}

// attested adds the proof, or ends the request where the customer on the phone said no.
func (d *Desk) attested(tx *store.Tx, by access.Actor, r *change.Request, c verify.Challenge, a Attestation) error {
	if !a.Passed {
		return d.failed(tx, r, change.PartyOf(by), "attest_failed")
	}
	proof := c.Proof(change.PartyOf(by), tx.Now())
	proof.Note = a.Compared
	if a.Document != "" {
		proof.Note = a.Document + ": " + a.Compared
	}
	return d.addProof(tx, r, c.Gate, proof)
}

func outcome(passed bool) string {
	if passed {
		return "passed"
	}
	return "failed"
}
