package console

import (
	"slices"
	"strconv"

	"amend/change"
	"amend/downstream"
	"amend/fault"
	"amend/internal/page"
	"amend/internal/store"
)

// lineage is the way of one value in five steps: where it came from, what proved it, who
// agreed, the version that it made, and who received it.
func (v *visit) lineage(c *customerPage) ([]page.PathStep, error) {
	i := slices.IndexFunc(c.Customer.Values, func(h store.Held) bool { return h.Field == c.Field })
	if i < 0 {
		return nil, nil
	}
	held := c.Customer.Values[i]
	agreed, err := v.agreed(c, held)
	if err != nil {
		return nil, err
	}
	steps := []page.PathStep{
		{Icon: channelIcon(held.Channel), Text: c.T("console.lineage.source", "channel", c.Word("channel", held.Channel), "source", c.Source(held.Source)), Note: c.Date(held.Since)},
		{Icon: "shieldcheck", Text: c.proven(held), Note: c.T("console.lineage.grade", "grade", string(held.Grade))},
		agreed,
		{Icon: "db", Text: c.T("console.lineage.version", "n", strconv.FormatInt(held.Base, 10)), Note: c.Date(held.Since), Href: c.Home + "/history?field=" + string(held.Field)},
	}
	return append(steps, c.reached()...), nil
}

func (c *customerPage) proven(h store.Held) string {
	if len(h.Proofs) == 0 {
		return c.T("console.lineage.unproven")
	}
	return c.Methods(h.Proofs)
}

// agreed is who let the value pass, and by which version of the policy.
func (v *visit) agreed(c *customerPage, h store.Held) (page.PathStep, error) {
	step := page.PathStep{Icon: "user"}
	req, err := v.Reader.Change(v.ctx, v.by(), change.ID(h.Cause))
	switch {
	case fault.KindOf(err) == fault.NotFound: // a run of an import, not a request
		step.Icon, step.Text = "upload", c.T("console.lineage.imported")
		return step, nil
	case fault.KindOf(err) == fault.Denied:
		step.Text = c.T("console.lineage.request")
		return step, nil
	case err != nil:
		return step, err
	}
	var names []string
	for _, d := range req.Decisions {
		if d.Verdict == change.Approved {
			names = append(names, d.By.Name)
		}
	}
	step.Text, step.Href = c.T("console.lineage.at_once"), Base+"/changes/"+string(req.ID)
	if len(names) > 0 {
		step.Text = c.T("console.lineage.approved", "names", c.List(names...))
	}
	step.Note = c.T("console.lineage.policy", "n", strconv.FormatInt(req.Plan.Policy, 10))
	return step, nil
}

// reached is each system that receives the field, and how it stands now.
func (c *customerPage) reached() []page.PathStep {
	var steps []page.PathStep
	for _, f := range c.Dossier.Follow {
		if !slices.Contains(f.Keys, c.Field) {
			continue
		}
		step := page.PathStep{Icon: "network", Text: f.Name, Note: c.standing(f.Following)}
		if c.May.Systems {
			step.Href = Base + "/systems/" + string(f.System)
		}
		steps = append(steps, step)
	}
	if len(steps) == 0 {
		steps = append(steps, page.PathStep{Icon: "network", Text: c.T("console.lineage.nobody")})
	}
	return steps
}

// standing is how a system follows, in a word.
func (w lexicon) standing(f store.Following) string {
	if f.InSync && f.Why == "" {
		return w.Word("delivery", string(downstream.Settled))
	}
	return w.Word("delivery_why", string(f.Why))
}

// channelIcon is the icon of the channel that something came by.
func channelIcon(code string) string {
	switch code {
	case "portal", "web":
		return "globe"
	case "hotline", "phone", "call":
		return "headset"
	case "shop":
		return "store"
	case "app", "sms":
		return "mobile"
	case "mail", "letter":
		return "mail"
	case "import":
		return "upload"
	}
	return "network"
}
