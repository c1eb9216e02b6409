package console

import (
	"slices"
	"strings"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/downstream"
	"amend/internal/page"
	"amend/internal/store"
	"amend/notify"
	"amend/privacy"
)

// A word is one contribution to the discussion, with its time.
type word struct {
	page.Say
	at time.Time
}

// Talk is the discussion in the order of time. A question goes to whoever filed: to the
// customer by message, or to a colleague; a note never leaves the house.
func (c changePage) Talk() []page.Say {
	var words []word
	say := func(out bool, by store.Person, at time.Time, text string) {
		if text != "" {
			words = append(words, word{page.Say{Out: out, Who: c.person(by), When: c.Moment(at), Text: text}, at})
		}
	}
	for _, q := range c.Req.Questions {
		say(c.OutQuestion(), q.By, q.At, q.Text)
		say(c.OutQuestion(), store.Person{Sort: c.Req.Filed.Sort, Name: c.Req.Filed.Name}, q.AnsweredAt, q.Answer)
	}
	for _, d := range c.Req.Decisions {
		say(false, d.By, d.At, d.Comment)
	}
	if c.Req.Dispute != nil {
		for _, v := range c.Req.Dispute.Votes {
			say(false, v.By, v.At, v.Comment)
		}
	}
	slices.SortStableFunc(words, func(a, b word) int { return a.at.Compare(b.at) })
	out := make([]page.Say, len(words))
	for i, w := range words {
		out[i] = w.Say
	}
	return out
}

// OutQuestion reports whether a question goes to the customer.
func (c changePage) OutQuestion() bool { return c.Req.Filed.Sort != access.Staff }

// Told is what was, or will be, told to whom.
func (c changePage) Told() []page.Fact {
	var facts []page.Fact
	for _, n := range c.Req.Notices {
		f := page.Fact{Icon: "bell", Text: c.Word("text_kind", n.Kind), End: c.Word("notice_state", string(n.State))}
		to := c.audience(n.Audience)
		if n.To != "" {
			to = c.Value(customer.Key(n.Audience), n.To)
		}
		f.Note = joined([]string{c.Word("channel", n.Channel), to, c.told(n)})
		switch n.State {
		case store.NoticeFailed, store.NoticeUnknown:
			f.Tone, f.EndTone, f.EndIcon = page.Warn, page.Warn, "alert"
		case store.NoticeDelivered, store.NoticeSent:
			f.EndIcon = "check"
		}
		facts = append(facts, f)
	}
	return facts
}

func (c changePage) told(n store.Told) string {
	if n.SentAt.IsZero() {
		return c.Moment(n.QueuedAt)
	}
	return c.Moment(n.SentAt)
}

// audience is who heard: a contact of the customer, a role, a department, or a person.
func (c changePage) audience(name string) string {
	sort, of, inside := strings.Cut(name, ":")
	switch {
	case !inside:
		return c.Label(customer.Key(name))
	case sort == "role":
		return c.Word("role", of)
	case sort == "person":
		return c.Req.Names[of]
	}
	return c.Word("owner", of)
}

// Tasks are what people still have to do on the request, and what they did.
func (c changePage) Tasks() []taskLine {
	var lines []taskLine
	for _, t := range c.Req.Tasks {
		l := taskLine{TaskView: t, Title: c.Word("task", t.Kind), Open: t.DoneAt.IsZero()}
		l.Mine = l.Open && c.Me.Has(access.Role(t.Role)) && t.Kind != string(change.Callback)
		l.Attest = l.Open && t.Kind == string(change.Callback) && c.Req.May.Attest
		note := []string{c.Word("role", t.Role)}
		if t.Contact != "" {
			note = append(note, c.Label(t.Contact))
		}
		if l.Open {
			note = append(note, c.T("console.task.due", "time", c.Moment(t.DueAt)))
		} else {
			note = append(note, c.T("console.task.outcome."+t.Outcome, "time", c.Moment(t.DoneAt)))
		}
		l.Note = joined(note)
		lines = append(lines, l)
	}
	return lines
}

// A taskLine is one task in words, and whether the reader may finish it.
type taskLine struct {
	store.TaskView
	Title, Note string
	Open        bool
	Mine        bool
	Attest      bool // its outcome is an attestation
}

// Late reports whether the task should have been done.
func (l taskLine) Late(now time.Time) bool { return l.Open && now.After(l.DueAt) }

// reason is why a request was rejected, in the words that the customer is told.
func (c changePage) reason(code string) string {
	return c.House.Book.Reason(notify.Lang(c.Lang), code)
}

// Reasons are the reasons for a rejection, each with what the customer will read.
func (c changePage) Reasons() []page.Choice {
	var all []page.Choice
	for _, r := range desk.Reasons() {
		words := c.T("console.reject.preview", "ref", c.Req.Ref, "reason", c.reason(r.Code), "remedy", c.House.Book.Remedy(notify.Lang(c.Lang), r.Remedy))
		all = append(all, page.Choice{Value: r.Code, Text: c.reason(r.Code), Note: words})
	}
	return all
}

// Purposes are the reasons for a reveal, as a list to choose from.
func (c changePage) Purposes() []page.Option {
	all := []page.Option{{Text: c.T("console.change.choose")}}
	for _, r := range privacy.Purposes() {
		all = append(all, page.Option{Value: string(r.Purpose), Text: c.Page.Label(map[string]string{"zh": r.Zh, "en": r.En}, string(r.Purpose))})
	}
	return all
}

// Outcomes are the ways to end the dispute that fit where the request stands, with what each does.
func (c changePage) Outcomes() []page.Choice {
	codes := []change.Outcome{change.Resume, change.Reject}
	if !c.Req.AppliedAt.IsZero() {
		codes = []change.Outcome{change.Keep, change.Revert}
	}
	icons := map[change.Outcome]string{change.Resume: "right", change.Reject: "x", change.Keep: "check", change.Revert: "undo"}
	var all []page.Choice
	for _, o := range codes {
		all = append(all, page.Choice{Value: string(o), Icon: icons[o], Text: c.Word("outcome", string(o)), Note: c.T("console.dispute." + string(o))})
	}
	return all
}

// Votes are the words of uninvolved people on the dispute, with how it ended.
func (c changePage) Votes() []page.Fact {
	var facts []page.Fact
	for _, v := range c.Req.Dispute.Votes {
		facts = append(facts, page.Fact{Face: v.By.Name, Text: c.T("console.dispute.voted", "name", v.By.Name, "outcome", c.Word("outcome", string(v.Outcome))), Note: c.Moment(v.At)})
	}
	return facts
}

// DisputeProofs are what was proven since the request was frozen.
func (c changePage) DisputeProofs() []page.Fact {
	var facts []page.Fact
	for _, p := range c.Req.Dispute.Proofs {
		facts = append(facts, page.Fact{Icon: "shieldcheck", Tone: page.OK, Text: c.proof(p), Note: joined([]string{c.Word("method", string(p.Method)), c.Moment(p.At), p.Note})})
	}
	return facts
}

// Received says for each system whether it has the change, and why not.
func (c changePage) Received() []page.Fact {
	var facts []page.Fact
	for _, l := range c.Req.Completeness {
		f := page.Fact{Icon: "network", Text: l.Name, Note: joined([]string{c.must(l), c.Word("owner", l.Owner)})}
		switch {
		case l.Confirmed:
			f.End, f.EndTone, f.EndIcon = c.T("console.sync.confirmed"), page.OK, "check"
		case l.Acked:
			f.End, f.EndIcon = c.T("console.sync.acked"), "check"
		case l.Why == downstream.Held: // not late: somebody stopped it on purpose
			f.Note = joined([]string{pausedText(c.Page, l.Pause), f.Note})
			f.End, f.EndIcon = c.Word("system_state", "paused"), "pause"
		default:
			f.End, f.EndTone, f.EndIcon, f.Tone = c.Word("delivery_why", string(l.Why)), page.Warn, "clock", page.Warn
		}
		facts = append(facts, f)
	}
	return facts
}

func (c changePage) must(l store.Complete) string {
	if l.Must {
		return c.T("console.impact.must")
	}
	return ""
}

// Already is what was proven and decided so far, in short.
func (c changePage) Already() []page.Fact {
	var facts []page.Fact
	for _, p := range c.Req.Proofs {
		facts = append(facts, page.Fact{Icon: "check", Tone: page.OK, Text: c.proof(p), Note: c.Word("method", string(p.Method)), End: c.brief(p.At)})
	}
	for _, d := range c.Req.Decisions {
		facts = append(facts, page.Fact{Icon: "check", Tone: page.OK, Text: d.By.Name + " " + c.Word("verdict", string(d.Verdict)), Note: c.Word("level", d.Level), End: c.brief(d.At)})
	}
	return facts
}
