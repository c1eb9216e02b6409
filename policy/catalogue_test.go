package policy

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"amend/change"
	"amend/customer"
)

// catalogue is a small one with a field of every sort that the recipes speak of.
func catalogue() customer.Catalog {
	c := customer.Catalog{}
	for _, f := range []customer.Field{
		{Name: "phone", Type: customer.Phone, Class: customer.ContactData, Group: "phone", Tier: customer.High},
		{Name: "email", Type: customer.Email, Class: customer.ContactData, Group: "email", Tier: customer.High},
		{Name: "wechat", Type: customer.Messenger, Class: customer.ContactData, Group: "messenger", Tier: customer.High},
		{Name: "postal", Type: customer.Address, Class: customer.ContactData, Group: "postal", Tier: customer.Normal},
		{Name: "legal_name", Type: customer.Name, Class: customer.Identity, Group: "legal", Tier: customer.Top},
		{Name: "id_number", Type: customer.ResidentID, Class: customer.Identity, Group: "legal", Tier: customer.Top},
		{Name: "licence", Type: customer.USCC, Class: customer.Identity, Group: "licence", Tier: customer.Top},
		{Name: "bank_account", Type: customer.BankCard, Class: customer.Transaction, Group: "bank", Tier: customer.Top},
		{Name: "tax_id", Type: customer.Text, Class: customer.Identity, Group: "tax", Tier: customer.Top},
		{Name: "contract_terms", Type: customer.Text, Class: customer.Transaction, Group: "contract", Tier: customer.Normal},
		{Name: "credit_limit", Type: customer.Money, Class: customer.Transaction, Group: "service", Tier: customer.High},
		{Name: "name", Type: customer.Name, Class: customer.Identity, Group: "name", Tier: customer.Normal},
		{Name: "title", Type: customer.Text, Class: customer.Identity, Group: "title", Tier: customer.Normal},
		{Name: "employer", Type: customer.Text, Class: customer.Identity, Group: "profile", Tier: customer.Normal},
		{Name: "interest", Type: customer.List, Class: customer.Preference, Group: "interest", Tier: customer.Low},
		{Name: "visits", Type: customer.Number, Class: customer.Behaviour, Group: "behaviour", Tier: customer.Low},
		{Name: "spend", Type: customer.Money, Class: customer.Transaction, Group: "transaction", Tier: customer.Normal},
	} {
		c[f.Name] = f
	}
	return c
}

// readFacts reads a case's line: kind, key and settings. What it doesn't set is a signed-in
// standard customer whose best channel was proven 400 days ago, beside another.
func readFacts(t *testing.T, line string) (Facts, customer.Key) {
	t.Helper()
	words := strings.Fields(line)
	key := customer.Key(words[1])
	field, ok := catalogue().Of(key)
	if !ok {
		field = customer.Field{Name: key.Field()}
	}
	f := FactsOf(field)
	f.Kind = change.Kind(words[0])
	f.FiledBy, f.Source, f.Assurance, f.CustomerClass = "customer", "customer", customer.GradeB, "standard"
	f.Authority, f.ChannelAgeDays, f.Factors = Proven, 400, 2
	for _, w := range words[2:] {
		set(t, &f, w)
	}
	return f, key
}

func set(t *testing.T, f *Facts, w string) {
	t.Helper()
	name, value, _ := strings.Cut(w, "=")
	n, _ := strconv.Atoi(value)
	switch name {
	case "by":
		f.FiledBy = value
	case "source":
		f.Source = value
	case "assurance":
		f.Assurance = customer.Grade(value)
	case "class":
		f.CustomerClass = value
	case "authority":
		f.Authority = value
	case "age":
		f.ChannelAgeDays = n
	case "factors":
		f.Factors = n
	case "removes":
		f.Removes = true
	case "valuable":
		f.ValueHigh = true
	default:
		t.Fatalf("the case sets %q, which is no fact of this table", w)
	}
}

// show writes a plan as the table does, one line for each thing asked.
func show(p change.Plan) []string {
	head := "recipe " + p.Recipe + " because " + strings.Join(p.Rules, " ")
	if p.Weak {
		head += " (weak)"
	}
	if p.Lost {
		head += " (lost)"
	}
	lines := []string{head}
	for _, g := range p.Gates {
		lines = append(lines, showGate(g))
	}
	for _, h := range p.Holds {
		lines = append(lines, fmt.Sprintf("hold %s %gh", h.Action, h.For.Hours()))
	}
	if len(p.Standing) > 0 {
		lines = append(lines, "note "+strings.Join(p.Standing, " "))
	}
	return lines
}

func showGate(g change.Gate) string {
	switch g.Kind {
	case change.Reachability:
		return strings.TrimSpace(fmt.Sprintf("reach %s", strings.Trim(fmt.Sprint(g.Keys), "[]")))
	case change.Approval:
		return fmt.Sprintf("level %s %s %d within %gh", g.Level.Name, g.Level.Role, g.Level.Quorum, g.Level.Within.Hours())
	case change.Cool:
		return fmt.Sprintf("cool %gh", g.For.Hours())
	}
	var combos []string
	for _, c := range g.Any {
		combos = append(combos, fmt.Sprintf("%d of %s", c.Need, strings.Trim(fmt.Sprint(c.Of), "[]")))
	}
	return string(g.Kind) + " " + strings.Join(combos, " / ")
}

func TestEveryPlanExpiresAndNamesItsVersion(t *testing.T) {
	f, key := readFacts(t, "update phone")
	p := Shipped().PlanFor(f, key)
	if p.Policy != 1 || p.Expire != 14*24*time.Hour {
		t.Errorf("policy %d, expires after %s; want 1 and 336h", p.Policy, p.Expire)
	}
}
