package page

import "amend/change"

// A look is how a state is drawn.
type look struct {
	word string // in "page.state."; "" for the word of the state itself
	tone Tone
	icon string
}

// lookOf maps the states of a request to the few that a reader sees.
func lookOf(s change.State) look {
	switch s {
	case change.Draft:
		return look{"draft", Quiet, "file"}
	case change.NeedsInfo:
		return look{"", Warn, "message"}
	case change.Verifying:
		return look{"verifying", Warn, "clock"}
	case change.Reviewing:
		return look{"reviewing", Brand, "dot"}
	case change.Cooling, change.Scheduled:
		return look{"soon", Brand, "hourglass"}
	case change.Applied, change.Confirmed, change.Unconfirmed, change.Kept:
		return look{"applied", OK, "check"}
	case change.Disputed:
		return look{"disputed", Risk, "freeze"}
	case change.Reverted:
		return look{"", Quiet, "undo"}
	}
	return look{"", Quiet, "x"} // closed without change, and why
}

// State is the word for where a request stands: the customer's in the portal, else that of
// the staff.
func (p *Page) State(s change.State) string {
	if p.Roomy {
		return p.Word("state_customer", string(s))
	}
	if word := lookOf(s).word; word != "" {
		return p.T("page.state." + word)
	}
	return p.Word("state", string(s))
}

// aside is a word with a note behind it.
func (p *Page) aside(family, code, note string) string {
	if note == "" {
		return p.Word(family, code)
	}
	return p.Word(family, code) + " · " + note
}

// channelIcon is the icon of a channel, by its code in "channel.".
func channelIcon(code string) string {
	switch code {
	case "portal", "web":
		return "globe"
	case "hotline":
		return "headset"
	case "phone", "call":
		return "phone"
	case "shop":
		return "store"
	case "app", "sms":
		return "mobile"
	case "wechat", "messenger":
		return "wechat"
	case "mail":
		return "mail"
	case "letter":
		return "send"
	case "import":
		return "upload"
	}
	return "network"
}
