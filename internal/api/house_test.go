package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"amend/access"
	"amend/audit"
	"amend/fault"
	"amend/internal/api"
	"amend/internal/store"
	"amend/notify"
)

func TestBoardSaysWhatIsOpenLateFrozenAndNotInSync(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.connect()
		record, _ := w.customer("王小芳", "13800138000")
		late := w.wish(record, "tea")
		w.Clock.Add(10 * 24 * time.Hour)
		w.settle()
		frozen := w.post(access.Agent, "/changes", `{"record_id":"`+record+`","channel":"hotline","reason":"x","items":[{"field":"job_title","value":"cook"}]}`).is(201).text("changes", 0, "id")
		w.post(access.Agent, "/changes/"+frozen+"/dispute", "").is(200)

		b := w.get(access.Auditor, "/board").is(200)
		if b.text("late", 0, "id") != late || b.text("frozen", 0, "id") != frozen || b.length("open") == 0 {
			w.t.Errorf("board: %s", b.Raw)
		}
		if b.length("not_in_sync") == 0 { // the freeze holds payouts: every system owes it
			w.t.Errorf("nothing is owed: %s", b.Raw)
		}
		w.settle()
		if b := w.get(access.Auditor, "/board").is(200); b.length("not_in_sync") != 0 || b.length("warnings") != 0 {
			w.t.Errorf("still owed: %s", b.Raw)
		}
		w.Clock.Set(time.Date(2040, 6, 1, 0, 0, 0, 0, time.UTC))
		if b := w.get(access.Auditor, "/board").is(200); b.text("warnings", 0) != "calendar_year_unknown" {
			w.t.Errorf("a year without holidays is not warned of: %s", b.Raw)
		}
	})
}

func TestEntryIsProvenToStandInTheLog(t *testing.T) {
	eachWorld(t, func(w *world) {
		record, _ := w.customer("王小芳", "13800138000")
		w.settle()
		head := w.get(access.Auditor, "/log/checkpoint").is(200)
		key, err := w.Desk.LogKey(w.t.Context())
		w.must(err)
		verifier, err := note.NewVerifier(key)
		w.must(err)
		checkpoint, _, err := audit.OpenCheckpoint([]byte(head.text("checkpoint")), verifier)
		w.must(err)
		if float64(checkpoint.Size) != head.at("size") {
			w.t.Errorf("size %d, %v", checkpoint.Size, head.at("size"))
		}
		entry := w.get(access.Auditor, "/customers/"+record+"/history").is(200).text("items", 0, "id")
		p := w.get(access.Auditor, "/log/entries/"+entry+"/proof").is(200)
		if p.length("proof") == 0 || p.text("leaf") == "" || p.text("checkpoint") != head.text("checkpoint") {
			w.t.Errorf("proof: %s", p.Raw)
		}
		w.wish(record, "tea")
		fresh := w.get(access.Auditor, "/customers/"+record+"/history").is(200).text("items", 0, "id")
		if a := w.get(access.Auditor, "/log/entries/"+fresh+"/proof").fails(503, "proof_waits"); a.Header.Get("Retry-After") == "" {
			w.t.Error("told to wait, not how long")
		}
		w.get(access.Auditor, "/log/entries/"+nowhere+"/proof").fails(404, "no_entry")
		w.get(access.Agent, "/log/checkpoint").fails(403, "not_allowed")
	})
}

func TestSystemIsConnectedAndItsSecretNeverShown(t *testing.T) {
	w := newWorld(t)
	body := `{"id":"shop","name":"Shop","connector":"webhook","owner":"sales","kinds":["person"],"fields":[{"key":"phone"}],
		"settings":{"url":"` + w.CRM.URL + `","source":"https://amend.example.com"},"secret":"` + string(w.CRM.Secret()) + `"}`
	made := w.post(access.Integrator, "/systems", body).is(201)
	if made.text("id") != "shop" || made.text("settings", "url") != w.CRM.URL {
		t.Errorf("system: %s", made.Raw)
	}
	w.post(access.Integrator, "/systems", body).fails(409, "system_exists")
	w.post(access.Integrator, "/systems", strings.Replace(body, `"person"`, `"robot"`, 1)).fails(422, "unknown_kind")
	for _, role := range []access.Role{access.Integrator, access.Steward} {
		shown := w.get(role, "/systems/shop").is(200)
		if strings.Contains(string(shown.Raw), "whsec_") || role == access.Steward && shown.at("settings") != nil {
			t.Errorf("%s sees %s", role, shown.Raw)
		}
	}
	w.get(access.Integrator, "/systems/none").fails(404, "no_system")
	if list := w.get(access.Integrator, "/systems").is(200); list.length("items") != 1 {
		t.Errorf("systems: %s", list.Raw)
	}
}

func TestStoppedDeliveryIsShownRetriedOrSkipped(t *testing.T) {
	w := newWorld(t)
	w.connect()
	record, _ := w.customer("王小芳", "13800138000")
	if n := w.post(access.Integrator, "/systems/crm/reconcile", "").is(200).at("raised"); n != float64(1) {
		t.Errorf("raised %v", n)
	}
	owed := w.get(access.Integrator, "/systems/crm/deliveries").is(200)
	if owed.text("items", 0, "record") != record || owed.text("items", 0, "why") != "waiting" {
		t.Errorf("deliveries: %s", owed.Raw)
	}
	w.post(access.Integrator, "/systems/crm/deliveries/"+record+"/retry", "").is(200)
	w.post(access.Integrator, "/systems/crm/deliveries/"+record+"/skip", `{"reason":"closed"}`).fails(409, "delivery_not_stopped")
	w.post(access.Integrator, "/systems/crm/deliveries/"+nowhere+"/retry", "").fails(404, "no_delivery")
	w.settle()
	if none := w.get(access.Integrator, "/systems/crm/deliveries").is(200); none.length("items") != 0 {
		t.Errorf("still owed: %s", none.Raw)
	}
}

func TestHouseIsShownToThoseWhoWorkInIt(t *testing.T) {
	w := newWorld(t)
	if fields := w.get(access.App, "/catalog").is(200); fields.length("fields") != len(w.House.Catalog) {
		t.Errorf("catalogue: %d fields", fields.length("fields"))
	}
	if p := w.get(access.Security, "/policy").is(200); p.at("version") != float64(w.House.Policy.Version) || p.at("policy") == nil {
		t.Errorf("policy: %s", p.Raw)
	}
	w.get(access.App, "/policy").fails(403, "not_allowed")
	if people := w.get(access.Agent, "/people").is(200); people.length("items") != 9 || strings.Contains(string(people.Raw), "mail") {
		t.Errorf("people: %s", people.Raw)
	}
	w.get(access.App, "/notices").fails(403, "staff_only")
}

func TestNoticesReachTheRolesAndDepartmentsOfTheirReader(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.connect()
		record, _ := w.customer("王小芳", "13800138000")
		wish := w.wish(record, "tea")
		w.post(access.Agent, "/changes/"+wish+"/dispute", "").is(200)
		told := w.get(access.Steward, "/notices").is(200)
		if told.text("items", 0, "kind") != "staff_task" || told.text("items", 0, "change") != wish {
			w.t.Errorf("notices: %s", told.Raw)
		}
		page := w.get(access.Operator, "/notices?limit=1").is(200)
		if page.length("items") != 1 || page.text("next") == "" {
			w.t.Errorf("page: %s", page.Raw)
		}
		if strings.Contains(string(told.Raw), "13800138000") {
			w.t.Error("a notice to staff holds a value")
		}
	})
}

func TestNoticesAreCodesAndAreWordedInTheLanguageOfTheirReader(t *testing.T) {
	eachWorld(t, func(w *world) {
		record, _ := w.customer("王小芳", "13800138000")
		wish := w.wish(record, "tea")
		w.post(access.Agent, "/changes/"+wish+"/dispute", "").is(200)
		zh := w.get(access.Steward, "/notices", header("Accept-Language", "zh-CN")).is(200)
		en := w.get(access.Steward, "/notices", header("Accept-Language", "en")).is(200)
		for _, told := range []answer{zh, en} {
			if told.text("items", 0, "params", "task") != "decide_dispute" {
				w.t.Errorf("params: %s", told.Raw)
			}
			if _, err := time.Parse(time.RFC3339, told.text("items", 0, "params", "time")); err != nil {
				w.t.Error(err)
			}
		}
		if said := zh.text("items", 0, "text"); !strings.Contains(said, "裁定异议") || !strings.Contains(said, "月") || zh.Header.Get("Content-Language") != "zh-CN" {
			w.t.Errorf("in Chinese: %s", said)
		}
		if said := en.text("items", 0, "text"); !strings.Contains(said, "needs you: decide a dispute (") || strings.Contains(said, "月") || en.Header.Get("Content-Language") != "en" {
			w.t.Errorf("in English: %s", said)
		}
	})
}

func TestTableComesInOnceAndItsFaultsComeBack(t *testing.T) {
	eachWorld(t, func(w *world) {
		csv := "姓名,手机,备注\r\n王小芳,13800138000,喜欢茶\r\n李雷,12,\r\n韩梅梅,13800138002,=1+1\r\n"
		text := header("Content-Type", "text/csv")
		w.post(access.Agent, "/imports?mode=migration&name=list.csv", csv, text).fails(403, "not_allowed")
		w.post(access.Operator, "/imports?mode=direct&name=list.csv", csv, text).fails(422, "import_mode_unknown")
		w.post(access.Operator, "/imports?mode=migration", csv, text).fails(422, "import_name")

		first := w.post(access.Operator, "/imports?mode=migration&name=list.csv&held_since=2020-01-01T00:00:00Z", csv, text).is(200)
		if first.text("run", "state") != "done" || first.at("run", "records") != float64(3) || first.at("rows") != float64(1) {
			w.t.Fatalf("import: %s", first.Raw)
		}
		if file := first.text("error_file"); !strings.Contains(file, "李雷") || strings.Contains(file, "王小芳") || !strings.HasPrefix(file, "\ufeff") {
			w.t.Errorf("error file: %s", file)
		}
		if file := first.text("error_file"); !strings.Contains(file, `"手机: `) || strings.Contains(file, "Something needs correcting") {
			w.t.Errorf("the error file doesn't name column and error: %s", file)
		}
		w.post(access.Operator, "/imports?mode=migration&name=list.csv", csv, text).fails(409, "imported_before")
		if found := w.post(access.Agent, "/customers/search", `{"key":"13800138002"}`).is(200); found.length("items") != 1 {
			w.t.Errorf("not found: %s", found.Raw)
		}

		more := "姓名,手机\r\n赵云,13800138009\r\n"
		waiting := w.post(access.Operator, "/imports?mode=migration&name=more.csv", more, text).is(200)
		id := waiting.text("run", "id")
		if waiting.text("run", "state") != "waiting" || w.get(access.Operator, "/imports/"+id).is(200).text("state") != "waiting" {
			w.t.Fatalf("a later run did not wait: %s", waiting.Raw)
		}
		w.post(access.Operator, "/imports/"+id+"/approve", "").fails(403, "own_import")
		w.post(access.Owner, "/imports/"+id+"/approve", "").is(200)
		if done := w.post(access.Operator, "/imports?mode=migration&name=more.csv", more, text).is(200); done.text("run", "state") != "done" || done.at("run", "records") != float64(1) {
			w.t.Errorf("after the approval: %s", done.Raw)
		}
		w.get(access.Operator, "/imports/"+nowhere).fails(404, "no_import")
	})
}

func TestReceiptsOfTheGatewayAreTakenOnlySigned(t *testing.T) {
	w := newWorld(t)
	_, request := w.customer("王小芳", "13800138000")
	w.settle()
	w.post(access.Agent, "/receipts/sms", `{}`).fails(404, "no_such_path") // no gateway is set up

	var ref string
	w.must(w.Store.Row(t.Context(), `SELECT provider_ref FROM notice WHERE change_id = $1 AND channel = 'sms' AND state = 'sent' AND provider_ref IS NOT NULL LIMIT 1`, request).Scan(&ref))
	w.door = api.New(api.Config{
		Desk: w.Desk, Reader: store.NewReader(w.Store, w.House.Calendar), Clock: w.Clock.Now,
		Receipts: func(body []byte, h http.Header, now time.Time) ([]notify.Receipt, error) {
			if h.Get("Webhook-Signature") != "good" {
				return nil, fault.New(fault.Unauthenticated, "receipt_unsigned")
			}
			return []notify.Receipt{{Ref: string(body), State: notify.Delivered, At: now}, {Ref: "somebody else's", State: notify.Delivered, At: now}}, nil
		},
	})
	w.call("", "POST", "/receipts/sms", ref).fails(401, "receipt_unsigned")
	if a := w.call("", "POST", "/receipts/sms", ref, header("Webhook-Signature", "good")).is(200); a.at("taken") != float64(1) {
		t.Errorf("taken: %s", a.Raw)
	}
	delivered := false
	c := w.get(access.Steward, "/changes/"+request).is(200)
	for i := range c.length("notices") {
		delivered = delivered || c.text("notices", i, "state") == "delivered"
	}
	if !delivered {
		t.Errorf("no message is delivered: %s", c.Raw)
	}
}
