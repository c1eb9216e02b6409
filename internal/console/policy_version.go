package console

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"amend/access"
	"amend/fault"
	"amend/internal/page"
	"amend/internal/store"
	"amend/policy"
)

// versionPage is one version: what it changes, what it would have changed, and what may be done with it.
type versionPage struct {
	*page.Page
	Frame   page.ConsoleFrame
	Form    page.Form
	Version versionLine
	Rules   []ruleLine
	Extra   []ruleLine
	Check   checkView
	Trial   *trialView // nil for the version in force
	Text    string
	Agree   bool   // the reader may agree to it
	Refused string // why they may not
	Drop    bool
	Restore bool
}

func versionShow(v *visit) error { return v.showVersion(page.Form{}, http.StatusOK) }

func (v *visit) showVersion(form page.Form, status int) error {
	if f := v.by().May(access.ReadPolicy); f != nil {
		return f
	}
	line, err := v.version()
	if err != nil {
		return err
	}
	is, err := v.Desk.PolicyOf(v.ctx, line.Number)
	if err != nil {
		return err
	}
	p := versionPage{Page: v.page, Frame: v.frame("/policy"), Form: form, Version: line, Text: string(is.Text())}
	v.page.Title, v.page.Path = v.page.T("console.policy.version", "n", strconv.FormatInt(line.Number, 10)), line.Href()
	if p.Rules, p.Extra, err = v.rules(is); err != nil {
		return err
	}
	v.mayVersion(&p)
	if p.Check, err = v.checkedPolicy(is); err != nil {
		return err
	}
	if line.State != store.PolicyInForce {
		if p.Trial, err = v.tried(is); err != nil {
			return err
		}
	}
	return v.answer(status, versionSheet(p))
}

// mayVersion says what the reader may do with a version.
func (v *visit) mayVersion(p *versionPage) {
	changes := v.by().May(access.ChangePolicy) == nil
	switch p.Version.State {
	case store.PolicyDraft:
		p.Drop = changes
		switch f := v.by().May(access.ActivatePolicy); {
		case f != nil:
			p.Refused = v.page.T("console.policy.who_agrees", "who", v.whoMayWords(access.ActivatePolicy))
		case p.Version.DraftedBy == v.by().ID:
			_, p.Refused = v.page.Lang.Fault(fault.New(fault.Denied, "own_policy"))
		default:
			p.Agree = true
		}
	case store.PolicyWaiting:
		p.Drop = changes
	case store.PolicyReplaced:
		p.Restore = changes
	}
}

// versionAgree is the second person's word.
func versionAgree(v *visit) error {
	line, err := v.version()
	if err != nil {
		return err
	}
	if _, err := v.Desk.AgreePolicy(v.ctx, v.by(), line.Number); err != nil {
		return err
	}
	return v.goTo(line.Href(), "policy_agreed")
}

// versionDrop stops a version that is not in force yet.
func versionDrop(v *visit) error {
	line, err := v.version()
	if err != nil {
		return err
	}
	if _, err := v.Desk.DropPolicy(v.ctx, v.by(), line.Number); err != nil {
		return err
	}
	return v.goTo(line.Href(), "policy_dropped")
}

// versionRestore drafts an earlier version anew.
func versionRestore(v *visit) error {
	line, err := v.version()
	if err != nil {
		return err
	}
	draft, err := v.Desk.RestorePolicy(v.ctx, v.by(), line.Number, v.form.Get("reason"))
	if err != nil {
		form, ok := v.form.Refused(v.page, err)
		if !ok {
			return err
		}
		return v.showVersion(form, page.Status(err))
	}
	return v.goTo(policyPath(draft.Number), "policy_drafted")
}

// trialDays are how far back a draft may be tried.
var trialDays = []int{30, 90}

// trialView is what a draft would have changed.
type trialView struct {
	*policy.Replay
	Days int
	Pace store.DecisionPace
}

// tried tries a draft on what was filed in the days that the address asks for.
func (v *visit) tried(draft *policy.Policy) (*trialView, error) {
	inForce, err := v.Desk.Policy(v.ctx)
	if err != nil {
		return nil, err
	}
	t := &trialView{Replay: policy.NewReplay(inForce, draft), Days: trialDays[0]}
	if v.r.URL.Query().Get("days") == strconv.Itoa(trialDays[1]) {
		t.Days = trialDays[1]
	}
	since := v.page.Now.Add(-time.Duration(t.Days) * 24 * time.Hour)
	if err := v.Reader.Judged(v.ctx, v.by(), since, t.Add); err != nil {
		return nil, err
	}
	t.Pace, err = v.Reader.DecisionPace(v.ctx, v.by(), since)
	return t, err
}

// movedShown is how many cases of a trial a page lists; the rest is counted.
const movedShown = 100

func shownMoved(all []policy.Moved) []policy.Moved { return all[:min(len(all), movedShown)] }

// because names the rules that spoke in one policy and not in the other.
func because(m policy.Moved) string {
	var words []string
	for _, r := range m.WasRules {
		if !slices.Contains(m.IsRules, r) {
			words = append(words, "−"+r)
		}
	}
	for _, r := range m.IsRules {
		if !slices.Contains(m.WasRules, r) {
			words = append(words, "+"+r)
		}
	}
	return strings.Join(words, " ")
}

// trialFacts are a trial's figures in sentences: what work it makes, what it catches and lets pass.
func trialFacts(p *page.Page, t trialView) []page.Pair {
	var facts []page.Pair
	for _, role := range slices.Sorted(maps.Keys(t.Work)) {
		w := t.Work[role]
		facts = append(facts, page.Pair{
			Term: p.T("console.trial.work", "role", p.Word("role", role)),
			Text: joined([]string{p.T("console.trial.decisions", "was", grouped(int64(w[0])), "is", grouped(int64(w[1]))), t.hours(p, w)}),
		})
	}
	say := func(name string, ends map[policy.End]int) {
		all := 0
		for _, n := range ends {
			all += n
		}
		facts = append(facts, page.Pair{
			Term: p.T("console.trial." + name),
			Text: p.T("console.trial.of", "n", grouped(int64(all)), "back", grouped(int64(ends[policy.PutBack])), "disputed", grouped(int64(ends[policy.Disputed]))),
		})
	}
	say("caught", t.Caught)
	say("passed", t.Passed)
	if t.Longer != 0 && t.Items > 0 {
		facts = append(facts, page.Pair{Term: p.T("console.trial.longer"), Text: signed(p, t.Longer/time.Duration(t.Items))})
	}
	return facts
}

// paceFrom is how many gaps a median needs before hours are told.
const paceFrom = 20

// hours is how much more or less work the decisions are, "" where nobody knows how long one takes.
func (t trialView) hours(p *page.Page, w [2]int) string {
	if t.Pace.Of < paceFrom {
		return ""
	}
	return p.T("console.trial.hours", "span", signed(p, time.Duration(w[1]-w[0])*t.Pace.Median))
}

// signed is a span with its sign.
func signed(p *page.Page, d time.Duration) string {
	if d < 0 {
		return "−" + p.Span(-d)
	}
	return "+" + p.Span(d)
}
