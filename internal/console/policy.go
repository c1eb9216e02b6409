package console

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"amend/access"
	"amend/internal/page"
	"amend/internal/store"
	"amend/policy"
)

// policyPage is the policy that judges now, what will follow it, and what was before.
type policyPage struct {
	*page.Page
	Frame   page.ConsoleFrame
	InForce versionLine
	Rules   []ruleLine
	Extra   []ruleLine
	Next    []versionLine // drafts and versions whose time comes
	Past    []versionLine
	Drafts  bool // the reader may draft
	Who     string
}

// A versionLine is one version of the policy in a list.
type versionLine struct {
	store.PolicyVersion
	State   store.PolicyState
	Drafted string // name of who drafted it
	Agreed  string
	Shipped bool // it came with the program
}

// A ruleLine is one rule as people read it.
type ruleLine struct {
	Name string
	Says string
	When string // its condition as a sentence
	Code string // and as it is evaluated
	Asks string // what the recipe that it chooses asks for; "" for one that adds
}

// policyPath is the address of a version.
func policyPath(number int64) string { return Base + "/policy/" + strconv.FormatInt(number, 10) }

// Href is the version's address.
func (l versionLine) Href() string { return policyPath(l.Number) }

func policyShow(v *visit) error {
	if f := v.by().May(access.ReadPolicy); f != nil {
		return f
	}
	lines, err := v.versions()
	if err != nil {
		return err
	}
	inForce, err := v.Desk.Policy(v.ctx)
	if err != nil {
		return err
	}
	v.page.Title = v.page.T("console.policy.title")
	p := policyPage{Page: v.page, Frame: v.frame("/policy"), Drafts: v.by().May(access.ChangePolicy) == nil, Who: v.whoMayWords(access.ChangePolicy)}
	for _, l := range lines {
		switch {
		case l.Number == inForce.Version:
			p.InForce = l
		case l.State == store.PolicyDraft || l.State == store.PolicyWaiting:
			p.Next = append(p.Next, l)
		default:
			p.Past = append(p.Past, l)
		}
	}
	if p.Rules, p.Extra, err = v.rules(inForce); err != nil {
		return err
	}
	return v.show(policySheet(p))
}

// rules are the rules of a policy in its order: those that choose, and those that add.
func (v *visit) rules(p *policy.Policy) (choose, add []ruleLine, err error) {
	for _, r := range p.Rules() {
		when, err := policy.ParseCondition(r.When)
		if err != nil {
			return nil, nil, err
		}
		l := ruleLine{
			Name: r.Name, Says: v.page.Label(map[string]string{"zh": r.Zh, "en": r.En}, r.Name),
			When: v.page.Lang.Condition(when, v.House.Catalog), Code: r.When, Asks: v.page.Label(map[string]string{"zh": r.AsksZh, "en": r.AsksEn}, r.Use),
		}
		if r.Use == "" {
			add = append(add, l)
		} else {
			choose = append(choose, l)
		}
	}
	return choose, add, nil
}

// versions are all versions, the newest first; the shipped one is the oldest.
func (v *visit) versions() ([]versionLine, error) {
	all, err := v.Reader.PolicyVersions(v.ctx, v.by())
	if err != nil {
		return nil, err
	}
	names, err := v.Reader.Names(v.ctx, v.by())
	if err != nil {
		return nil, err
	}
	lines := make([]versionLine, 0, len(all)+1)
	for _, p := range all {
		lines = append(lines, versionLine{PolicyVersion: p, State: p.State(v.page.Now), Drafted: names[p.DraftedBy], Agreed: names[p.AgreedBy]})
	}
	shipped := v.House.Policy
	lines = append(lines, versionLine{PolicyVersion: store.PolicyVersion{Number: shipped.Version, Text: shipped.Text()}, State: store.PolicyInForce, Shipped: true})
	return settled(lines), nil
}

// settled leaves one version in force, the one that began last: the others were.
func settled(lines []versionLine) []versionLine {
	var latest time.Time
	at := -1
	for i, l := range lines {
		if l.State == store.PolicyInForce && (at < 0 || l.ForceAt.After(latest)) {
			at, latest = i, l.ForceAt
		}
	}
	for i := range lines {
		if lines[i].State == store.PolicyInForce && i != at {
			lines[i].State = store.PolicyReplaced
		}
	}
	return lines
}

// version answers the version that the address names.
func (v *visit) version() (versionLine, error) {
	number, err := strconv.ParseInt(v.r.PathValue("version"), 10, 64)
	if err != nil {
		return versionLine{}, nowhere(v)
	}
	lines, err := v.versions()
	if err != nil {
		return versionLine{}, err
	}
	i := slices.IndexFunc(lines, func(l versionLine) bool { return l.Number == number })
	if i < 0 {
		return versionLine{}, nowhere(v)
	}
	return lines[i], nil
}

// policyQuery is the address of the form that drafts a version out of another.
func policyQuery(from int64) string {
	return Base + "/policy/new?" + url.Values{"from": {strconv.FormatInt(from, 10)}}.Encode()
}
