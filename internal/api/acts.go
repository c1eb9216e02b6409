package api

import (
	"context"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/fault"
	"amend/internal/lang"
	"amend/internal/store"
)

func (d *door) actOperations() []operation {
	return []operation{
		posts(operation{id: "sendChallenge", path: "/changes/{id}/challenges", status: 201, en: "Send a code or link, or open a call-back; nobody here ever sees it",
			zh: "发送验证码或链接，或开立回访任务；内容不会显示给任何人"}, d.sendChallenge),
		act(d, "proveByCode", "proofs", "Answer a challenge with its code, by the customer's own credential", "用客户自己的凭证回答验证码", d.prove),
		act(d, "approveChange", "approve", "Approve the content that you saw", "同意所看到的内容", d.approve),
		act(d, "rejectChange", "reject", "Reject with a reason that the customer is told", "不同意，并给出客户能看到的理由", d.reject),
		act(d, "askQuestion", "ask", "Ask the one who filed a question; the request waits for the answer", "向提交人提问，申请等待答复", d.ask),
		act(d, "answerQuestion", "answer", "Answer the open question, and correct values if need be", "答复提问，必要时更正内容", d.reply),
		act(d, "withdrawChange", "withdraw", "Take a request back before it is applied", "在生效前撤回申请", d.withdraw),
		act(d, "confirmChange", "confirm", "Confirm that the result is right, by the customer's own credential", "用客户自己的凭证确认结果无误", d.confirm),
		act(d, "disputeChange", "dispute", "Freeze a request until a person decides", "冻结申请，等待人工裁定", d.dispute),
		act(d, "decideDispute", "decide", "Decide a dispute: resume, reject, keep or revert", "裁定异议：恢复、拒绝、维持或还原", d.decide),
		act(d, "rebaseChange", "rebase", "Set a conflicting request on the record as it is now", "把冲突的申请改基于当前记录", d.rebase),
		act(d, "attestProof", "attest", "Put on record how a call-back went, or which original was seen", "登记回访结果或查验过的原件", d.attest),
		act(d, "finishTask", "finish", "Put on record that a call, a letter or a second look was done", "登记电话、信函或复核任务已完成", d.finish),
		act(d, "reassignChange", "reassign", "Ask one person for the open decision", "把待审任务交给某个人", d.reassign),
		act(d, "reportNotMine", "not_mine", "Say that a proposed contact is not the customer's", "说明拟用的联系方式不属于客户", d.notMine),
	}
}

// act makes the operation of a verb on one request: it answers where the request stands
// then, which is also what is answered when the first answer was lost.
func act[B any](d *door, id, verb, en, zh string, do func(context.Context, access.Actor, change.ID, B) error) operation {
	op := posts(operation{id: id, path: "/changes/{id}/" + verb, en: en, zh: zh},
		func(ctx context.Context, by access.Actor, p byID, b B) (store.Standing, error) {
			if err := do(ctx, by, change.ID(p.ID), b); err != nil {
				return store.Standing{}, err
			}
			return d.reader.Standing(ctx, by, change.ID(p.ID))
		})
	return recovers(op, func(ctx context.Context, by access.Actor, p byID, _ time.Time) (store.Standing, error) {
		return d.reader.Standing(ctx, by, change.ID(p.ID))
	})
}

type challengeParams struct {
	byID
	Network string `from:"network"`
}

type challengeBody struct {
	Method string `json:"method"`
	To     string `json:"to"`
	New    bool   `json:"new,omitempty"`
}

type challengeAnswer struct {
	Challenge string    `json:"challenge"`
	Expires   time.Time `json:"expires_at"`
	Task      string    `json:"task,omitempty"`
	// Script is what to say on a call-back, by language.
	Script map[string]string `json:"script,omitempty"`
}

func (d *door) sendChallenge(ctx context.Context, by access.Actor, p challengeParams, b challengeBody) (challengeAnswer, error) {
	ask := desk.Ask{Method: change.Method(b.Method), To: customer.Key(b.To), New: b.New, From: p.Network}
	sent, err := d.desk.Challenge(ctx, by, change.ID(p.ID), ask)
	answer := challengeAnswer{Challenge: sent.Challenge, Expires: sent.Expires, Task: sent.Task}
	if sent.Task != "" {
		answer.Script = script(string(change.Callback))
	}
	return answer, err
}

// script is what a person says who does a task of this kind, in every language; nil where
// nothing is said. It holds no value of the customer: they must name it, not the caller.
func script(kind string) map[string]string {
	if kind != string(change.Callback) {
		return nil
	}
	words := map[string]string{}
	for _, l := range lang.Langs() {
		words[string(l)] = l.Word("script", kind)
	}
	return words
}

type proofBody struct {
	Challenge string `json:"challenge"`
	Code      string `json:"code"`
}

func (d *door) prove(ctx context.Context, by access.Actor, id change.ID, b proofBody) error {
	return d.desk.Prove(ctx, by, id, b.Challenge, b.Code)
}

type approveBody struct {
	Hash    string `json:"content_hash"`
	Comment string `json:"comment,omitempty"`
}

func (d *door) approve(ctx context.Context, by access.Actor, id change.ID, b approveBody) error {
	if b.Hash == "" {
		return fault.New(fault.Invalid, "content_hash_missing", "field", "content_hash")
	}
	return d.desk.Approve(ctx, by, id, b.Hash, b.Comment)
}

type rejectBody struct {
	Reason  string `json:"reason_code"`
	Comment string `json:"comment,omitempty"`
	Hash    string `json:"content_hash,omitempty"`
}

// reject speaks of the request as it is where the caller does not say what they saw: a no
// harms nobody who changed it meanwhile.
func (d *door) reject(ctx context.Context, by access.Actor, id change.ID, b rejectBody) error {
	if b.Hash == "" {
		now, err := d.reader.Standing(ctx, by, id)
		if err != nil {
			return err
		}
		b.Hash = now.ContentHash
	}
	return d.desk.Reject(ctx, by, id, b.Hash, b.Reason, b.Comment)
}

type askBody struct {
	Question string `json:"question"`
}

func (d *door) ask(ctx context.Context, by access.Actor, id change.ID, b askBody) error {
	return d.desk.Ask(ctx, by, id, b.Question)
}

type answerBody struct {
	Answer string     `json:"answer"`
	Items  []proposed `json:"items,omitempty"`
}

func (d *door) reply(ctx context.Context, by access.Actor, id change.ID, b answerBody) error {
	items, wrong := d.items(b.Items)
	if err := fault.Join(wrong...); err != nil {
		return err
	}
	return d.desk.Answer(ctx, by, id, b.Answer, items)
}

func (d *door) withdraw(ctx context.Context, by access.Actor, id change.ID, _ none) error {
	return d.desk.Withdraw(ctx, by, id)
}

func (d *door) confirm(ctx context.Context, by access.Actor, id change.ID, _ none) error {
	return d.desk.Confirm(ctx, by, id)
}

// reasonBody is optional: a freeze needs no words.
type reasonBody struct {
	Reason string `json:"reason,omitempty"`
}

func (d *door) dispute(ctx context.Context, by access.Actor, id change.ID, b reasonBody) error {
	return d.desk.Dispute(ctx, by, id, b.Reason)
}

type decideBody struct {
	Outcome string `json:"outcome"`
	Comment string `json:"comment"`
}

func (d *door) decide(ctx context.Context, by access.Actor, id change.ID, b decideBody) error {
	switch o := change.Outcome(b.Outcome); o {
	case change.Resume, change.Reject, change.Keep, change.Revert:
		return d.desk.Decide(ctx, by, id, o, b.Comment)
	}
	return fault.New(fault.Invalid, "unknown_outcome", "field", "outcome")
}

func (d *door) rebase(ctx context.Context, by access.Actor, id change.ID, _ none) error {
	return d.desk.Rebase(ctx, by, id)
}

type attestBody struct {
	Kind     string `json:"kind"`
	Outcome  string `json:"outcome"`
	Contact  string `json:"contact,omitempty"`
	Document string `json:"document,omitempty"`
	Compared string `json:"compared,omitempty"`
}

func (d *door) attest(ctx context.Context, by access.Actor, id change.ID, b attestBody) error {
	if b.Outcome != "passed" && b.Outcome != "failed" {
		return fault.New(fault.Invalid, "outcome_missing", "field", "outcome")
	}
	a := desk.Attestation{Kind: change.Method(b.Kind), Contact: customer.Key(b.Contact), Passed: b.Outcome == "passed", Document: b.Document, Compared: b.Compared}
	if a.Compared == "" && a.Kind == change.Callback {
		a.Compared = b.Outcome
	}
	return d.desk.Attest(ctx, by, id, a)
}

type finishBody struct {
	Task    string `json:"task"`
	Outcome string `json:"outcome"`
}

func (d *door) finish(ctx context.Context, by access.Actor, id change.ID, b finishBody) error {
	return d.desk.Finish(ctx, by, id, b.Task, b.Outcome)
}

type reassignBody struct {
	To string `json:"to"`
}

func (d *door) reassign(ctx context.Context, by access.Actor, id change.ID, b reassignBody) error {
	return d.desk.Reassign(ctx, by, id, b.To)
}

func (d *door) notMine(ctx context.Context, by access.Actor, id change.ID, _ none) error {
	return d.desk.NotMine(ctx, by, id)
}
