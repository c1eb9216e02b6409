package notify_test

import (
	"strings"
	"testing"
	"testing/quick"

	"amend/change"
	"amend/customer"
	"amend/fault"
	"amend/notify"
)

func TestCodeOfUnknownFateIsNotSentAgain(t *testing.T) {
	unknown := notify.Answer{Outcome: notify.Unknown}
	for k, again := range map[notify.Kind]bool{notify.Code: false, notify.CodeNew: false, notify.Link: false, notify.LinkOld: false,
		notify.Changed: true, notify.RequestedOld: true} {
		if unknown.Again(k) != again {
			t.Errorf("%s: got %v", k, !again)
		}
	}
	if !(notify.Answer{Outcome: notify.Retry}).Again(notify.Code) {
		t.Error("a code that was not taken is not sent again")
	}
	if (notify.Answer{Outcome: notify.Permanent}).Again(notify.Changed) || (notify.Answer{Outcome: notify.Taken}).Again(notify.Changed) {
		t.Error("a closed message is sent again")
	}
}

func TestSegmentsCountAsOperatorsDo(t *testing.T) {
	for _, c := range []struct {
		text  string
		enc   notify.Encoding
		parts int
	}{
		{"", notify.GSM7, 0},
		{strings.Repeat("a", 160), notify.GSM7, 1},
		{strings.Repeat("a", 161), notify.GSM7, 2},
		{strings.Repeat("a", 306), notify.GSM7, 2},
		{strings.Repeat("a", 307), notify.GSM7, 3},
		{strings.Repeat("€", 80), notify.GSM7, 1},
		{strings.Repeat("€", 81), notify.GSM7, 2},
		{strings.Repeat("a", 152) + "€" + strings.Repeat("a", 151), notify.GSM7, 2}, // the escape moves to the next part
		{strings.Repeat("a", 152) + "€" + strings.Repeat("a", 152), notify.GSM7, 3},
		{strings.Repeat("中", 70), notify.UCS2, 1},
		{strings.Repeat("中", 71), notify.UCS2, 2},
		{strings.Repeat("中", 134), notify.UCS2, 2},
		{strings.Repeat("中", 135), notify.UCS2, 3},
		{strings.Repeat("𠮷", 35), notify.UCS2, 1},
		{strings.Repeat("𠮷", 67), notify.UCS2, 3}, // 33 pairs in each part
		{"it’s", notify.UCS2, 1},
	} {
		if enc, parts := notify.Segments(c.text); enc != c.enc || parts != c.parts {
			t.Errorf("%.12q (%d runes): got %s %d, want %s %d", c.text, len([]rune(c.text)), enc, parts, c.enc, c.parts)
		}
	}
}

func TestMoreTextNeverTakesFewerParts(t *testing.T) {
	grows := func(a, b string) bool {
		_, one := notify.Segments(a)
		_, both := notify.Segments(a + b)
		return both >= one
	}
	if err := quick.Check(grows, nil); err != nil {
		t.Fatal(err)
	}
}

func items(keys ...customer.Key) change.Request {
	var r change.Request
	for _, k := range keys {
		r.Items = append(r.Items, change.Item{Key: k, Now: "x"})
	}
	return r
}

func TestContactChangeTellsSalesAndServiceByDefault(t *testing.T) {
	rules, err := notify.DefaultRules()
	if err != nil {
		t.Fatal(err)
	}
	got := notify.Subscribers(rules, catalog(), items("phone/work", "title", "email"))
	if len(got) != 2 || got[0].Department != "sales" || got[1].Department != "service" || len(got[0].Keys) != 2 {
		t.Fatalf("got %+v", got)
	}
	if got := notify.Subscribers(rules, catalog(), items("title", "no_such_field")); len(got) != 0 {
		t.Fatalf("got %+v, want nobody", got)
	}
}

func TestFieldAndGroupRulesTellEachDepartmentOnce(t *testing.T) {
	rules, err := notify.ParseRules([]byte(`[{"when":"group","is":"bank","tell":["finance"]},{"when":"field","is":"bank","tell":["finance","risk"]}]`))
	if err != nil {
		t.Fatal(err)
	}
	got := notify.Subscribers(rules, catalog(), items("bank", "phone"))
	if len(got) != 2 || got[0].Department != "finance" || len(got[0].Keys) != 1 || got[1].Department != "risk" {
		t.Fatalf("got %+v", got)
	}
}

func TestRuleThatTellsNobodyIsRefused(t *testing.T) {
	for in, code := range map[string]string{
		`[{"when":"contact","tell":[]}]`:                 "subscription_rule_bad",
		`[{"when":"contact","tell":[""]}]`:               "subscription_rule_bad",
		`[{"when":"contact","is":"x","tell":["a"]}]`:     "subscription_rule_bad",
		`[{"when":"field","tell":["a"]}]`:                "subscription_rule_bad",
		`[{"when":"moon","is":"full","tell":["a"]}]`:     "subscription_rule_bad",
		`[{"when":"contact","tell":["a"],"unless":"b"}]`: "subscriptions_bad",
		`[] []`: "subscriptions_bad",
		`{}`:    "subscriptions_bad",
		``:      "subscriptions_bad",
	} {
		if _, err := notify.ParseRules([]byte(in)); fault.CodeOf(err) != code {
			t.Errorf("%s: got %v, want %s", in, err, code)
		}
	}
}

func FuzzParsedRulesAlwaysTellSomebody(f *testing.F) {
	f.Add([]byte(`[{"when":"group","is":"bank","tell":["finance"]}]`))
	f.Add([]byte(`[{"when":"contact","tell":["sales","service"]}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		rules, err := notify.ParseRules(data)
		if err != nil {
			return
		}
		for _, told := range notify.Subscribers(rules, catalog(), items("phone", "bank", "title")) {
			if told.Department == "" || len(told.Keys) == 0 {
				t.Fatalf("%+v", told)
			}
		}
	})
}
