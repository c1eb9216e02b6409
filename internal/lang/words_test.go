package lang_test

import (
	"encoding/json"
	"testing"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/downstream"
	"amend/internal/lang"
	"amend/internal/store"
	"amend/policy"
)

// mustHave fails for every code of a family that has no word in a language.
func mustHave(t *testing.T, families map[string][]string) {
	t.Helper()
	for family, codes := range families {
		for _, code := range codes {
			for _, l := range lang.Langs() {
				if !l.Has(family + "." + code) {
					t.Errorf("%s has no word for %s.%s", l, family, code)
				}
			}
		}
	}
}

func TestEveryWordThatARoomDefinesIsTranslated(t *testing.T) {
	families := map[string][]string{"verdict": {string(change.Approved), string(change.Rejected)}}
	for _, s := range []change.State{change.Draft, change.NeedsInfo, change.Verifying, change.Reviewing, change.Cooling, change.Scheduled,
		change.Applied, change.Disputed, change.Confirmed, change.Unconfirmed, change.Kept, change.Reverted, change.Refused, change.Withdrawn,
		change.Expired, change.Failed, change.Superseded} {
		families["state"] = append(families["state"], string(s))
	}
	families["state_customer"] = families["state"]
	for _, m := range []change.Method{change.SMSCode, change.MailCode, change.MailLink, change.Callback, change.Sighted, change.Document,
		change.Registry, change.Letter} {
		families["method"] = append(families["method"], string(m))
	}
	for _, k := range []change.GateKind{change.Authority, change.Reachability, change.Evidence, change.Approval, change.Cool, change.Schedule} {
		families["gate"] = append(families["gate"], string(k))
	}
	for _, o := range []change.Outcome{change.Resume, change.Reject, change.Keep, change.Revert} {
		families["outcome"] = append(families["outcome"], string(o))
	}
	for _, r := range access.Roles() {
		families["role"] = append(families["role"], string(r))
	}
	for _, s := range []access.Sort{access.Staff, access.Client, access.Customer, access.System} {
		families["sort"] = append(families["sort"], string(s))
	}
	for _, k := range []customer.Kind{customer.Person, customer.Organization, customer.Account} {
		families["record"] = append(families["record"], string(k))
	}
	mustHave(t, families)
}

func TestEveryWordThatTheShippedCatalogueAndPolicyUseIsTranslated(t *testing.T) {
	families := map[string][]string{}
	for _, f := range customer.Shipped() {
		families["owner"] = append(families["owner"], f.Owner)
		families["purpose"] = append(families["purpose"], f.Purpose)
		families["value_type"] = append(families["value_type"], string(f.Type))
	}
	var shipped struct {
		Recipes map[string]json.RawMessage `json:"recipes"`
	}
	if err := json.Unmarshal(policy.Shipped().Text(), &shipped); err != nil || len(shipped.Recipes) == 0 {
		t.Fatal("no recipes to name", err)
	}
	for name := range shipped.Recipes {
		families["recipe"] = append(families["recipe"], name)
	}
	mustHave(t, families)
}

func TestEveryRecipeAndLevelOfAStarterPackIsTranslated(t *testing.T) {
	packs, err := policy.Packs()
	if err != nil {
		t.Fatal(err)
	}
	families := map[string][]string{}
	for _, p := range packs {
		families["recipe"] = append(families["recipe"], p.Policy.Recipes()...)
		families["level"] = append(families["level"], p.Policy.Levels()...)
	}
	mustHave(t, families)
}

func TestEveryWordOfDeliveriesNoticesAndImportsIsTranslated(t *testing.T) {
	families := map[string][]string{
		"hold": {"payout", "password_reset", "credit"}, "hold_reason": {"change", "recovery", "disputed"},
		"task": {"callback", "call", "letter", "second_look"}, "import_state": {"waiting", "running", "done"},
		"standing": {"document_by_sighted", "registry_by_sighted", "letter_by_sighted", "messenger_by_callback", "address_unproven", "policy_error", "contact_shared"},
	}
	for _, w := range []downstream.Why{downstream.Waiting, downstream.Held, downstream.Unreachable, downstream.Refused, downstream.Differs,
		downstream.Contested, downstream.Ahead, downstream.NotRaised} {
		families["delivery_why"] = append(families["delivery_why"], string(w))
	}
	for _, s := range []store.NoticeState{store.NoticeQueued, store.NoticeSent, store.NoticeDelivered, store.NoticeFailed, store.NoticeUnknown,
		store.NoticeTask} {
		families["notice_state"] = append(families["notice_state"], string(s))
	}
	mustHave(t, families)
}
