package portal

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"amend/access"
	"amend/change"
	"amend/fault"
	"amend/internal/page"
	"amend/internal/store"
)

// A link is one that somebody followed out of a message, with the code that it brought.
type link struct {
	token, challenge, code string
	is                     access.Link
	how                    store.LinkState // "" for none
	at                     time.Time       // when it ends, or ended, or was used
}

// linkPage is what a link leads to that is neither a request nor a question about one.
type linkPage struct {
	*page.Page
	Frame page.PortalFrame
	Text  string
	Yes   string // act of the first button, "" for none
	No    string
	Links []page.Link
}

// linkPage reports whether this is a page of links.
func (v *visit) linkPage() bool {
	return v.r.URL.Path == "/l" || strings.HasPrefix(v.r.URL.Path, "/l/")
}

// linkFollow gives the browser the link to keep, so that the secret leaves the address at
// once. Looking changes nothing: mail scanners follow links too.
func linkFollow(v *visit) error {
	parts := []string{v.r.PathValue("token")}
	if code := v.r.PathValue("code"); code != "" {
		parts = append(parts, v.r.PathValue("challenge"), code)
	}
	v.page.Path = "/l"
	v.Door.SetCookie(v.w, linkCookie, cookieSafe(strings.Join(parts, "/")), 0)
	return v.goTo("/l", "")
}

// cookieSafe drops what no link of ours holds.
func cookieSafe(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r == '/' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, s)
}

// followed finds out what the link in the browser is worth, and acts by it.
func (v *visit) followed() error {
	v.page.Path = "/l"
	parts := append(strings.Split(v.Door.Cookie(v.r, linkCookie), "/"), "", "")
	v.link = link{token: parts[0], challenge: parts[1], code: parts[2]}
	if v.link.token == "" {
		return fault.New(fault.Unauthenticated, "link_unknown")
	}
	var err error
	if v.link.is, v.link.how, v.link.at, err = v.Reader.Link(v.ctx, v.link.token); err != nil {
		return err
	}
	if v.link.how != store.LinkOpen {
		return fault.New(fault.Unauthenticated, "link_unknown")
	}
	by, err := v.Reader.SignIn(v.ctx, v.link.token)
	if err == nil && by.Via != "link" {
		err = fault.New(fault.Unauthenticated, "link_unknown") // another credential is no link
	}
	v.who, v.actor = store.Visitor{}, by
	return err
}

// linkShow is what the link is for: each purpose has its page, and one that is over says so.
func linkShow(v *visit) error {
	if err := v.followed(); err != nil {
		if fault.KindOf(err) != fault.Unauthenticated {
			return err
		}
		return v.linkOver()
	}
	switch {
	case v.link.is.Purpose == access.Status:
		return v.linkStatus()
	case v.by().May(access.ReadChanges) != nil: // it may have reached a stranger, who sees nothing
		return v.linkAddress()
	}
	c, err := v.Reader.Change(v.ctx, v.by(), change.ID(v.link.is.Change))
	if err != nil {
		return err
	}
	p := confirmPage{YesGo: "/l/mine", NoGo: "/l/other"}
	if v.by().May(access.ConfirmIt) == nil {
		p.Yes = "/l/confirm"
	}
	if v.mayDispute() {
		p.No = "/l/dispute"
	}
	return v.confirm(c, v.frame(), p)
}

// linkStatus is a link to follow a request by; with a code, it first asks whether that
// request is its reader's.
func (v *visit) linkStatus() error {
	all, err := v.Reader.Requests(v.ctx, v.by(), store.Filter{}, store.Slice{Limit: 50})
	if err != nil {
		return err
	}
	if len(all.Items) == 0 {
		return fault.New(fault.NotFound, "no_change", "change", v.link.is.Submission)
	}
	c, asked, err := v.linkChallenge(all.Items)
	if err != nil {
		return err
	}
	if asked.State == "live" {
		return v.linkAsk(c)
	}
	if asked.ID != "" {
		return v.trackOf(c, page.Form{Wrong: v.overCode(asked)}, http.StatusOK)
	}
	if len(all.Items) == 1 {
		c, err := v.Reader.Change(v.ctx, v.by(), all.Items[0].ID)
		if err != nil {
			return err
		}
		return v.trackOf(c, page.Form{}, http.StatusOK)
	}
	lines, err := v.lanes(v.link.is.Submission)
	if err != nil {
		return err
	}
	v.title("portal.submission.title")
	return v.show(submissionForm(submissionPage{Page: v.page, Frame: v.frame(), Ref: v.link.is.Submission, Lines: lines}))
}

// linkChallenge is the request that the link's code is for, and what became of the code.
func (v *visit) linkChallenge(lines []store.RequestLine) (store.Change, store.Challenged, error) {
	if v.link.challenge == "" {
		return store.Change{}, store.Challenged{}, nil
	}
	for _, l := range lines {
		c, err := v.Reader.Change(v.ctx, v.by(), l.ID)
		if err != nil {
			return c, store.Challenged{}, err
		}
		if i := slices.IndexFunc(c.Challenges, func(ch store.Challenged) bool { return ch.ID == v.link.challenge }); i >= 0 {
			return c, c.Challenges[i], nil
		}
	}
	return store.Change{}, store.Challenged{}, nil
}

// overCode says why a code does not hold any more, where it was not simply used.
func (v *visit) overCode(ch store.Challenged) []page.Wrong {
	switch ch.State {
	case "void":
		return []page.Wrong{{Text: v.page.T("portal.link.superseded")}}
	case "expired":
		return []page.Wrong{{Text: v.page.T("portal.link.code_expired", "time", v.page.Moment(ch.Expires))}}
	}
	return nil
}

// linkAsk shows what pressing the button agrees to.
func (v *visit) linkAsk(c store.Change) error {
	v.title("portal.link.agree")
	return v.show(agreeForm(confirmPage{Page: v.page, Frame: v.frame(), Ref: c.Ref, Rows: v.diffs(c.Items), Facts: v.facts(c), Yes: "/l/prove", NoGo: "/l/other"}))
}

// linkAddress asks a contact that is new here whether it is right, and shows nothing of
// anybody: it may have been mistyped.
func (v *visit) linkAddress() error {
	v.title("portal.address_link.title")
	p := linkPage{Page: v.page, Frame: v.frame(), Text: v.page.T("portal.address_link.text", "brand", v.page.House.Brand), No: "/l/not-mine"}
	if v.link.code != "" && v.by().May(access.ProveByCode) == nil {
		p.Yes = "/l/prove"
	}
	return v.show(addressForm(p))
}

// linkOver says what became of a link that does not hold, and what to do.
func (v *visit) linkOver() error {
	at := v.page.Moment(v.link.at)
	p := linkPage{Page: v.page, Frame: v.frame(), Links: []page.Link{
		{Href: with("/", "to", "/me/history"), Text: v.page.T("portal.link.sign_in")}, {Href: "/help", Text: v.page.T("portal.help.link")},
	}}
	status := http.StatusGone
	switch {
	case v.link.token == "":
		status = http.StatusOK
		v.title("portal.link.none")
		p.Text = v.page.T("portal.link.none_text")
	case v.link.how == store.LinkUsed:
		return v.linkUsed(at)
	case v.link.how == store.LinkExpired:
		v.title("portal.link.expired")
		p.Text = v.page.T("portal.link.expired_text", "time", at)
	default:
		status = http.StatusNotFound
		v.title("portal.link.unknown")
		p.Text = v.page.T("portal.link.unknown_text")
	}
	return v.answer(status, linkForm(p))
}

// linkUsed says what a link did when it was used: that a request is frozen, for one.
func (v *visit) linkUsed(at string) error {
	p := linkPage{Page: v.page, Frame: v.frame()}
	spent, err := v.Reader.Spent(v.ctx, v.link.token)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	switch {
	case v.link.is.Purpose == access.Dispute && !v.link.is.New && spent.State == change.Disputed:
		v.title("portal.freeze.title")
		return v.show(frozenForm(p, frozenFacts{At: v.link.at, Ref: spent.Ref, Applied: spent.Applied}))
	case v.link.is.Purpose == access.Confirm:
		v.title("portal.link.confirmed")
		p.Text = v.page.T("portal.link.confirmed_text", "time", at)
	default:
		v.title("portal.link.used")
		p.Text = v.page.T("portal.link.used_text", "time", at)
	}
	return v.show(linkForm(p))
}

// linkMine is for whoever read a warning about their own change.
func linkMine(v *visit) error {
	v.title("portal.link.mine")
	return v.show(linkForm(linkPage{Page: v.page, Frame: v.frame(), Text: v.page.T("portal.link.mine_text")}))
}

// linkOther says how to freeze with a link that only agrees.
func linkOther(v *visit) error {
	v.title("portal.link.other")
	return v.show(linkForm(linkPage{Page: v.page, Frame: v.frame(), Text: v.page.T("portal.link.other_text", "hotline", v.page.House.Hotline), Links: []page.Link{
		{Href: with("/", "to", "/me/history"), Text: v.page.T("portal.link.sign_in")}, {Href: "/help", Text: v.page.T("portal.help.link")},
	}}))
}

// linkProve presses the button for the code that the link brought.
func linkProve(v *visit) error {
	id := change.ID(v.link.is.Change)
	if v.link.is.Purpose == access.Status {
		all, err := v.Reader.Requests(v.ctx, v.by(), store.Filter{}, store.Slice{Limit: 50})
		if err != nil {
			return err
		}
		c, _, err := v.linkChallenge(all.Items)
		if err != nil {
			return err
		}
		id = c.ID
	}
	err := v.Desk.Prove(v.ctx, v.by(), id, v.link.challenge, v.link.code)
	if err != nil {
		return err
	}
	return v.goTo("/l", "you_proved")
}

func linkConfirm(v *visit) error {
	if err := v.Desk.Confirm(v.ctx, v.by(), change.ID(v.link.is.Change)); err != nil {
		return err
	}
	return v.goTo("/l", "")
}

func linkDispute(v *visit) error {
	if err := v.Desk.Dispute(v.ctx, v.by(), change.ID(v.link.is.Change), ""); err != nil {
		return err
	}
	return v.goTo("/l", "")
}

func linkNotMine(v *visit) error {
	if err := v.Desk.NotMine(v.ctx, v.by(), change.ID(v.link.is.Change)); err != nil {
		return err
	}
	return v.goTo("/l", "")
}
