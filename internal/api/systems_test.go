package api_test

import (
	"strings"
	"testing"
	"time"

	"amend/access"
)

func TestPausedSystemSaysWhoPausedItAndConvergesOnceResumed(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.connect()
		record, _ := w.customer("王小芳", "13800138000")
		w.settle()
		w.post(access.Operator, "/systems/crm/pause", `{"reason":"upgrade"}`).fails(403, "not_allowed")
		w.post(access.Integrator, "/systems/crm/pause", `{"reason":" "}`).fails(422, "pause_needs_reason")
		w.post(access.Integrator, "/systems/crm/pause", `{"reason":"upgrade"}`).is(200)
		paused := w.get(access.Operator, "/systems/crm").is(200)
		if paused.at("paused") != true || paused.text("pause", "reason") != "upgrade" || paused.text("pause", "name") != "The integrator" {
			w.t.Errorf("system: %s", paused.Raw)
		}
		w.post(access.Integrator, "/systems/crm/pause", `{"reason":"again"}`).fails(409, "system_paused")
		wish := w.call(w.tokens[access.Portal], "POST", "/changes", `{"record_id":"`+record+`","channel":"portal","reason":"a wish","items":[{"field":"interests","value":["tea"]}]}`,
			header("Amend-Customer", record)).is(201).text("changes", 0, "id")
		w.Clock.Add(10 * 24 * time.Hour)
		w.settle()
		shown := w.get(access.Agent, "/changes/"+wish).is(200)
		if !strings.Contains(string(shown.Raw), `"why":"paused"`) || !strings.Contains(string(shown.Raw), `"reason":"upgrade"`) {
			w.t.Errorf("change: %s", shown.Raw)
		}
		if b := w.get(access.Auditor, "/board").is(200); b.length("paused_systems") != 1 || b.text("paused_systems", 0, "system") != "crm" || b.text("paused_systems", 0, "by") == "" {
			w.t.Errorf("board: %s", b.Raw)
		}
		if owed := w.get(access.Operator, "/systems/crm/deliveries").is(200); owed.text("items", 0, "why") != "paused" {
			w.t.Errorf("owed: %s", owed.Raw)
		}
		w.post(access.Integrator, "/systems/crm/resume", "").is(200)
		w.post(access.Integrator, "/systems/crm/resume", "").fails(409, "system_not_paused")
		w.settle()
		if owed := w.get(access.Operator, "/systems/crm/deliveries").is(200); owed.length("items") != 0 {
			w.t.Errorf("still owed: %s", owed.Raw)
		}
	})
}

func TestSystemIsTestedWithTheRecordOfNobody(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.connect()
		record, _ := w.customer("王小芳", "13800138000")
		w.settle()
		for _, id := range []string{"crm", "erp"} {
			is := w.post(access.Operator, "/systems/"+id+"/test", "").is(200)
			if is.text("outcome") != "ok" || is.text("name") != "The operator" {
				w.t.Errorf("%s: %s", id, is.Raw)
			}
			sample := w.get(access.Auditor, "/systems/"+id+"/sample").is(200)
			if text := string(sample.Raw); !strings.Contains(text, "+12025550100") || strings.Contains(text, "13800138000") || strings.Contains(text, record) {
				w.t.Errorf("%s: %s", id, text)
			}
		}
		if mobile, err := w.ERP.Mobile("00000000000000000000"); err != nil || mobile != "" {
			w.t.Errorf("the test left a row: %q %v", mobile, err)
		}
		w.CRM.Fail(1)
		if is := w.post(access.Operator, "/systems/crm/test", "").is(200); is.text("outcome") != "retry" || is.text("code") != "http_503" {
			w.t.Errorf("%s", is.Raw)
		}
		w.get(access.Auditor, "/systems/crm/sample?kind=robot").fails(422, "unknown_kind")
		w.post(access.Agent, "/systems/crm/test", "").fails(403, "not_allowed")
	})
}

func TestOneRecordIsSentAgain(t *testing.T) {
	w := newWorld(t)
	w.connect()
	record, _ := w.customer("王小芳", "13800138000")
	w.settle()
	calls := w.CRM.Calls()
	w.post(access.Operator, "/systems/crm/deliveries/"+record+"/replay", "").is(200)
	w.settle()
	if w.CRM.Calls() != calls+1 {
		t.Errorf("%d calls", w.CRM.Calls()-calls)
	}
	w.post(access.Operator, "/systems/crm/deliveries/"+nowhere+"/replay", "").fails(404, "no_customer")
}
