package console

import (
	"slices"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/fault"
	"amend/internal/page"
	"amend/internal/store"
)

// intakeStepsPage is where a request that was taken in stands, and what the customer does
// now to prove it. Values are shown, masked, once they have.
type intakeStepsPage struct {
	lexicon
	Frame  page.ConsoleFrame
	Form   page.Form
	Change store.Change
	Fields []customer.Key
	Lanes  []store.ChangeLine // the other parts of the submission
	Steps  []proofStep
	Proven bool
	Diff   []page.DiffRow // only if Proven
	May    store.Powers
	Mine   bool // the reader filed it, and so attests nothing
	Call   customer.Key
	Sight  bool
}

// A proofStep is one thing that the customer may do to prove the request.
type proofStep struct {
	Method  change.Method
	Contact customer.Key
	New     bool
	Done    bool
	Sent    bool // and not answered yet
	Ask     bool // it may be asked for now
	Note    string
}

func intakeSteps(v *visit) error {
	p, err := v.intakeSteps(change.ID(v.r.PathValue("change")))
	if err != nil {
		return err
	}
	if v.fragment() {
		v.w.Header().Del("Set-Cookie") // a page that looks again by itself is nobody's presence
		return v.show(intakeStatus(p))
	}
	return v.show(intakeStepsForm(p))
}

func (v *visit) intakeSteps(id change.ID) (intakeStepsPage, error) {
	p := intakeStepsPage{lexicon: v.lexicon(), Frame: v.frame("/intake")}
	if f := v.by().May(access.FileChange); f != nil {
		return p, f
	}
	r, err := v.Reader.Review(v.ctx, v.by(), id)
	if err != nil {
		return p, err
	}
	p.Change, p.May, p.Mine = r.Change, r.May, r.Filed.ID == v.by().ID
	p.Fields, p.Proven = keysOf(r.Items), customerProven(r.Change)
	p.Path, p.Title = Base+"/intake/changes/"+string(id), v.page.T("console.steps.title")
	if p.Proven {
		p.Diff = p.diff(r.Items)
	}
	if p.Lanes, err = v.lanesOf(r.Change); err != nil {
		return p, err
	}
	if r.State == change.Verifying {
		if err := v.ways(&p); err != nil {
			return p, err
		}
		p.offer(r.Change)
	}
	if r.State == change.Verifying {
		p.Frame.Doc.Head = page.Refresh(20)
	}
	return p, nil
}

// customerProven reports whether the customer themself has shown that the request is theirs:
// by their own credential, through a contact that was proven before.
func customerProven(c store.Change) bool {
	return slices.ContainsFunc(c.Proofs, func(p store.Proof) bool {
		return p.Gate == change.Authority && p.By.Sort == access.Customer && !p.New
	})
}

// lanesOf are the other requests that came of the same call.
func (v *visit) lanesOf(c store.Change) ([]store.ChangeLine, error) {
	all, err := v.Reader.Changes(v.ctx, v.by(), store.Filter{Record: c.Record}, store.Slice{})
	return slices.DeleteFunc(all.Items, func(l store.ChangeLine) bool { return l.Submission != c.Submission || l.ID == c.ID }), err
}

// ways adds the contacts through which the customer may prove the request, by their names
// alone.
func (v *visit) ways(p *intakeStepsPage) error {
	ways, err := v.Reader.Ways(v.ctx, v.by(), p.Change.ID)
	if p.Change.Kind == change.Create { // there is no record yet, whose contacts could be asked
		ways, err = p.firstWays(), nil
	}
	if err != nil {
		return err
	}
	for _, w := range ways {
		step := proofStep{Method: w.Method, Contact: w.Contact, New: w.New, Done: !w.Proven.IsZero(), Sent: w.Challenge != ""}
		step.Ask = !step.Done && !w.Again.After(p.Now)
		switch {
		case step.Done:
			step.Note = p.T("console.steps.done", "time", p.Moment(w.Proven))
		case step.Sent && w.Again.After(p.Now):
			step.Note = p.T("console.steps.again", "time", p.Clock(w.Again))
		case step.Sent:
			step.Note = p.T("console.steps.sent", "time", p.Moment(w.Sent))
		}
		p.Steps = append(p.Steps, step)
	}
	return nil
}

// firstWays are the contacts of a customer who is not on record yet: each must answer.
func (p *intakeStepsPage) firstWays() []store.Way {
	var ways []store.Way
	for _, g := range p.Change.Plan.Gates {
		for _, k := range g.Fields {
			w := store.Way{Gate: g.Kind, Method: change.SMSCode, Contact: k, New: true}
			if p.typeOf(k) == customer.Email {
				w.Method = change.MailLink
			}
			for _, proof := range p.Change.Proofs {
				if proof.New && proof.Contact == k {
					w.Proven = proof.At
				}
			}
			for _, c := range p.Change.Challenges {
				if c.Contact == k && c.State == "live" {
					w.Challenge, w.Sent = c.ID, c.SentAt
				}
			}
			ways = append(ways, w)
		}
	}
	return ways
}

// offer finds what a colleague may do: call back where a call is open, or see the original.
func (p *intakeStepsPage) offer(c store.Change) {
	for _, g := range c.Plan.Gates {
		if g.Status == "met" || g.Kind != change.Authority && g.Kind != change.Evidence {
			continue
		}
		for _, combo := range g.Any {
			p.Sight = p.Sight || slices.Contains(combo.Of, change.Sighted)
			if slices.Contains(combo.Of, change.Callback) {
				p.Steps = append(p.Steps, p.calls(c)...)
			}
		}
	}
	for _, ch := range c.Challenges {
		if ch.Method == change.Callback && ch.State == "live" {
			p.Call = ch.Contact
		}
	}
	p.Steps = slices.CompactFunc(p.Steps, func(a, b proofStep) bool { return a.Contact == b.Contact && a.Method == b.Method && a.New == b.New })
}

// calls are the numbers on which the customer may be called back. Which of them is worth it,
// the desk decides when it is asked.
func (p *intakeStepsPage) calls(c store.Change) []proofStep {
	step := proofStep{Method: change.Callback, Contact: "phone", Ask: true}
	for _, ch := range c.Challenges {
		if ch.Method == change.Callback && ch.State == "live" {
			step.Contact, step.Sent, step.Ask, step.Note = ch.Contact, true, false, p.T("console.steps.call_open", "time", p.Moment(ch.Expires))
		}
	}
	return []proofStep{step}
}

// diff shows old and new side by side, both masked.
func (p *intakeStepsPage) diff(items []store.Item) []page.DiffRow {
	var rows []page.DiffRow
	for _, it := range items {
		row := page.DiffRow{Field: p.Label(it.Field), Kind: page.Changed}
		was, now := "", ""
		if it.Was != nil {
			was = p.Value(it.Field, it.Was.Text)
		}
		if it.Now != nil {
			now = p.Value(it.Field, it.Now.Text)
		}
		switch {
		case was == "":
			row.Kind, row.Now = page.Added, page.Unmarked(now)
		case now == "":
			row.Kind, row.Was = page.Removed, page.Unmarked(was)
		default:
			row.Was, row.Now = page.Differ(was, now)
		}
		rows = append(rows, row)
	}
	return rows
}

// intakeAsk sends a link to a contact on record, or to the proposed one, or opens the task of
// calling back. Whoever asks never sees where it goes, nor what it holds.
func intakeAsk(v *visit) error {
	id := change.ID(v.r.PathValue("change"))
	_, err := v.Desk.Challenge(v.ctx, v.by(), id, desk.Ask{
		Method: change.Method(v.form.Get("method")), To: customer.Key(v.form.Get("to")), New: v.form.Has("new", "yes"), From: v.Door.Network(v.r),
	})
	return v.afterStep(id, err, "asked")
}

// intakeAttest takes the outcome of a call-back, or that an original was seen, from somebody
// who did not take the request in.
func intakeAttest(v *visit) error {
	id, passed := change.ID(v.r.PathValue("change")), v.form.Get("passed")
	if passed != "yes" && passed != "no" { // silence would end the request
		return v.afterStep(id, fault.New(fault.Invalid, "outcome_missing", "field", "passed"), "")
	}
	err := v.Desk.Attest(v.ctx, v.by(), id, desk.Attestation{
		Kind: change.Method(v.form.Get("kind")), Contact: customer.Key(v.form.Get("contact")), Passed: passed == "yes",
		Document: v.form.Get("document"), Compared: v.form.Get("outcome"),
	})
	return v.afterStep(id, err, "attested")
}

// intakeFreeze is "this looks wrong" in one act: the request stands still until others decide.
func intakeFreeze(v *visit) error {
	id := change.ID(v.r.PathValue("change"))
	if err := v.Desk.Dispute(v.ctx, v.by(), id, v.form.Get("reason")); err != nil {
		return err
	}
	return v.goTo(page.Back(v.form.Get("back"), Base+"/intake/changes/"+string(id)), "frozen")
}

// afterStep shows the page of a request again: with what was wrong, or with what was done.
func (v *visit) afterStep(id change.ID, err error, said string) error {
	if err == nil {
		return v.goTo(Base+"/intake/changes/"+string(id), said)
	}
	form, refused := v.form.Refused(v.page, err)
	if !refused {
		return err
	}
	p, readErr := v.intakeSteps(id)
	if readErr != nil {
		return readErr
	}
	p.Form = form
	return v.answer(page.Status(err), intakeStepsForm(p))
}
