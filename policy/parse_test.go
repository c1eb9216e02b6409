package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"amend/change"
	"amend/customer"
	"amend/fault"
)

func TestParseRefusesWhatItDoesNotKnowWordForWord(t *testing.T) {
	for _, c := range []struct{ name, from, to, code string }{
		{"not JSON", `"version": 1,`, `"version" 1,`, "policy_not_json"},
		{"a wrong type", `"version": 1,`, `"version": "1",`, "policy_not_json"},
		{"an unknown member", `"sampling": 0.02,`, `"sampling": 0.02, "sample": 1,`, "policy_unknown_member"},
		{"a member in another case", `"sampling": 0.02,`, `"Sampling": 0.02,`, "policy_unknown_member"},
		{"a member twice", `"sampling": 0.02,`, `"sampling": 0.02, "sampling": 0,`, "policy_duplicate_member"},
		{"an unknown member of a recipe", `"cool": "72h"`, `"chill": "72h"`, "policy_unknown_member"},
		{"no version", `"version": 1,`, ``, "policy_bad_number"},
		{"a sampling above one", `"sampling": 0.02`, `"sampling": 1.02`, "policy_bad_number"},
		{"a name twice", `"name": "email",`, `"name": "phone",`, "policy_duplicate_name"},
		{"a reserved name", `"name": "email",`, `"name": "floor",`, "policy_bad_name"},
		{"a name with capitals", `"name": "email",`, `"name": "EMail",`, "policy_bad_name"},
		{"an unknown recipe", `"use": "phone"`, `"use": "fax"`, "policy_unknown_recipe"},
		{"a when that is no condition", `"when": "type == 'phone'"`, `"when": "type"`, "policy_bad_when"},
		{"a when that doesn't parse", `"when": "type == 'phone'"`, `"when": "type =="`, "policy_bad_when"},
		{"a when of another type", `"when": "type == 'phone'"`, `"when": "factors == 'phone'"`, "policy_bad_when"},
		{"an unknown fact", `"when": "type == 'phone'"`, `"when": "colour == 'phone'"`, "policy_bad_when"},
		{"a loop", `"when": "type == 'phone'"`, `"when": "[1, 2].all(x, x > 0)"`, "policy_bad_when"},
		{"a when too long", `"when": "type == 'phone'"`, `"when": "` + strings.Repeat("contact || ", 200) + `contact"`, "policy_bad_when"},
		{"an unknown group", `group == 'legal'`, `group == 'leagl'`, "policy_unknown_word"},
		{"an unknown group in a list", `['bank', 'tax', 'contract'])`, `['bank', 'taxes', 'contract'])`, "policy_unknown_word"},
		{"an unknown word on the left", `"when": "type == 'phone'"`, `"when": "'fone' != type"`, "policy_unknown_word"},
		{"an unknown method", `"of": ["callback"]`, `"of": ["telepathy"]`, "policy_unknown_word"},
		{"a link as authority", `"of": ["callback"]`, `"of": ["mail_link"]`, "policy_unknown_word"},
		{"a code as evidence", `"of": ["letter", "sighted", "callback"]`, `"of": ["letter", "sms_code"]`, "policy_unknown_word"},
		{"a method twice", `"of": ["document", "sighted"]`, `"of": ["sighted", "sighted"]`, "policy_duplicate_name"},
		{"more than there is", `{"need": 1, "of": ["callback"]}`, `{"need": 2, "of": ["callback"]}`, "policy_bad_number"},
		{"a need of nothing", `{"need": 1, "of": ["callback"]}`, `{"need": 0, "of": ["callback"]}`, "policy_bad_number"},
		{"an empty evidence gate", `[[{"need": 1, "of": ["letter", "sighted", "callback"]}]]`, `[[]]`, "policy_bad_number"},
		{"an unknown role", `"role": "approver", "quorum": 2`, `"role": "boss", "quorum": 2`, "policy_unknown_word"},
		{"a role that cannot decide", `"role": "approver", "quorum": 2`, `"role": "auditor", "quorum": 2`, "policy_unknown_word"},
		{"a level of two roles", `"role": "approver", "quorum": 2`, `"role": "owner", "quorum": 2`, "policy_bad_name"},
		{"a level of nobody", `"quorum": 2`, `"quorum": 0`, "policy_bad_number"},
		{"an unknown action", `"action": "credit"`, `"action": "smile"`, "policy_unknown_word"},
		{"a negative period", `"cool_at_least": "24h"`, `"cool_at_least": "-24h"`, "policy_bad_period"},
		{"a period of years", `"draft": "30d"`, `"draft": "30y"`, "policy_bad_period"},
		{"a period without end", `"draft": "30d"`, `"draft": "65535d"`, "policy_bad_period"},
		{"a timer that never rings", `"draft": "30d"`, `"draft": "0d"`, "policy_bad_number"},
		{"a code that lives an hour", `"sms_code": "10m"`, `"sms_code": "1h"`, "policy_bad_number"},
		{"a sentence in one language", `"zh": "修改手机号时，按手机号方案处理"`, `"zh": ""`, "policy_words_missing"},
		{"an unknown method's validity", `"sighted": "30d",`, `"rumour": "30d",`, "policy_unknown_word"},
		{"two documents", "\n}\n", "\n}\n{}", "policy_not_json"},
		{"bytes that are no UTF-8", `"shipped"`, "\"\xff\"", "policy_not_json"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bad := strings.Replace(string(shippedDocument), c.from, c.to, 1)
			if bad == string(shippedDocument) {
				t.Fatalf("the document has no %q", c.from)
			}
			_, err := Parse([]byte(bad))
			if err == nil || !strings.Contains(err.Error(), c.code) {
				t.Errorf("got %v, want %s", err, c.code)
			}
		})
	}
}

func TestParseRefusesAnEmptyPolicy(t *testing.T) {
	for doc, code := range map[string]string{
		"":                                  "policy_not_json",
		"null":                              "policy_bad_number",
		"[]":                                "policy_not_json",
		strings.Repeat("[", 200):            "policy_not_json",
		strings.Repeat(" ", maxDocument+10): "policy_too_long",
	} {
		if _, err := Parse([]byte(doc)); fault.CodeOf(err) != code {
			t.Errorf("%.20q: got %v, want %s", doc, err, code)
		}
	}
}

func TestPolicyWithoutRulesIsRefused(t *testing.T) {
	d := Shipped().doc
	d.Rules = nil
	doc, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Parse(doc); !strings.Contains(err.Error(), "policy_no_rules") {
		t.Errorf("got %v, want policy_no_rules", err)
	}
}

func TestEveryFaultOfADocumentIsTold(t *testing.T) {
	bad := strings.NewReplacer(`"use": "phone"`, `"use": "fax"`, `"action": "credit"`, `"action": "smile"`).Replace(string(shippedDocument))
	_, err := Parse([]byte(bad))
	var f *fault.Error
	if !errors.As(err, &f) || len(f.More) == 0 {
		t.Errorf("got %v, want two faults", err)
	}
}

func TestCanonicalTextReadsBackAsItself(t *testing.T) {
	text := Shipped().Text()
	p, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(p.Text(), text) {
		t.Error("the canonical text of a canonical text differs")
	}
	text[0] = 'x'
	if p.Text()[0] != '{' || Shipped().Text()[0] != '{' {
		t.Error("a caller can write into a policy's text")
	}
}

func TestShippedTimersAreThoseOfTheHandbook(t *testing.T) {
	tm := Shipped().Timers
	for _, c := range []struct {
		what      string
		got, want time.Duration
	}{
		{"draft", time.Duration(tm.Draft), 30 * day},
		{"SMS code", time.Duration(tm.SMSCode), 10 * time.Minute},
		{"mail code", time.Duration(tm.MailCode), 10 * time.Minute},
		{"mail link", time.Duration(tm.MailLink), day},
		{"letter", time.Duration(tm.Letter), 21 * day},
		{"letter abroad", time.Duration(tm.LetterAbroad), 30 * day},
		{"call-back", time.Duration(tm.Callback), 2 * WorkingDay},
		{"question", time.Duration(tm.NeedsInfo), 14 * day},
		{"screened again", time.Duration(tm.Rescreen), time.Hour},
		{"unconfirmed", time.Duration(tm.Unconfirmed), 14 * day},
		{"dispute", time.Duration(tm.Dispute), 90 * day},
		{"decision", time.Duration(tm.Decide), 2 * WorkingDay},
		{"last asking", time.Duration(tm.Ask[2]), 10 * day},
		{"second reminder", time.Duration(tm.Remind[1]), 7 * day},
		{"sighted original", Shipped().ValidFor(change.Sighted), 30 * day},
		{"code", Shipped().ValidFor(change.SMSCode), 0},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %s, want %s", c.what, c.got, c.want)
		}
	}
	if Shipped().Sampling != 0.02 {
		t.Errorf("sampling %g, want 0.02", Shipped().Sampling)
	}
}

func TestPeriodsAreWrittenInTheirLongestUnit(t *testing.T) {
	for _, c := range []struct{ in, out string }{
		{`"24h"`, `"1d"`}, {`"90m"`, `"90m"`}, {`"72h"`, `"3d"`}, {`"0m"`, `"0h"`}, {`"36h"`, `"36h"`},
	} {
		var p Period
		if err := p.UnmarshalJSON([]byte(c.in)); err != nil {
			t.Fatal(err)
		}
		if out, _ := p.MarshalJSON(); string(out) != c.out {
			t.Errorf("%s became %s, want %s", c.in, out, c.out)
		}
	}
	var w Work
	if err := w.UnmarshalJSON([]byte(`"12h"`)); err != nil || time.Duration(w) != 12*time.Hour {
		t.Errorf("got %v, %v", w, err)
	}
	for _, bad := range []string{`"wd"`, `"1d"`, `"+1wd"`, `"1.5wd"`, `1`, `""`, `"1 wd"`, `"99999wd"`} {
		if err := w.UnmarshalJSON([]byte(bad)); fault.CodeOf(err) != "policy_bad_period" {
			t.Errorf("%s: got %v", bad, err)
		}
	}
}

func TestOnePolicyServesManyAtOnce(t *testing.T) {
	var wg sync.WaitGroup
	for seed := range uint64(8) {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(seed, 1))
			for range 50 {
				f := randomFacts(rng)
				key := customer.KeyOf(f.Field, f.Slot)
				if a, b := Shipped().PlanFor(f, key), Shipped().PlanFor(f, key); !a.Same(b) {
					t.Errorf("two plans for %+v", f)
				}
			}
		})
	}
	wg.Wait()
}

func FuzzParse(f *testing.F) {
	f.Add(shippedDocument)
	f.Add(Shipped().Text())
	if p, err := PackNamed("finance"); err == nil {
		f.Add(p.Text)
	}
	f.Add([]byte(`{"version":1,"rules":[{"when":"1/0 == 1"}]}`))
	f.Add([]byte(`{"a":{"a":[[{"A":1}]]}}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		p, err := Parse(doc)
		if err != nil {
			return
		}
		again, err := Parse(p.Text())
		if err != nil || !bytes.Equal(again.Text(), p.Text()) {
			t.Fatalf("the canonical text isn't stable: %v", err)
		}
		rng := rand.New(rand.NewPCG(uint64(len(doc)), 1))
		for range 5 {
			facts := randomFacts(rng)
			plan := p.PlanFor(facts, customer.KeyOf(facts.Field, facts.Slot))
			l := begin(facts, plan, rng)
			l.live(t)
			if err := CheckFloor(l.r, l.g); err != nil {
				t.Fatalf("%v %v", err, show(plan))
			}
		}
	})
}
