package console

import (
	"strconv"

	"amend/access"
	"amend/change"
	"amend/internal/page"
)

// notices are what concerns the whole request: that its log does not hold, what stood against
// an act, that it is frozen, that its content moved.
func (c changePage) notices() []page.Notice {
	var all []page.Notice
	if c.Seal == page.Failed {
		all = append(all, page.Notice{Tone: page.Risk, Icon: "seal-failed", Title: c.Word("seal", "failed"), Text: c.SealText})
	}
	if c.Against != nil {
		all = append(all, *c.Against)
	}
	switch {
	case c.Req.State == change.Disputed:
		all = append(all, page.Notice{Tone: page.Risk, Icon: "freeze", Title: c.T("console.frozen.title", "time", c.Moment(c.Req.Dispute.At)), Text: c.T("console.frozen.text")})
	case c.Req.Pending != nil && !c.Req.May.Undo:
		all = append(all, page.Notice{Tone: page.Brand, Text: c.T("console.pending.other", "name", c.Req.Pending.By.Name, "verdict", c.Word("verdict", string(c.Req.Pending.Verdict)))})
	}
	if c.Req.Voided > 0 && c.Req.State == change.Reviewing {
		all = append(all, page.Notice{Tone: page.Warn, Icon: "history", Text: c.T("console.voided", "n", strconv.Itoa(c.Req.Voided))})
	}
	return all
}

// disputed says who froze the request and why.
func (c changePage) disputed() string {
	d := c.Req.Dispute
	if d.Reason == "" {
		return c.T("console.dispute.said", "who", c.person(d.By), "state", c.State(d.From))
	}
	return c.T("console.dispute.said_why", "who", c.person(d.By), "state", c.State(d.From), "reason", c.Word("dispute_reason", d.Reason))
}

// hidden reports whether a reveal would show more.
func (c changePage) hidden() bool {
	for _, it := range c.Req.Items {
		if it.Was != nil && it.Was.Hidden || it.Now != nil && it.Now.Hidden {
			return true
		}
	}
	return false
}

// syncNote says whether every system has the change.
func (c changePage) syncNote() string {
	if c.Req.InSync {
		return c.T("console.sync.all")
	}
	return c.T("console.sync.some")
}

// Refused says why the reader may not make the decision that the request waits for, and who
// may; "" where they may, or where none is due.
func (c changePage) Refused() string {
	if c.Req.May.Refused == nil || c.Req.May.Undo {
		return ""
	}
	_, text := c.Lang.Fault(c.Req.May.Refused)
	return text
}

// Takes reports whether the request is at a point where somebody sends codes, calls or sees
// documents: that is done where customers are served.
func (c changePage) Takes() bool {
	return c.Req.State == change.Verifying && c.Me.May(access.SendChallenge) == nil
}

// Intake is that place.
func (c changePage) Intake() string { return Base + "/intake/changes/" + string(c.Req.ID) }
