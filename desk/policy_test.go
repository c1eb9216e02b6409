package desk_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"amend/access"
	"amend/change"
	"amend/internal/store"
	"amend/policy"
)

// strictPolicy is the shipped policy in which a review takes two people, and a phone a day.
func strictPolicy(t *testing.T) []byte {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal(policy.Shipped().Text(), &doc); err != nil {
		t.Fatal(err)
	}
	recipes := doc["recipes"].(map[string]any)
	recipes["review"].(map[string]any)["levels"].([]any)[0].(map[string]any)["quorum"] = 2
	recipes["phone"].(map[string]any)["cool"] = "24h"
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// securities are two people who may decide about the policy.
func (h *house) securities() (a, b access.Actor) {
	return h.person("seth", access.Security), h.person("sid", access.Security)
}

// plan is the plan of a spelling that the customer files now.
func (h *house) plan() change.Plan {
	h.t.Helper()
	filed, err := h.desk.Preview(h.ctx, h.staff["ada"], proposal(h.fang(), "name_spelling", "WANG Fang"))
	h.ok(err)
	return filed.Changes[0].Plan
}

func TestPolicyTakesTwoPeopleAndADay(t *testing.T) {
	h := open(t)
	seth, sid := h.securities()
	was := h.plan()

	draft, err := h.desk.DraftPolicy(h.ctx, seth, strictPolicy(t), "after the fraud of March")
	h.ok(err)
	if draft.Number != policy.Shipped().Version+1 {
		t.Errorf("number %d", draft.Number)
	}
	_, err = h.desk.AgreePolicy(h.ctx, seth, draft.Number)
	h.refused(err, "own_policy")
	_, err = h.desk.AgreePolicy(h.ctx, h.staff["bob"], draft.Number)
	h.refused(err, "not_allowed")
	agreed, err := h.desk.AgreePolicy(h.ctx, sid, draft.Number)
	h.ok(err)
	if rests := agreed.ForceAt.Sub(agreed.AgreedAt); rests != 24*time.Hour {
		t.Errorf("in force after %s", rests)
	}
	_, err = h.desk.AgreePolicy(h.ctx, sid, draft.Number)
	h.refused(err, "policy_settled")

	h.clock.Add(24*time.Hour - time.Minute)
	if now := h.plan(); !now.Same(was) || now.Policy != was.Policy {
		t.Errorf("it judges before its day: %+v", now)
	}
	h.clock.Add(2 * time.Minute)
	if now := h.plan(); now.Policy != draft.Number || now.Same(was) {
		t.Errorf("it doesn't judge on its day: policy %d, %s", now.Policy, now.Recipe)
	}
	_, err = h.desk.DropPolicy(h.ctx, seth, draft.Number)
	h.refused(err, "policy_in_force")
	if n := h.count(`SELECT COUNT(*) FROM entry WHERE verb IN ('policy.draft', 'policy.agree')`); n != 2 {
		t.Errorf("%d entries", n)
	}
}

func TestPolicyThatIsDroppedNeverJudges(t *testing.T) {
	h := open(t)
	seth, sid := h.securities()
	draft, err := h.desk.DraftPolicy(h.ctx, seth, strictPolicy(t), "a try")
	h.ok(err)
	_, err = h.desk.AgreePolicy(h.ctx, sid, draft.Number)
	h.ok(err)
	_, err = h.desk.DropPolicy(h.ctx, seth, draft.Number)
	h.ok(err)
	h.clock.Add(48 * time.Hour)
	if now := h.plan(); now.Policy != policy.Shipped().Version {
		t.Errorf("version %d judges", now.Policy)
	}
	_, err = h.desk.DropPolicy(h.ctx, seth, draft.Number)
	h.refused(err, "policy_settled")
}

func TestEarlierPolicyComesBackAtOnceUnderANewNumber(t *testing.T) {
	h := open(t)
	seth, sid := h.securities()
	strict, err := h.desk.DraftPolicy(h.ctx, seth, strictPolicy(t), "stricter")
	h.ok(err)
	_, err = h.desk.RestorePolicy(h.ctx, seth, strict.Number, "too early")
	h.refused(err, "policy_never_in_force")
	_, err = h.desk.AgreePolicy(h.ctx, sid, strict.Number)
	h.ok(err)
	h.clock.Add(25 * time.Hour)

	back, err := h.desk.RestorePolicy(h.ctx, seth, policy.Shipped().Version, "nobody got through")
	h.ok(err)
	_, err = h.desk.AgreePolicy(h.ctx, sid, back.Number)
	h.ok(err)
	now := h.plan()
	if now.Policy != back.Number || back.Number != strict.Number+1 || back.Again != policy.Shipped().Version {
		t.Errorf("policy %d judges after %+v", now.Policy, back)
	}
	made, err := h.desk.PolicyOf(h.ctx, back.Number)
	h.ok(err)
	if !bytes.Contains(made.Text(), []byte(`"use"`)) || made.Version != back.Number {
		t.Errorf("version %d: %s", made.Version, made.Text()[:80])
	}
}

func TestPolicyThatWasAlteredInTheDatabaseIsRefused(t *testing.T) {
	h := open(t)
	seth, sid := h.securities()
	draft, err := h.desk.DraftPolicy(h.ctx, seth, strictPolicy(t), "stricter")
	h.ok(err)
	_, err = h.desk.AgreePolicy(h.ctx, sid, draft.Number)
	h.ok(err)
	h.ok(h.store.Write(h.ctx, "", func(tx *store.Tx) error {
		tx.Exec(`UPDATE policy_version SET body = $1, revision = revision + 1`, []byte("something else"))
		return nil
	}))
	_, err = h.desk.Policy(h.ctx)
	h.refused(err, "policy_altered")
	_, err = h.desk.Propose(h.ctx, h.staff["ada"], proposal(h.fang(), "name_spelling", "WANG Fang"))
	h.refused(err, "policy_altered")
}

func TestDocumentThatIsNoPolicyIsRefusedWithEveryFault(t *testing.T) {
	h := open(t)
	seth, _ := h.securities()
	_, err := h.desk.DraftPolicy(h.ctx, seth, []byte(`{}`), "empty")
	if err == nil {
		t.Error("an empty document is a policy")
	}
	_, err = h.desk.DraftPolicy(h.ctx, seth, strictPolicy(t), "")
	h.refused(err, "text_missing")
	_, err = h.desk.DraftPolicy(h.ctx, h.staff["ada"], strictPolicy(t), "me too")
	h.refused(err, "not_allowed")
}

func TestWhatThePolicyWasToldIsKeptForEachItem(t *testing.T) {
	h := open(t)
	r := h.phone(h.fang())
	var text string
	h.ok(h.view().Row(`SELECT facts FROM judged WHERE change_id = $1 AND item = 'phone'`, string(r.ID)).Scan(&text))
	var told policy.Facts
	h.ok(json.Unmarshal([]byte(text), &told))
	if told.Field != "phone" || told.Authority != policy.Proven || told.FiledBy == "" {
		t.Errorf("told %+v", told)
	}
	if plan := policy.Shipped().PlanFor(told, "phone"); plan.Recipe != r.Plan.Recipe {
		t.Errorf("the facts give %s, the request has %s", plan.Recipe, r.Plan.Recipe)
	}
}

func TestDraftIsTriedOnWhatWasFiled(t *testing.T) {
	h := open(t)
	seth, _ := h.securities()
	for range 3 {
		h.phone(h.fang())
	}
	draft, err := policy.Parse(strictPolicy(t))
	h.ok(err)
	trial := policy.NewReplay(policy.Shipped(), draft)
	reader := store.NewReader(h.store, h.books.Calendar)
	h.ok(reader.Judged(h.ctx, seth, h.clock.Now().Add(-time.Hour), trial.Add))
	if trial.Items != 3 || len(trial.Moved) != 3 || trial.Caught[policy.StillOpen] != 3 {
		t.Errorf("tried on %d items, moved %d, caught %v", trial.Items, len(trial.Moved), trial.Caught)
	}
	h.clock.Add(48 * time.Hour)
	none := policy.NewReplay(policy.Shipped(), draft)
	h.ok(reader.Judged(h.ctx, seth, h.clock.Now().Add(-time.Hour), none.Add))
	if none.Items != 0 {
		t.Errorf("tried on %d items of another day", none.Items)
	}
	h.refused(reader.Judged(h.ctx, self(h.fang()), h.clock.Now(), none.Add), "not_allowed")
}

func TestPolicyThatNobodyCouldFulfilIsNotAgreedTo(t *testing.T) {
	h := open(t)
	seth, sid := h.securities()
	many := bytes.ReplaceAll(policy.Shipped().Text(), []byte(`"quorum": 1`), []byte(`"quorum": 9`))
	draft, err := h.desk.DraftPolicy(h.ctx, seth, many, "nine eyes")
	h.ok(err)
	_, err = h.desk.AgreePolicy(h.ctx, sid, draft.Number)
	h.refused(err, "policy_unsound")
}
