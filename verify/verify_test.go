package verify

import (
	"testing"
	"time"

	"amend/change"
	"amend/customer"
)

const days = 24 * time.Hour

func TestWhatAContactIsWorthAsAuthority(t *testing.T) {
	held := func(d time.Duration) customer.Value {
		return customer.Value{Content: "x", Grade: customer.GradeD, Since: noon.Add(-d), HeldSince: noon.Add(-d)}
	}
	proven := func(d time.Duration) customer.Value {
		return customer.Value{Content: "x", Grade: customer.GradeB, Since: noon.Add(-max(d, 0)), ProvenSince: noon.Add(-d)}
	}
	with := func(v customer.Value, edit func(*customer.Value)) customer.Value {
		edit(&v)
		return v
	}
	for _, c := range []struct {
		name    string
		v       customer.Value
		shared  bool
		contact Strength // for a change of a contact point
		other   Strength // for any other change
	}{
		{"nothing", customer.Value{}, false, None, None},
		{"a declared contact", customer.Value{Content: "x", Grade: customer.GradeD}, false, None, None},
		{"proven 30 days", proven(30 * days), false, Proven, Proven},
		{"proven a moment less", proven(30*days - 1), false, None, Proven},
		{"proven as it is filed", proven(0), false, None, Proven},
		{"proven after filing", proven(-time.Second), false, None, None},
		{"proven, and shared", proven(40 * days), true, Proven, Proven},
		{"proven, but contested", with(proven(40*days), func(v *customer.Value) { v.Grade = customer.GradeE }), false, None, None},
		{"on record only after filing", with(proven(40*days), func(v *customer.Value) { v.Since = noon.Add(1) }), false, None, None},
		{"inherited 90 days", held(90 * days), false, Weak, Weak},
		{"inherited a moment less", held(90*days - 1), false, None, None},
		{"inherited, and shared", held(900 * days), true, None, None},
		{"inherited, but it bounced", with(held(900*days), func(v *customer.Value) { v.Grade = customer.GradeE }), false, None, None},
		{"inherited, and proven yesterday", with(held(900*days), func(v *customer.Value) { v.ProvenSince = noon.Add(-days) }), false, None, Proven},
	} {
		for contact, want := range map[bool]Strength{true: c.contact, false: c.other} {
			if got := Authority(Claim{Value: c.v, Filed: noon, Shared: c.shared, Contact: contact}); got != want {
				t.Errorf("%s (contact change %v): got %s, want %s", c.name, contact, got, want)
			}
		}
	}
}

func code(id string, sent time.Duration) Challenge {
	return Challenge{ID: id, Gate: change.Authority, Method: change.SMSCode, Contact: "phone", SentAt: noon.Add(sent), State: Live}
}

func TestThirdCodeVoidsTheFirst(t *testing.T) {
	first, second, third := code("1", 0), code("2", time.Minute), code("3", 2*time.Minute)
	if void := Displaced([]Challenge{first}, second); void != nil {
		t.Errorf("the second code voids %v", void)
	}
	if void := Displaced([]Challenge{second, first}, third); len(void) != 1 || void[0].ID != "1" {
		t.Errorf("the third code voids %v", void)
	}
	if void := Displaced([]Challenge{code("1", 0), code("2", 0)}, third); len(void) != 1 || void[0].ID != "1" {
		t.Errorf("of two sent at once it voids %v", void)
	}
}

func TestCodeOfAnotherPurposeStaysLive(t *testing.T) {
	next := code("9", time.Hour)
	for name, edit := range map[string]func(*Challenge){
		"used":            func(c *Challenge) { c.State = Used },
		"another gate":    func(c *Challenge) { c.Gate = change.Evidence },
		"another method":  func(c *Challenge) { c.Method = change.Callback },
		"another contact": func(c *Challenge) { c.Contact = "phone/work" },
		"the proposal":    func(c *Challenge) { c.New = true },
	} {
		a, b := code("1", 0), code("2", time.Minute)
		edit(&a)
		if void := Displaced([]Challenge{a, b}, next); void != nil {
			t.Errorf("%s: voids %v", name, void)
		}
	}
}

func TestCodeOpensUntilItExpiresAndOnce(t *testing.T) {
	c := code("1", 0)
	c.Expires = c.SentAt.Add(Lives(c.Method))
	if !c.Open(noon) || !c.Open(noon.Add(10*time.Minute-1)) || c.Open(noon.Add(10*time.Minute)) {
		t.Error("a code lives ten minutes")
	}
	for _, s := range []State{Used, Void} {
		if c.State = s; c.Open(noon) {
			t.Errorf("a code that is %s opens", s)
		}
	}
	if Lives(change.MailLink) != 24*time.Hour {
		t.Error("a link to a new address lives a day")
	}
}

func TestAnswerProvesWhatTheChallengeAsked(t *testing.T) {
	c := code("1", 0)
	c.New, c.Weak = true, true
	p := c.Proof(change.Party{ID: "ada"}, noon.Add(time.Minute))
	want := change.Proof{Gate: change.Authority, Method: change.SMSCode, Contact: "phone", New: true, Weak: true, By: change.Party{ID: "ada"}, At: noon.Add(time.Minute)}
	if p != want {
		t.Errorf("got %+v", p)
	}
}

func TestMethodRunsOnlyThroughAFittingContact(t *testing.T) {
	fits := map[change.Method]customer.Type{
		change.SMSCode: customer.Phone, change.Callback: customer.Phone, change.MailCode: customer.Email, change.MailLink: customer.Email, change.Letter: customer.Address,
	}
	for _, m := range []change.Method{change.SMSCode, change.Callback, change.MailCode, change.MailLink, change.Letter, change.Sighted, change.Document, change.Registry} {
		for _, typ := range []customer.Type{customer.Phone, customer.Email, customer.Address, customer.Messenger, customer.Name} {
			code := "method_unfit"
			if fits[m] == typ {
				code = ""
			}
			refused(t, string(m)+" through "+string(typ), MethodFits(m, typ), code)
		}
	}
}
