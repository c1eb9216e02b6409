package console

import (
	"amend/change"
	"amend/internal/page"
)

// step says one thing that the customer may do, without saying where it leads.
func (p intakeStepsPage) step(s proofStep) string {
	switch {
	case s.Method == change.Callback:
		return p.T("console.steps.way.call", "field", p.Label(s.Contact))
	case s.New:
		return p.T("console.steps.way.new", "field", p.Label(s.Contact))
	}
	return p.T("console.steps.way.old", "field", p.Label(s.Contact))
}

// askWord is the button of a step.
func (p intakeStepsPage) askWord(s proofStep) string {
	switch {
	case s.Method == change.Callback:
		return p.T("console.steps.ask.call")
	case s.Sent:
		return p.T("console.steps.ask.again")
	}
	return p.T("console.steps.ask.link")
}

func (s proofStep) icon() string {
	switch s.Method {
	case change.Callback:
		return "phone"
	case change.MailCode, change.MailLink:
		return "mail"
	}
	return "mobile"
}

// passed are the two outcomes of an attestation; neither is chosen beforehand.
func (p intakeStepsPage) passed() []page.Option {
	return []page.Option{{Value: "yes", Text: p.T("console.attest.yes")}, {Value: "no", Text: p.T("console.attest.no")}}
}
