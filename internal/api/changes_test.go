package api_test

import (
	"strings"
	"testing"
	"time"

	"amend/access"
	"amend/audit"
)

// wish files a change that needs no proof, only somebody's yes.
func (w *world) wish(record, value string) string {
	w.t.Helper()
	return w.post(access.Agent, "/changes", `{"record_id":"`+record+`","channel":"hotline","reason":"a wish","items":[{"field":"interests","value":["`+value+`"]}]}`).
		is(201).text("changes", 0, "id")
}

func TestFiledChangeSaysWhatItNeedsAndWhomItReaches(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.connect()
		record, _ := w.customer("王小芳", "13800138000")
		w.Clock.Add(45 * 24 * time.Hour)
		filed := w.post(access.Agent, "/changes", `{"record_id":"`+record+`","channel":"hotline","reason":"new phone",
			"items":[{"field":"phone","value":"139 0013 9000"},{"field":"interests","value":["tea"]}]}`).is(201)
		if filed.length("changes") != 2 || !strings.HasPrefix(filed.text("submission"), "REQ-") {
			t.Fatalf("lanes: %s", filed.Raw)
		}
		phone := filed.at("changes", 0).(map[string]any)
		if phone["state"] != "verifying" || phone["ref"] != filed.text("submission") || filed.text("changes", 1, "ref") != filed.text("submission")+"/2" {
			t.Errorf("first lane: %v", phone)
		}
		if filed.text("changes", 0, "plan", "gates", 0, "status") != "open" || filed.length("changes", 0, "impact") != 3 {
			t.Errorf("plan and impact: %s", filed.Raw)
		}
		if strings.Contains(string(filed.Raw), "13900139000") {
			t.Errorf("the answer repeats a value: %s", filed.Raw)
		}
	})
}

func TestChangeShowsItsWholeLifeMasked(t *testing.T) {
	w := newWorld(t)
	w.connect()
	record, request := w.customer("王小芳", "13800138000")
	c := w.get(access.Steward, "/changes/"+request).is(200)
	for _, part := range []string{"items", "proofs", "decisions", "impact", "completeness", "notices", "challenges"} {
		if c.length(part) == 0 {
			t.Errorf("%s are empty: %s", part, c.Raw)
		}
	}
	if c.text("record_id") != record || c.at("in_sync") != true || c.text("content_hash") == "" {
		t.Errorf("head: %s", c.Raw)
	}
	for _, secret := range []string{"王小芳", "13800138000"} {
		if strings.Contains(string(c.Raw), secret) {
			t.Errorf("%q is shown", secret)
		}
	}
	for i := range c.length("plan", "gates") {
		if c.text("plan", "gates", i, "status") != "met" {
			t.Errorf("gate %v of an applied request", c.at("plan", "gates", i))
		}
	}
	w.get(access.Agent, "/changes/06eaohgl00538co77jrf").fails(404, "no_change")
}

func TestConflictShowsThreeValues(t *testing.T) {
	w := newWorld(t)
	record, _ := w.customer("王小芳", "13800138000")
	file := func(value string) string {
		return w.post(access.Agent, "/changes", `{"record_id":"`+record+`","channel":"hotline","reason":"moved","items":[{"field":"job_title","value":"`+value+`"}]}`).is(201).text("changes", 0, "id")
	}
	first := file("cook")
	second := w.call(w.person("Other", access.Agent), "POST", "/changes", `{"record_id":"`+record+`","channel":"shop","reason":"moved","items":[{"field":"job_title","value":"baker"}]}`).is(201).text("changes", 0, "id")
	w.approve(first)
	w.settle()
	w.approve2(second)
	w.settle()
	c := w.get(access.Steward, "/changes/"+second).is(200)
	if c.at("items", 0, "conflict") != true || c.text("items", 0, "now", "text") != "baker" || c.text("items", 0, "current", "text") != "cook" {
		t.Fatalf("items: %s", c.Raw)
	}
	w.post(access.Approver, "/changes/"+second+"/rebase", "").fails(403, "not_allowed")
	if got := w.post(access.Steward, "/changes/"+second+"/rebase", "").is(200); got.text("state") != "reviewing" {
		t.Errorf("after the rebase: %s", got.Raw)
	}
}

// approve2 says yes until the request leaves review or collides.
func (w *world) approve2(id string) {
	w.t.Helper()
	for i := range 3 {
		c := w.get(access.Approver, "/changes/"+id).is(200)
		if c.text("state") != "reviewing" || c.at("items", 0, "conflict") == true {
			return
		}
		w.call(w.person("Second "+string(rune('a'+i)), access.Approver), "POST", "/changes/"+id+"/approve", `{"content_hash":"`+c.text("content_hash")+`"}`).is(200)
	}
}

func TestListOfChangesNarrowsAndPages(t *testing.T) {
	w := newWorld(t)
	record, request := w.customer("王小芳", "13800138000")
	wish := w.wish(record, "tea")
	all := w.get(access.Agent, "/changes?limit=1").is(200)
	if all.text("items", 0, "id") != wish || all.text("next") == "" {
		t.Fatalf("newest first: %s", all.Raw)
	}
	if next := w.get(access.Agent, "/changes?limit=1&cursor="+all.text("next")).is(200); next.text("items", 0, "id") != request {
		t.Errorf("second page: %s", next.Raw)
	}
	for query, want := range map[string]int{"state=applied": 1, "record=" + record: 2, "mine=true": 2, "mine=true&state=draft": 0} {
		if got := w.get(access.Agent, "/changes?"+query).is(200).length("items"); got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
	if got := w.get(access.Approver, "/changes?mine=true").is(200).length("items"); got != 0 {
		t.Errorf("somebody else's are mine: %d", got)
	}
}

func TestFaultsOfAProposalAreToldTogetherByTheirPlace(t *testing.T) {
	w := newWorld(t)
	record, _ := w.customer("王小芳", "13800138000")
	bad := w.post(access.Agent, "/changes", `{"record_id":"`+record+`","channel":"hotline","reason":"x","items":[{"field":"phone","value":"12"},{"field":"email","value":"nobody"}]}`).is(422)
	if bad.text("field") != "phone" || bad.text("errors", 0, "field") != "email" || bad.text("errors", 0, "detail") == "" {
		t.Errorf("faults: %s", bad.Raw)
	}
	unknown := w.post(access.Agent, "/changes", `{"record_id":"`+record+`","channel":"hotline","reason":"x","items":[{"field":"shoe_size","value":"42"}]}`).fails(422, "unknown_field")
	if unknown.text("field") != "items/0/field" {
		t.Errorf("an unknown field is named: %s", unknown.Raw)
	}
	for body, code := range map[string]string{
		`{"record_id":"R","channel":"Hot line","reason":"x","items":[{"field":"phone","value":"13900139000"}]}`:                             "bad_channel",
		`{"record_id":"R","channel":"hotline","source":"Bob","reason":"x","items":[{"field":"phone","value":"13900139000"}]}`:               "bad_source",
		`{"record_id":"R","channel":"hotline","reason":"x","items":[]}`:                                                                     "no_items",
		`{"record_id":"R","channel":"hotline","items":[{"field":"phone","value":"13900139000"}]}`:                                           "reason_missing",
		`{"channel":"hotline","reason":"x","items":[{"field":"phone","value":"13900139000"}]}`:                                              "record_missing",
		`{"record_id":"R","channel":"hotline","reason":"x","effective_at":"2020-01-01T00:00:00Z","items":[{"field":"remark","value":"z"}]}`: "effective_past",
	} {
		w.post(access.Agent, "/changes", strings.ReplaceAll(body, `"R"`, `"`+record+`"`)).fails(422, code)
	}
	w.post(access.Agent, "/changes", `{"record_id":"`+record+`","channel":"hotline","reason":"x","effective_at":"soon","items":[]}`).fails(400, "bad_time")
	w.post(access.Agent, "/customers", strings.Replace(customerBody("李雷", "13800138001"), `"person"`, `"robot"`, 1)).fails(422, "unknown_kind")
}

func TestEveryActSaysWhereTheRequestStands(t *testing.T) {
	eachWorld(t, func(w *world) {
		record, applied := w.customer("王小芳", "13800138000")

		act := func(token, id, verb, body string, status int) answer {
			t.Helper()
			return w.call(token, "POST", "/changes/"+id+"/"+verb, body).is(status)
		}
		title := func(value string) string {
			return w.post(access.Agent, "/changes", `{"record_id":"`+record+`","channel":"hotline","reason":"x","items":[{"field":"job_title","value":"`+value+`"}]}`).is(201).text("changes", 0, "id")
		}
		id := title("cook")
		if got := act(w.tokens[access.Approver], id, "ask", `{"question":"since when?"}`, 200); got.text("state") != "needs_info" {
			t.Errorf("ask: %s", got.Raw)
		}
		if got := act(w.tokens[access.Agent], id, "answer", `{"answer":"since May","items":[{"field":"job_title","value":"head cook"}]}`, 200); got.text("state") != "reviewing" {
			t.Errorf("answer: %s", got.Raw)
		}
		reassign := act(w.tokens[access.Steward], id, "reassign", `{"to":"The approver"}`, 200)
		act(w.tokens[access.Approver], id, "approve", `{"comment":"no hash"}`, 422).fails(422, "content_hash_missing")
		act(w.tokens[access.Approver], id, "approve", `{"content_hash":"0000"}`, 409).fails(409, "content_changed")
		if got := act(w.tokens[access.Agent], id, "dispute", `{"reason":"strange"}`, 200); got.text("state") != "disputed" || reassign.text("id") != id {
			t.Errorf("dispute: %s", got.Raw)
		}
		if got := act(w.tokens[access.Owner], id, "decide", `{"outcome":"resume","comment":"it is fine"}`, 200); got.text("state") != "reviewing" {
			t.Errorf("decide: %s", got.Raw)
		}
		if got := act(w.tokens[access.Approver], id, "reject", `{"reason_code":"value_wrong","comment":"typo"}`, 200); got.text("state") != "rejected" {
			t.Errorf("reject: %s", got.Raw)
		}
		if got := act(w.tokens[access.Agent], title("baker"), "withdraw", "", 200); got.text("state") != "withdrawn" {
			t.Errorf("withdraw: %s", got.Raw)
		}
		act(w.tokens[access.Owner], id, "decide", `{"outcome":"forget","comment":"x"}`, 422).fails(422, "unknown_outcome")
		act(w.tokens[access.Agent], id, "attest", `{"kind":"sighted","outcome":"perhaps"}`, 422).fails(422, "outcome_missing")
		for _, verb := range []string{"confirm", "proofs", "not_mine"} {
			body := ""
			if verb == "proofs" {
				body = `{"challenge":"x","code":"000000"}`
			}
			act(w.tokens[access.Agent], applied, verb, body, 403).fails(403, "customer_only")
		}
	})
}

func TestCustomerConfirmsByTheLinkInTheirMessage(t *testing.T) {
	w := newWorld(t)
	record, _ := w.customer("王小芳", "13800138000")
	w.Clock.Add(45 * 24 * time.Hour)
	request := w.wish(record, "tea")
	w.approve(request)
	w.Clock.Add(time.Hour)
	w.settle()
	token := w.plainLink("+8613800138000", "is right (interests")
	if got := w.call(token, "POST", "/changes/"+request+"/confirm", "").is(200); got.text("state") != "confirmed" || got.text("content_hash") != "" {
		t.Errorf("confirmed: %s", got.Raw)
	}
	w.call(token, "POST", "/changes/"+request+"/confirm", "").fails(401, "token_unknown") // an act token works once
}

func TestReceiptIsAFileThatVerifiesOffline(t *testing.T) {
	eachWorld(t, func(w *world) {
		_, request := w.customer("王小芳", "13800138000")
		w.settle()
		key, err := w.Desk.LogKey(t.Context())
		w.must(err)
		receipt := w.get(access.Agent, "/changes/"+request+"/receipt").is(200)
		if _, err := audit.Verify(receipt.Raw, key); err != nil {
			t.Error(err)
		}
		page := w.get(access.Agent, "/changes/"+request+"/receipt?format=html&lang=zh").is(200)
		if _, err := audit.Verify(page.Raw, key); err != nil {
			t.Error(err)
		}
		if d := page.Header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment") || !strings.HasPrefix(page.Header.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("the page is not kept apart: %v", page.Header)
		}
		w.get(access.Agent, "/changes/"+request+"/receipt?format=pdf").fails(400, "bad_parameter")
	})
}

func TestCallBackComesWithTheWordsToSay(t *testing.T) {
	eachWorld(t, func(w *world) {
		record, _ := w.customer("王小芳", "13800138000")
		w.Clock.Add(45 * 24 * time.Hour)
		filed := w.post(access.Agent, "/changes", `{"record_id":"`+record+`","channel":"hotline","reason":"new phone","items":[{"field":"phone","value":"13900139000"}]}`).is(201)
		id := filed.text("changes", 0, "id")
		call := w.post(access.Agent, "/changes/"+id+"/challenges", `{"method":"callback","to":"phone"}`).is(201)
		shown := w.get(access.Agent, "/changes/"+id).is(200)
		for _, l := range []string{"zh", "en"} {
			said := call.text("script", l)
			if len(said) < 100 || strings.Contains(said, "13800138000") || said != shown.text("tasks", 0, "script", l) {
				t.Errorf("%s: %q, on the task %q", l, said, shown.text("tasks", 0, "script", l))
			}
		}
	})
}
