package lang_test

import (
	"strings"
	"testing"
	"time"

	"amend/change"
	"amend/customer"
	"amend/internal/lang"
	"amend/policy"
)

func TestEveryFlawOfAPolicyHasItsSentenceAndRemedy(t *testing.T) {
	for _, f := range policy.Flaws() {
		mustHave(t, map[string][]string{"finding": {string(f), string(f) + ".remedy"}})
	}
}

func TestEveryWordOfAComparisonIsTranslated(t *testing.T) {
	parts, ways := []policy.Part{policy.RulePart, policy.AdditionPart, policy.RecipePart, policy.TimerPart, policy.ValidityPart, policy.SamplingPart},
		[]policy.How{policy.Added, policy.Removed, policy.Changed, policy.Reworded, policy.Reordered}
	families := map[string][]string{}
	for _, p := range parts {
		families["policy_part"] = append(families["policy_part"], string(p))
	}
	for _, h := range ways {
		families["policy_how"] = append(families["policy_how"], string(h))
	}
	for _, p := range policy.Paths() {
		families["path"] = append(families["path"], string(p))
	}
	mustHave(t, families)
}

func TestWhatAPlanAsksIsSaidInBothLanguages(t *testing.T) {
	methods := func(m ...change.Method) []change.Combo { return []change.Combo{{Need: 1, Of: m}} }
	two := change.Combo{Need: 2, Of: []change.Method{change.MailCode, change.Sighted}}
	for _, c := range []struct {
		ask    policy.Ask
		en, zh string
	}{
		{policy.Ask{Kind: policy.AskRecipe, Words: []string{"phone"}}, "the recipe Phone", "方案「手机号」"},
		{policy.Ask{Kind: policy.AskRecipe, Words: []string{"of_our_own"}}, "the recipe of_our_own", "方案「of_our_own」"},
		{policy.Ask{Kind: policy.AskBecause, Words: []string{"phone", "floor"}}, "phone, floor", "phone、floor"},
		{policy.Ask{Kind: policy.AskWeak}, "an inherited contact agrees", "由沿用的联系方式确认"},
		{policy.Ask{Kind: policy.AskLost}, "no channel is left", "没有可用的原渠道"},
		{policy.Ask{Kind: policy.AskAtOnce}, "nothing: it applies at once", "无需其他步骤，立即更新"},
		{policy.Ask{Kind: policy.AskAuthority, Gate: change.Gate{Any: append(methods(change.SMSCode, change.Callback), two)}},
			"the customer agrees through a contact proven before: SMS code or call-back; or 2 of mail code, original document seen",
			"客户通过变更前已核实的联系方式确认：短信验证码或回拨核实；或以下任 2 种：邮件验证码、当面查验原件"},
		{policy.Ask{Kind: policy.AskReach}, "every new contact answers", "每个新联系方式都能联系到本人"},
		{policy.Ask{Kind: policy.AskEvidence, Gate: change.Gate{Any: methods(change.Sighted)}}, "evidence: original document seen", "证明：当面查验原件"},
		{policy.Ask{Kind: policy.AskApprove, Gate: change.Gate{Level: &change.Level{Name: "L1", Role: "approver", Quorum: 2}}}, "Level 1: Approver × 2", "一级审批：审批人 2 人"},
		{policy.Ask{Kind: policy.AskApprove, Gate: change.Gate{Level: &change.Level{Name: "L1", Role: "approver", Quorum: 2, Apart: true}}},
			"Level 1: Approver × 2, of different departments", "一级审批：不同部门的审批人 2 人"},
		{policy.Ask{Kind: policy.AskCool, Gate: change.Gate{For: 72 * time.Hour}}, "a wait of 72 h", "等待 72 小时"},
		{policy.Ask{Kind: policy.AskHold, Hold: change.HoldRule{Action: "payout", For: 7 * 24 * time.Hour}}, "Payout blocked for 7 days", "暂停付款，为期 7 天"},
		{policy.Ask{Kind: policy.AskHold, Hold: change.HoldRule{Action: "credit", For: 90 * time.Minute}}, "Credit blocked for 90 min", "暂停授信，为期 90 分钟"},
		{policy.Ask{Kind: policy.AskOther, Gate: change.Gate{Kind: "moon"}}, "the step moon", "步骤 moon"},
		{policy.Ask{Kind: policy.AskNote, Words: []string{"document_by_sighted"}}, "A person sees the original in place of an uploaded document", ""},
	} {
		if got := lang.EN.Ask(c.ask); got != c.en {
			t.Errorf("got %s\nwant %s", got, c.en)
		}
		if got := lang.ZH.Ask(c.ask); got != c.zh && c.zh != "" {
			t.Errorf("got %s\nwant %s", got, c.zh)
		}
	}
}

func TestFindingIsSaidWithItsRemedy(t *testing.T) {
	f := policy.Finding{Flaw: policy.NoLead, Severity: policy.Warning, At: "finance", Params: map[string]string{"at": "finance", "field": "bank_card"}}
	what, remedy := lang.EN.Finding(f, customer.Shipped())
	if what != "Nobody is alerted when an approval of Bank card number is late: department finance has no lead" || remedy != "Name a lead of the department" {
		t.Error(what, remedy)
	}
	tried := policy.Finding{Flaw: policy.NeverTrue, Severity: policy.Warning, Params: map[string]string{}}
	if what, _ := lang.ZH.Finding(tried, nil); !strings.Contains(what, "试过") {
		t.Error(what)
	}
}
